//! `chats`: asks for a page of the organization's chats, the latest first. Staff only.

use crate::id::MessageId;
use crate::json::Object;

/// asks for a page of the organization's chats, the latest first. Staff only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct Chats {
    /// The `next` of the page before.
    pub before: Option<MessageId>,
    /// How many, 1 to [`crate::limits::CHATS_PAGE_MAX`]; [`crate::limits::CHATS_PAGE`] if absent.
    pub limit: Option<i64>,
}

impl Chats {
    pub(super) fn write(&self, object: Object) -> Object {
        object.optional_integer("before", self.before).optional_integer("limit", self.limit)
    }
}
