//! `user_online`: The user came.

use crate::id::UserId;
use crate::node::record;

record! {
    /// The user came.
    pub struct UserOnline {
        /// The chat.
        pub user_id: UserId,
    }
}
