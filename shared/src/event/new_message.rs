//! `new_message`: The user of a chat wrote.

use crate::file::Attachment;
use crate::id::{MessageId, UserId};
use crate::node::record;

record! {
    /// The user of a chat wrote.
    pub struct NewMessage {
        /// The message.
        pub message_id: MessageId,
        /// The chat.
        pub user_id: UserId,
        /// The person's name as shown.
        pub user_name: String,
        /// Plain text.
        pub text: String,
        /// Where its file is, if it has one: a path of the relay that a bearer token opens.
        pub file_path: Option<String>,
        /// Where the chat comes from.
        pub source: String,
        /// The id the user's client gave it: lets their other tabs match it with what they show already.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub client_id: Option<String>,
        /// What there is to know of the file.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub attachment: Option<Attachment>,
    }
}
