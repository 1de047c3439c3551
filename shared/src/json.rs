//! Writing small JSON objects: what a client sends. A serializer would cost the widget more than its actions weigh.

/// A JSON object being written, member by member, in the order of the calls.
#[derive(Debug)]
pub struct Object {
    text: String,
}

impl Object {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self { text: String::from("{") }
    }

    /// Adds a string.
    #[must_use]
    pub fn string(mut self, key: &str, value: &str) -> Self {
        self.key(key);
        push_string(&mut self.text, value);
        self
    }

    /// Adds a whole number.
    #[must_use]
    pub fn integer(mut self, key: &str, value: i64) -> Self {
        self.key(key);
        push_integer(&mut self.text, value);
        self
    }

    /// Adds a truth value.
    #[must_use]
    pub fn boolean(mut self, key: &str, value: bool) -> Self {
        self.key(key);
        self.text.push_str(if value { "true" } else { "false" });
        self
    }

    /// Adds a string, if there is one.
    #[must_use]
    pub fn optional_string(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.string(key, value),
            None => self,
        }
    }

    /// Adds a whole number, if there is one.
    #[must_use]
    pub fn optional_integer(self, key: &str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.integer(key, value),
            None => self,
        }
    }

    /// Adds an object.
    #[must_use]
    pub fn object(mut self, key: &str, value: Self) -> Self {
        self.key(key);
        self.text.push_str(&value.finish());
        self
    }

    /// Adds what is JSON already.
    #[must_use]
    pub fn raw(mut self, key: &str, json: &str) -> Self {
        self.key(key);
        self.text.push_str(json);
        self
    }

    /// The JSON text.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }

    fn key(&mut self, key: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        push_string(&mut self.text, key);
        self.text.push(':');
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new()
    }
}

fn push_integer(text: &mut String, value: i64) {
    text.push_str(&value.to_string());
}

/// RFC 8259, section 7: the quote, the backslash and the control characters are escaped, the rest is UTF-8 as it is.
fn push_string(text: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                let code = u32::from(control) as usize;
                text.push_str("\\u00");
                for nibble in [code >> 4, code & 15] {
                    text.push(HEX.get(nibble).copied().map_or('0', char::from));
                }
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_parses_to_the_same(key in "\\PC{1,10}", value in any::<String>(), number in any::<i64>()) {
            let text = Object::new().string("s", &value).object("o", Object::new().integer(&key, number)).finish();
            let parsed: serde_json::Value = serde_json::from_str(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(parsed, serde_json::json!({"s": value, "o": {key: number}}));
        }
    }
}
