//! `chat_deleted`: A chat is gone, with its messages and all that was known of its user.

use crate::id::UserId;
use crate::node::record;

record! {
    /// A chat is gone, with its messages and all that was known of its user.
    pub struct ChatDeleted {
        /// The chat.
        pub user_id: UserId,
    }
}
