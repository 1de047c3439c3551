//! `operator_typing`: An operator is writing to the user.

use crate::id::UserId;
use crate::node::record;

record! {
    /// An operator is writing to the user.
    pub struct OperatorTyping {
        /// The chat.
        pub user_id: UserId,
        /// Who is writing, as the user sees it.
        pub operator_name: Option<String>,
    }
}
