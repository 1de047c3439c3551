//! What happened, as the relay tells it: one file per event, the spec's six to the letter (spec/websocket-events.txt).
//!
//! An event on the wire is `{"event", "data", "timestamp"}`; logged ones also carry `offset`.

use crate::node::{FromNode, Node};
use crate::time::Timestamp;

mod bulk_progress;
mod chat_deleted;
mod chat_updated;
mod consent;
mod message_delivered;
mod message_read;
mod message_status;
mod message_updated;
mod new_chat;
mod new_message;
mod operator_delivered;
mod operator_message;
mod operator_read;
mod operator_typing;
mod order_updated;
mod rating;
mod user_offline;
mod user_online;
mod user_typing;

pub use bulk_progress::{BulkProgress, BulkState};
pub use chat_deleted::ChatDeleted;
pub use chat_updated::ChatUpdated;
pub use consent::Consent;
pub use message_delivered::MessageDelivered;
pub use message_read::MessageRead;
pub use message_status::MessageStatus;
pub use message_updated::MessageUpdated;
pub use new_chat::NewChat;
pub use new_message::NewMessage;
pub use operator_delivered::OperatorDelivered;
pub use operator_message::OperatorMessage;
pub use operator_read::OperatorRead;
pub use operator_typing::OperatorTyping;
pub use order_updated::OrderUpdated;
pub use rating::Rating;
pub use user_offline::UserOffline;
pub use user_online::UserOnline;
pub use user_typing::UserTyping;

/// The user of an event that belongs to no chat, but to the organization as a whole. No user has this id.
pub const NOBODY: crate::id::UserId = 0;

macro_rules! events {
    (@user $data:ident) => { $data.user_id };
    (@user $data:ident nobody) => {{
        let _ = $data;
        NOBODY
    }};
    ($($name:ident = $word:literal $(if $feature:literal)? $(of $user:ident)?,)*) => {
        /// Something that happened in an organization. What only operators hear is read only with the feature `staff`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
        pub enum Event { $(#[doc = concat!("`", $word, "`")] $name($name),)* }

        impl Event {
            /// Every event's name.
            pub const NAMES: &'static [&'static str] = &[$($word),*];

            /// The name on the wire.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $word,)* }
            }

            /// The chat it belongs to; [`NOBODY`]'s, if it belongs to none.
            #[must_use]
            pub fn user_id(&self) -> crate::id::UserId {
                match self { $(Self::$name(data) => events!(@user data $($user)?),)* }
            }

            /// Reads `data` by the event's name. `None` for a name we do not know or data of another shape.
            pub fn from_node<N: Node>(name: &str, data: &N) -> Option<Self> {
                match name {
                    $($word $(if cfg!(feature = $feature))? => $name::from_node(data).map(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    NewChat = "new_chat" if "staff",
    NewMessage = "new_message",
    UserTyping = "user_typing" if "staff",
    MessageRead = "message_read",
    UserOnline = "user_online" if "staff",
    UserOffline = "user_offline" if "staff",
    OperatorMessage = "operator_message",
    OperatorTyping = "operator_typing",
    OperatorRead = "operator_read",
    MessageDelivered = "message_delivered",
    OperatorDelivered = "operator_delivered",
    MessageStatus = "message_status" if "staff",
    MessageUpdated = "message_updated" if "staff",
    ChatDeleted = "chat_deleted" if "staff",
    Consent = "consent",
    Rating = "rating" if "staff",
    ChatUpdated = "chat_updated" if "staff",
    OrderUpdated = "order_updated" if "staff",
    BulkProgress = "bulk_progress" if "staff" of nobody,
}

impl Event {
    /// Whether a visitor may see it, given that it belongs to their own chat. What is left out here tells only the
    /// organization something new.
    #[must_use]
    pub fn is_for_visitor(&self) -> bool {
        match self {
            Self::NewMessage(_)
            | Self::MessageRead(_)
            | Self::OperatorMessage(_)
            | Self::OperatorTyping(_)
            | Self::OperatorRead(_)
            | Self::MessageDelivered(_)
            | Self::OperatorDelivered(_)
            | Self::Consent(_) => true,
            Self::NewChat(_)
            | Self::UserTyping(_)
            | Self::UserOnline(_)
            | Self::UserOffline(_)
            | Self::MessageStatus(_)
            | Self::MessageUpdated(_)
            | Self::ChatDeleted(_)
            | Self::Rating(_)
            | Self::OrderUpdated(_)
            | Self::BulkProgress(_)
            | Self::ChatUpdated(_) => false,
        }
    }

    /// Whether it is kept in the log. Typing, presence and progress are true for a moment only.
    #[must_use]
    pub fn is_logged(&self) -> bool {
        match self {
            Self::NewChat(_)
            | Self::NewMessage(_)
            | Self::MessageRead(_)
            | Self::OperatorMessage(_)
            | Self::OperatorRead(_)
            | Self::MessageDelivered(_)
            | Self::OperatorDelivered(_)
            | Self::MessageStatus(_)
            | Self::MessageUpdated(_)
            | Self::ChatDeleted(_)
            | Self::Consent(_)
            | Self::Rating(_)
            | Self::OrderUpdated(_)
            | Self::ChatUpdated(_) => true,
            Self::UserTyping(_)
            | Self::UserOnline(_)
            | Self::UserOffline(_)
            | Self::OperatorTyping(_)
            | Self::BulkProgress(_) => false,
        }
    }

    /// The event's text on the wire.
    ///
    /// # Errors
    /// None that the types allow; serde's signature.
    #[cfg(feature = "serde")]
    pub fn render(&self, timestamp: Timestamp, offset: Option<crate::id::Offset>) -> Result<String, serde_json::Error> {
        crate::frame::render(self.name(), self, timestamp, offset)
    }
}

/// An event with when it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// The event.
    pub event: Event,
    /// When.
    pub timestamp: Timestamp,
}
