//! `operator_read`: An operator has read everything up to a message.

use crate::id::{MessageId, UserId};
use crate::node::record;

record! {
    /// An operator has read everything up to a message.
    pub struct OperatorRead {
        /// The chat.
        pub user_id: UserId,
        /// The last message that was read. Never goes back.
        pub last_read_message_id: MessageId,
        /// Messages of the user that are unread now.
        pub unread: i64,
    }
}
