//! What the loader hands over when it mounts the chat (www/loader/prilavok.js).

use shared::node::Node;
use wasm_bindgen::prelude::*;
use web_sys::ShadowRoot;

use crate::node::JsNode;
use crate::text::Words;

/// The options of `mount`, read.
pub struct Options {
    /// Where the panel goes.
    pub root: ShadowRoot,
    /// The publishable key.
    pub key: String,
    /// The relay's address, without a slash at its end.
    pub relay: String,
    /// The merchant's word for who the visitor is: a JWT.
    pub identity: Option<String>,
    /// The words of its language.
    pub words: &'static Words,
}

impl Options {
    /// Reads them.
    ///
    /// # Errors
    /// The name of the first option that is missing or of another type.
    pub fn read(options: JsValue) -> Result<Self, JsValue> {
        let node = JsNode::from(options);
        Ok(Self {
            root: object(&node, "root")?,
            key: text(&node, "key").ok_or_else(|| missing("key"))?,
            relay: text(&node, "relay").ok_or_else(|| missing("relay"))?.trim_end_matches('/').to_owned(),
            identity: text(&node, "identity"),
            words: Words::of(node.get("words").ok_or_else(|| missing("words"))?.into()),
        })
    }
}

fn text(node: &JsNode, name: &str) -> Option<String> {
    node.get(name)?.string()
}

fn object<T: JsCast>(node: &JsNode, name: &str) -> Result<T, JsValue> {
    node.get(name).and_then(|value| JsValue::from(value).dyn_into().ok()).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> JsValue {
    js_sys::Error::new(&["[prilavok] mount: option ", name, " is missing or wrong"].concat()).into()
}
