//! `history`: asks for a page of a chat, the newest or the one before a message.

use crate::id::{MessageId, UserId};
use crate::json::Object;

/// asks for a page of a chat, the newest or the one before a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct History {
    /// The chat; a visitor's own if absent, required for staff.
    pub user_id: Option<UserId>,
    /// Only messages older than this one.
    pub before: Option<MessageId>,
    /// How many, 1 to [`crate::limits::HISTORY_PAGE_MAX`]; [`crate::limits::HISTORY_PAGE`] if absent.
    pub limit: Option<i64>,
}

impl History {
    pub(super) fn write(&self, object: Object) -> Object {
        let object = object.optional_integer("user_id", self.user_id);
        object.optional_integer("before", self.before).optional_integer("limit", self.limit)
    }
}
