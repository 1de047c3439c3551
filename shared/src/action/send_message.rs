//! `send_message`: writes to a chat. The same `client_id` from the same writer is the same message, however often it comes.

use crate::content::Raw;
use crate::id::UserId;
use crate::json::Object;

/// writes to a chat. The same `client_id` from the same writer is the same message, however often it comes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
pub struct SendMessage {
    /// The chat; a visitor's own if absent, required for staff.
    pub user_id: Option<UserId>,
    /// Plain text, 1 to [`crate::limits::TEXT_CHARS_MAX`] characters; may be empty beside a file, a card or a
    /// request to rate.
    pub text: String,
    /// The writer's own id for it, at most [`crate::limits::CLIENT_ID_BYTES_MAX`] bytes; a UUID is good.
    pub client_id: Option<String>,
    /// A file that was uploaded for this chat and not sent yet.
    pub file_id: Option<String>,
    /// Cards, quick replies, a request to rate (see [`crate::content`]): from staff to a visitor of the storefront.
    pub content: Option<Raw>,
}

impl SendMessage {
    pub(super) fn write(&self, object: Object) -> Object {
        let object = object.optional_integer("user_id", self.user_id).string("text", &self.text);
        let object = object.optional_string("client_id", self.client_id.as_deref());
        let object = object.optional_string("file_id", self.file_id.as_deref());
        match &self.content {
            Some(content) => object.raw("content", content.as_str()),
            None => object,
        }
    }
}
