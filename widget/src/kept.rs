//! What outlives the page of an outbox, in the browser's own store (IndexedDB, by js/kept.js).
//!
//! Nothing is kept, and the store is not even looked for, before somebody has written: only then is one of these made use
//! of. All of it by callbacks: as futures it would weigh four times as much.

use std::rc::Rc;

use js_sys::{Array, Function};
use shared::client::Outgoing;
use shared::node::FromNode;
use wasm_bindgen::prelude::*;

use crate::node::JsNode;

#[wasm_bindgen(module = "/js/kept.js")]
extern "C" {
    fn keep(place: &str, id: &str, text: &str, hear: &Function);
    fn forget(place: &str, id: &str);
    fn restore(place: &str, hear: &Function);
}

/// The place of one outbox in the browser. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Kept(Rc<str>);

impl Kept {
    /// The place of this name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self([name, "\n"].concat().into())
    }

    /// Keeps a message. `hear` is told its id once it is safe; see [`heard`].
    pub fn keep(&self, outgoing: &Outgoing, hear: &Function) {
        keep(&self.0, &outgoing.client_id, &outgoing.to_json(), hear);
    }

    /// Forgets a message.
    pub fn forget(&self, client_id: &str) {
        forget(&self.0, client_id);
    }

    /// Looks for what is kept here. `hear` is told all of it; see [`heard`].
    pub fn restore(&self, hear: &Function) {
        restore(&self.0, hear);
    }
}

/// What a store tells.
pub enum Heard {
    /// The message with this id is safe.
    Safe(String),
    /// These were kept before.
    Restored(Vec<Outgoing>),
}

/// Reads what a store tells.
#[must_use]
pub fn heard(told: JsValue) -> Heard {
    match told.as_string() {
        Some(client_id) => Heard::Safe(client_id),
        None => {
            let read = |text: JsValue| Outgoing::from_node(&JsNode::parse(&text.as_string()?)?);
            Heard::Restored(Array::from(&told).iter().filter_map(read).collect())
        }
    }
}
