//! `user_offline`: The user left.

use crate::id::UserId;
use crate::node::record;

record! {
    /// The user left.
    pub struct UserOffline {
        /// The chat.
        pub user_id: UserId,
    }
}
