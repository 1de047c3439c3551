//! `message_read`: The user has read everything up to a message.

use crate::id::{MessageId, UserId};
use crate::node::record;

record! {
    /// The user has read everything up to a message.
    pub struct MessageRead {
        /// The chat.
        pub user_id: UserId,
        /// The last message they have read. Never goes back.
        pub last_read_message_id: MessageId,
    }
}
