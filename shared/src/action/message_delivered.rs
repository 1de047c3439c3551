//! `message_delivered`: says that everything up to a message has reached the sender's device.

use crate::id::{MessageId, UserId};
use crate::json::Object;

/// says that everything up to a message has reached the sender's device.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct MessageDelivered {
    /// The chat; a visitor's own if absent, required for staff.
    pub user_id: Option<UserId>,
    /// The last message that arrived. A lower one than before changes nothing.
    pub last_delivered_message_id: MessageId,
}

impl MessageDelivered {
    pub(super) fn write(&self, object: Object) -> Object {
        let object = object.optional_integer("user_id", self.user_id);
        object.integer("last_delivered_message_id", self.last_delivered_message_id)
    }
}
