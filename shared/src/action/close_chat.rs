//! `close_chat`: finishes a conversation, until its user writes again. Staff only.

use crate::id::UserId;
use crate::json::Object;

/// finishes a conversation, until its user writes again. Staff only.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct CloseChat {
    /// The chat; required.
    pub user_id: Option<UserId>,
}

impl CloseChat {
    pub(super) fn write(&self, object: Object) -> Object {
        object.optional_integer("user_id", self.user_id)
    }
}
