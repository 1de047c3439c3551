//! `rating`: A visitor has rated the conversation, as a message of the organization had asked, or rated it anew.

use crate::id::{MessageId, UserId};
use crate::node::record;

record! {
    /// A visitor has rated the conversation, as a message of the organization had asked, or rated it anew.
    pub struct Rating {
        /// The chat.
        pub user_id: UserId,
        /// The message that asked.
        pub message_id: MessageId,
        /// From 1 to 5.
        pub score: i64,
        /// What they said to it.
        pub comment: Option<String>,
    }
}
