//! `chat_updated`: An operator has finished a chat, or its user has opened it again.

use crate::id::UserId;
use crate::message::ChatStatus;
use crate::node::record;

record! {
    /// An operator has finished a chat, or its user has opened it again.
    pub struct ChatUpdated {
        /// The chat.
        pub user_id: UserId,
        /// Whether it goes on.
        pub status: ChatStatus,
    }
}
