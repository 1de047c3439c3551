//! Reading a JSON document that somebody wrote by hand or by program, member by member: what is wrong is refused with the
//! path of where it stands, and a member that nobody knows is wrong, too.

use serde_json::{Map, Value};

use crate::limits::ADDRESS_BYTES_MAX;
use crate::problem::{Code, Problem};

/// A value, and where in its document it stands.
#[derive(Clone, Debug)]
pub struct At<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> At<'a> {
    /// The whole document, by its name.
    #[must_use]
    pub fn root(name: &str, value: &'a Value) -> Self {
        Self { value, path: name.to_owned() }
    }

    /// The value itself.
    #[must_use]
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// A refusal that says where it stands.
    #[must_use]
    pub fn wrong(&self, expected: &str) -> Problem {
        Problem::new(Code::Invalid, [&self.path, " ", expected].concat())
    }

    /// The object that this is, with no other members than these.
    ///
    /// # Errors
    /// [`Code::Invalid`], as all that this type says.
    pub fn object(&self, members: &[&str]) -> Result<Members<'a>, Problem> {
        let object = self.value.as_object().ok_or_else(|| self.wrong("is an object"))?;
        if let Some(unknown) = object.keys().find(|key| !members.contains(&key.as_str())) {
            let detail = [&*self.inner(unknown), " is not known here; the members are ", &members.join(", ")].concat();
            return Err(Problem::new(Code::Invalid, detail));
        }
        Ok(Members { object, path: self.path.clone() })
    }

    /// The elements of the array that this is, from so many to so many.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn list(&self, min: usize, max: usize) -> Result<Vec<Self>, Problem> {
        let elements = self.value.as_array().filter(|elements| (min..=max).contains(&elements.len()));
        let elements = elements.ok_or_else(|| self.wrong(&format!("is an array of {}", range(min, max))))?;
        let at = |(index, value)| Self { value, path: format!("{}[{index}]", self.path) };
        Ok(elements.iter().enumerate().map(at).collect())
    }

    /// The text that this is: not blank, and so many characters at most.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn text(&self, chars_max: usize) -> Result<String, Problem> {
        let fits = |text: &&str| !text.trim().is_empty() && text.chars().nth(chars_max).is_none();
        let text = self.value.as_str().filter(fits);
        Ok(text.ok_or_else(|| self.wrong(&format!("is a text of 1 to {chars_max} characters")))?.to_owned())
    }

    /// The truth value that this is.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn flag(&self) -> Result<bool, Problem> {
        self.value.as_bool().ok_or_else(|| self.wrong("is true or false"))
    }

    /// The whole number that this is, from so much to so much.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn integer(&self, min: i64, max: i64) -> Result<i64, Problem> {
        let number = self.value.as_i64().filter(|number| (min..=max).contains(number));
        number.ok_or_else(|| self.wrong(&format!("is a whole number from {min} to {max}")))
    }

    /// The web address that this is: by https, or by http of the machine itself.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn address(&self) -> Result<String, Problem> {
        let address = self.value.as_str().filter(|address| is_address(address));
        let expected = format!("is an https address of at most {ADDRESS_BYTES_MAX} bytes");
        Ok(address.ok_or_else(|| self.wrong(&expected))?.to_owned())
    }

    fn inner(&self, key: &str) -> String {
        inner(&self.path, key)
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    object: &'a Map<String, Value>,
    path: String,
}

impl<'a> Members<'a> {
    /// One that may be left out, or be `null`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<At<'a>> {
        let value = self.object.get(key).filter(|value| !value.is_null())?;
        Some(At { value, path: inner(&self.path, key) })
    }

    /// One that has to be there.
    ///
    /// # Errors
    /// [`Code::Invalid`]
    pub fn require(&self, key: &str) -> Result<At<'a>, Problem> {
        let missing = || Problem::new(Code::Invalid, [&*inner(&self.path, key), " is missing"].concat());
        self.get(key).ok_or_else(missing)
    }
}

fn inner(path: &str, key: &str) -> String {
    [path, ".", key].concat()
}

fn range(min: usize, max: usize) -> String {
    if min == max { max.to_string() } else { format!("{min} to {max}") }
}

/// Whether a text is the address of a page or picture: by https, or by http of the machine itself, as developers have it.
/// Neither a name before the host nor what browsers would read as another sign may hide whose address it is.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let hides = |char: char| char.is_whitespace() || char.is_control() || char == '\\';
    if text.len() > ADDRESS_BYTES_MAX || text.contains(hides) {
        return false;
    }
    let authority = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    match (text.strip_prefix("https://").map(authority), text.strip_prefix("http://").map(authority)) {
        (Some(host), _) => !host.is_empty() && !host.starts_with(':') && !host.contains('@'),
        (_, Some(host)) => {
            let port = host.strip_prefix("localhost").or_else(|| host.strip_prefix("127.0.0.1"));
            port.is_some_and(|port| {
                port.is_empty()
                    || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_is_https_or_the_machines_own() {
        let long = |bytes: usize| format!("https://a.ru/{}", "a".repeat(bytes - "https://a.ru/".len()));
        for good in [
            "https://shop.ru",
            "https://shop.ru/p?id=1#b",
            "https://пример.рф/путь",
            "http://localhost",
            "http://localhost:8080/x",
            "http://127.0.0.1:3/x",
            &long(ADDRESS_BYTES_MAX),
        ] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "shop.ru",
            "//shop.ru",
            "http://shop.ru",
            "http://localhost.evil.ru",
            "http://localhost:80@evil.ru",
            "http://localhost\\@evil.ru",
            "https://",
            "https:///x",
            "https://:80",
            "https://shop.ru@evil.ru/",
            "https://shop.ru/a b",
            "https://shop.ru/\n",
            "HTTPS://shop.ru",
            "javascript:alert(1)",
            "data:text/html,x",
            &long(ADDRESS_BYTES_MAX + 1),
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_refusal_names_the_place() {
        let document = json!({"a": [{"b": 1}], "n": null});
        let root = At::root("doc", &document);
        let members = root.object(&["a", "n"]).unwrap();
        assert!(members.get("n").is_none());
        let element = &members.require("a").unwrap().list(1, 2).unwrap()[0];
        assert_eq!(element.object(&["c"]).unwrap_err().detail, "doc.a[0].b is not known here; the members are c");
        let b = element.object(&["b", "c"]).unwrap();
        assert_eq!(b.require("c").unwrap_err().detail, "doc.a[0].c is missing");
        assert_eq!(b.require("b").unwrap().text(3).unwrap_err().detail, "doc.a[0].b is a text of 1 to 3 characters");
        assert_eq!(
            b.require("b").unwrap().integer(2, 3).unwrap_err().detail,
            "doc.a[0].b is a whole number from 2 to 3"
        );
        assert_eq!(root.object(&["a"]).unwrap_err().detail, "doc.n is not known here; the members are a");
        assert_eq!(members.require("a").unwrap().list(7, 7).unwrap_err().detail, "doc.a is an array of 7");
    }
}
