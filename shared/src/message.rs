//! A message as history, replies and the client's state hold it.

use crate::content::Raw;
use crate::file::Attachment;
use crate::id::{MessageId, UserId};
use crate::node::{record, words};
use crate::time::Timestamp;
#[cfg(feature = "staff")]
use crate::window::Order;

/// The names of the sources we make ourselves. The set is open: a source is text.
pub mod source {
    /// The storefront's widget.
    pub const WIDGET: &str = "widget";
    /// Ozon's chats.
    pub const OZON: &str = "ozon";
}

words! {
    /// Who wrote.
    pub enum Side {
        /// The person who writes to the organization.
        User = "user",
        /// The organization: an operator or its API.
        Operator = "operator",
    }
}

words! {
    /// How far a message of the organization has come.
    pub enum Status {
        /// Kept, and waiting for its turn at the upstream.
        Queued = "queued",
        /// On its way to the upstream.
        Sending = "sending",
        /// The upstream's answer was lost; its history is being searched before anything is sent again.
        Checking = "checking",
        /// The upstream has it; for the widget: the relay has it.
        Sent = "sent",
        /// It reached the user's device.
        Delivered = "delivered",
        /// The user has read it.
        Read = "read",
        /// It will not be sent; `reason` says why.
        Failed = "failed",
    }
}

words! {
    /// Whether a conversation goes on.
    pub enum ChatStatus {
        /// It does. So every chat begins.
        Open = "open",
        /// An operator has finished it. The user's next message opens it again.
        Closed = "closed",
    }
}

record! {
    /// One message.
    pub struct Message {
        /// Its id, and its place in the chat.
        pub message_id: MessageId,
        /// The chat.
        pub user_id: UserId,
        /// Who wrote it.
        pub side: Side,
        /// Plain text.
        pub text: String,
        /// Where its file is, if it has one: a path of the relay that a bearer token opens.
        pub file_path: Option<String>,
        /// What there is to know of the file.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub attachment: Option<Attachment>,
        /// Cards, quick replies, a request to rate: of the organization's messages to a widget.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub content: Option<Raw>,
        /// The operator's name, for the organization's messages.
        pub author: Option<String>,
        /// The id its writer's client gave it.
        pub client_id: Option<String>,
        /// How far it has come, for the organization's messages.
        pub status: Option<Status>,
        /// Why it failed: the code of a problem.
        pub reason: Option<String>,
        /// When the relay kept it.
        pub timestamp: Timestamp,
        /// When its writer last changed the text, if they did. Only of messages at an upstream.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub edited_at if "staff": Option<Timestamp>,
    }
}

record! {
    /// A chat in the list.
    pub struct ChatSummary {
        /// The chat.
        pub user_id: UserId,
        /// The person's name as shown.
        pub user_name: String,
        /// Their handle at the source, if it has such.
        pub username: Option<String>,
        /// Where the chat comes from.
        pub source: String,
        /// Its newest message.
        pub last_message: Option<Message>,
        /// Messages of the user that no operator has read.
        pub unread: i64,
        /// The last message that the user has read.
        pub user_read: MessageId,
        /// The last message that an operator has read.
        pub operator_read: MessageId,
        /// The last message that has reached a device of the user.
        pub user_delivered: MessageId,
        /// The last message that has reached a device of an operator.
        pub operator_delivered: MessageId,
        /// Whether the user is here now.
        pub online: bool,
        /// Whether the conversation goes on; absent of a relay that knows no other.
        pub status: Option<ChatStatus>,
        /// What is known of the order that it is about, if it is one of Ozon's and that is known.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
        pub order if "staff": Option<Order>,
    }
}
