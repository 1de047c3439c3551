//! JSON as the browser's own parser gives it. A parser in wasm would cost the visitor more bytes than all our frames.

use js_sys::{Array, JSON, Reflect};
use shared::id::SAFE_INTEGER_MAX;
use shared::node::Node;
use wasm_bindgen::JsValue;

/// A parsed JSON value that lives in JavaScript.
#[derive(Clone, Debug)]
pub struct JsNode(JsValue);

impl JsNode {
    /// Parses a text. `None` if it is not JSON.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }
}

impl From<JsValue> for JsNode {
    fn from(value: JsValue) -> Self {
        Self(value)
    }
}

impl Node for JsNode {
    fn get(&self, key: &str) -> Option<Self> {
        if !self.0.is_object() {
            return None;
        }
        Reflect::get(&self.0, &JsValue::from_str(key)).ok().filter(|value| !value.is_undefined()).map(Self)
    }

    fn string(&self) -> Option<String> {
        self.0.as_string()
    }

    fn integer(&self) -> Option<i64> {
        let number = self.0.as_f64()?;
        // Exact both ways within the limit; a number beyond it, a fraction or a NaN is none of ours.
        let whole = number as i64;
        (whole as f64 == number && whole.unsigned_abs() <= SAFE_INTEGER_MAX.unsigned_abs()).then_some(whole)
    }

    fn boolean(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn elements(&self) -> Option<Vec<Self>> {
        Array::is_array(&self.0).then(|| Array::from(&self.0).iter().map(Self).collect())
    }

    fn is_null(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    fn to_json(&self) -> String {
        JSON::stringify(&self.0).map(String::from).unwrap_or_default()
    }
}

impl From<JsNode> for JsValue {
    fn from(node: JsNode) -> Self {
        node.0
    }
}
