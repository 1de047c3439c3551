//! `message_updated`: A message at an upstream says something else now.

use crate::id::{MessageId, UserId};
use crate::node::record;
use crate::time::Timestamp;

record! {
    /// A message at an upstream says something else now.
    pub struct MessageUpdated {
        /// The message.
        pub message_id: MessageId,
        /// The chat.
        pub user_id: UserId,
        /// What it says now.
        pub text: String,
        /// When it was changed.
        pub edited_at: Timestamp,
    }
}
