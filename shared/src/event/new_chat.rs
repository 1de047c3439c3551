//! `new_chat`: A person wrote for the first time. `message_id` is ours: it ties `first_message` to the `new_message` that follows.

use crate::id::{MessageId, UserId};
use crate::node::record;

record! {
    /// A person wrote for the first time. `message_id` is ours: it ties `first_message` to the `new_message` that follows.
    pub struct NewChat {
        /// The new chat.
        pub user_id: UserId,
        /// The person's name as shown.
        pub user_name: String,
        /// Their handle at the source, if it has such.
        pub username: Option<String>,
        /// Where the chat comes from.
        pub source: String,
        /// The text they wrote.
        pub first_message: String,
        /// The id of that message; the spec's own form lacks it.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub message_id: Option<MessageId>,
    }
}
