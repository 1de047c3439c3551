//! `user_typing`: The user is writing. There is no event for its end: it holds for six seconds, or until their message.

use crate::id::UserId;
use crate::node::record;

record! {
    /// The user is writing. There is no event for its end: it holds for six seconds, or until their message.
    pub struct UserTyping {
        /// The chat.
        pub user_id: UserId,
        /// The person's name as shown.
        pub user_name: String,
    }
}
