//! `history`: asks for a page of a chat: the newest, or the one next to a message, before or after it.

use crate::id::{MessageId, UserId};
use crate::json::Object;

/// asks for a page of a chat: the newest, or the one next to a message, before or after it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct History {
    /// The chat; a visitor's own if absent, required for staff.
    pub user_id: Option<UserId>,
    /// Only messages older than this one.
    pub before: Option<MessageId>,
    /// Only messages newer than this one, and of them the oldest. Not together with `before`.
    pub after: Option<MessageId>,
    /// How many, 1 to [`crate::limits::HISTORY_PAGE_MAX`]; [`crate::limits::HISTORY_PAGE`] if absent.
    pub limit: Option<i64>,
}

impl History {
    pub(super) fn write(&self, object: Object) -> Object {
        let object = object.optional_integer("user_id", self.user_id);
        let object = object.optional_integer("before", self.before).optional_integer("after", self.after);
        object.optional_integer("limit", self.limit)
    }
}
