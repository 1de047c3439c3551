//! `message_read`: says that the sender has read everything up to a message.

use crate::id::{MessageId, UserId};
use crate::json::Object;

/// says that the sender has read everything up to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct MessageRead {
    /// The chat; a visitor's own if absent, required for staff.
    pub user_id: Option<UserId>,
    /// The last message that was read. A lower one than before changes nothing.
    pub last_read_message_id: MessageId,
}

impl MessageRead {
    pub(super) fn write(&self, object: Object) -> Object {
        object.optional_integer("user_id", self.user_id).integer("last_read_message_id", self.last_read_message_id)
    }
}
