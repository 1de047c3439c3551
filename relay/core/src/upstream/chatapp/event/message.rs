//! `message`: somebody wrote, a customer or the merchant (licence channel).
//!
//! Source: the vendor's page (high); `file`'s members from clients (UPSTREAMS 2.3, medium). What we sent through the API
//! comes back too, with `fromApi`: deduplicate by the id that the send returned (UPSTREAMS 2.4, medium).

use serde::Deserialize;
use serde_json::Value;

use super::chat::Chat;
use super::people::{App, Person};
use crate::upstream::chatapp::id::Id;
use crate::upstream::chatapp::loose;
use crate::upstream::chatapp::open_set::open_set;

/// A message.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Within the messenger; a number or text by messenger.
    pub id: Id,
    /// From the customer or from the merchant.
    pub side: Side,
    /// Sent through the vendor's API, by us or by another program.
    #[serde(default, deserialize_with = "loose::flag")]
    pub from_api: Option<bool>,
    /// Sent from the merchant's own account.
    #[serde(default, deserialize_with = "loose::flag")]
    pub from_me: Option<bool>,
    /// Unix seconds.
    #[serde(default, rename = "time", deserialize_with = "loose::whole")]
    pub time_s: Option<i64>,
    /// What kind of content.
    #[serde(default, rename = "type", deserialize_with = "loose::opt")]
    pub message_type: Option<MessageType>,
    /// A finer kind; only `null` is documented.
    #[serde(default, deserialize_with = "loose::text")]
    pub subtype: Option<String>,
    /// What it says.
    #[serde(default, rename = "message", deserialize_with = "loose::opt_or_default")]
    pub content: Content,
    /// What it answers.
    #[serde(default, deserialize_with = "loose::opt")]
    pub quoted_message: Option<QuotedMessage>,
    /// Who wrote it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_user: Option<Person>,
    /// Where.
    pub chat: Chat,
    /// The program that sent it.
    #[serde(default, deserialize_with = "loose::opt")]
    pub from_app: Option<App>,
    /// Where the customer came from; shape not documented, kept as it came.
    #[serde(default)]
    pub utm: Option<Value>,
    /// Shape and meaning not documented, kept as it came.
    #[serde(default)]
    pub created: Option<Value>,
}

/// A message that another one answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct QuotedMessage {
    /// Within the messenger.
    #[serde(default, deserialize_with = "loose::opt")]
    pub id: Option<Id>,
    /// What kind of content.
    #[serde(default, rename = "type", deserialize_with = "loose::opt")]
    pub message_type: Option<MessageType>,
    /// A finer kind; only `null` is documented.
    #[serde(default, deserialize_with = "loose::text")]
    pub subtype: Option<String>,
    /// What it said.
    #[serde(default, rename = "message", deserialize_with = "loose::opt_or_default")]
    pub content: Content,
}

/// What a message says.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The text, for a message that is one.
    #[serde(deserialize_with = "loose::text")]
    pub text: Option<String>,
    /// The words under a file; `""` when there are none.
    #[serde(deserialize_with = "loose::text")]
    pub caption: Option<String>,
    /// A file of any kind.
    #[serde(deserialize_with = "loose::opt")]
    pub file: Option<File>,
    /// A place; shape not documented, kept as it came.
    pub location: Option<Value>,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// A public URL (UPSTREAMS 2.3, medium).
    #[serde(default, deserialize_with = "loose::text")]
    pub link: Option<String>,
    /// With extension.
    #[serde(default, deserialize_with = "loose::text")]
    pub name: Option<String>,
    /// MIME type.
    #[serde(default, deserialize_with = "loose::text")]
    pub content_type: Option<String>,
}

open_set! {
    /// The direction of a message.
    Side {
        /// The customer wrote.
        In = "in",
        /// The merchant wrote.
        Out = "out",
    }
}

open_set! {
    /// The kind of a message's content; only one word of it is documented.
    MessageType {
        /// Text.
        Text = "text",
    }
}
