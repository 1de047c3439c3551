//! What this browser keeps of a visitor: the token that makes them the same visitor next time.
//!
//! Nothing is kept before the visitor has written: who only looks at a shop leaves no trace here. The loader looks for the
//! same key to tell who is returning.

use shared::json::Object;
use shared::node::Node;
use web_sys::Storage;

use crate::browser;
use crate::node::JsNode;

/// The place of one shop's token.
pub struct Memory {
    name: String,
}

impl Memory {
    /// The place for a publishable key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self { name: ["prilavok:", key].concat() }
    }

    /// The token that was kept.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        let text = storage()?.get_item(&self.name).ok()??;
        JsNode::parse(&text)?.get("token")?.string()
    }

    /// Keeps a token in the place of any other. In a browser that forbids it the visitor is a new one next time.
    pub fn keep(&self, token: &str) {
        if let Some(storage) = storage() {
            let _ = storage.set_item(&self.name, &Object::new().string("token", token).finish());
        }
    }
}

fn storage() -> Option<Storage> {
    browser::window()?.local_storage().ok()?
}
