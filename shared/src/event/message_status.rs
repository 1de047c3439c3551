//! `message_status`: A message of the organization came further, or failed.

use crate::id::{MessageId, UserId};
use crate::message::Status;
use crate::node::record;

record! {
    /// A message of the organization came further, or failed.
    pub struct MessageStatus {
        /// The message.
        pub message_id: MessageId,
        /// The chat.
        pub user_id: UserId,
        /// How far it has come.
        pub status: Status,
        /// Why it failed or waits: the code of a problem.
        pub reason: Option<String>,
    }
}
