//! `message_delivered`: Everything up to a message has reached a device of the user.

use crate::id::{MessageId, UserId};
use crate::node::record;

record! {
    /// Everything up to a message has reached a device of the user.
    pub struct MessageDelivered {
        /// The chat.
        pub user_id: UserId,
        /// The last message that arrived there. Never goes back.
        pub last_delivered_message_id: MessageId,
    }
}
