//! How pushes behave on their way: late, more than once, out of order, never. Of one chat or of all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A manner of pushes; the body of `POST /_sim/push-manner`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PushManner {
    /// The chat it is about; without one it is about everything that has no manner of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<String>,
    /// How late the first attempt is, by the marketplace's clock.
    pub late_ms: i64,
    /// How many times each push comes although it was answered.
    pub copies: u32,
    /// Each push waits until the next one has been delivered, so that two and two change places. One that nothing follows
    /// comes when the manner is changed.
    pub swapped: bool,
    /// Nothing comes at all.
    pub never: bool,
}

impl Default for PushManner {
    fn default() -> Self {
        Self { chat_id: None, late_ms: 0, copies: 1, swapped: false, never: false }
    }
}

impl PushManner {
    /// Late by so many milliseconds.
    pub fn late(late_ms: i64) -> Self {
        Self { late_ms, ..Self::default() }
    }

    /// Each push twice.
    pub fn twice() -> Self {
        Self { copies: 2, ..Self::default() }
    }

    /// Two and two out of order.
    pub fn swapped() -> Self {
        Self { swapped: true, ..Self::default() }
    }

    /// No push at all.
    pub fn never() -> Self {
        Self { never: true, ..Self::default() }
    }

    /// Of this chat alone.
    #[must_use]
    pub fn of_chat(self, chat_id: &str) -> Self {
        Self { chat_id: Some(chat_id.into()), ..self }
    }
}

/// Every manner that was asked for. Not kept over a restart.
#[derive(Debug, Default)]
pub(crate) struct Manners {
    all: PushManner,
    chats: BTreeMap<String, PushManner>,
}

impl Manners {
    pub(crate) fn set(&mut self, manner: PushManner) {
        match manner.chat_id.clone() {
            None => self.all = manner,
            Some(chat_id) => {
                self.chats.insert(chat_id, manner);
            }
        }
    }

    /// How a push of this body behaves.
    pub(crate) fn of(&self, body: &Value) -> PushManner {
        let chat_id = body.get("chat_id").and_then(Value::as_str);
        chat_id.and_then(|chat_id| self.chats.get(chat_id)).unwrap_or(&self.all).clone()
    }
}
