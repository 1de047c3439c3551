//! `operator_message`: The organization wrote: an operator, or a program through the API.

use crate::content::Raw;
use crate::file::Attachment;
use crate::id::{MessageId, UserId};
use crate::message::Status;
use crate::node::record;

record! {
    /// The organization wrote: an operator, or a program through the API.
    pub struct OperatorMessage {
        /// The message.
        pub message_id: MessageId,
        /// The chat.
        pub user_id: UserId,
        /// Plain text.
        pub text: String,
        /// Where its file is, if it has one: a path of the relay that a bearer token opens.
        pub file_path: Option<String>,
        /// Where the chat comes from, and so where the message goes.
        pub source: String,
        /// Who wrote, as the user sees it.
        pub operator_name: Option<String>,
        /// How far it had come when it was kept.
        pub status: Status,
        /// The id the operator's client gave it.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub client_id: Option<String>,
        /// What there is to know of the file.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub attachment: Option<Attachment>,
        /// Cards, quick replies, a request to rate.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub content: Option<Raw>,
    }
}
