//! What an answered action brings back: the `result` of an `ack`, by action.

use crate::id::{MessageId, UserId};
use crate::message::{ChatSummary, Message};
use crate::node::{FromNode, Node, record};
use crate::time::Timestamp;

record! {
    /// The result of `send_message`: the message as the relay kept it. The same for the same `client_id`, however often.
    pub struct Sent {
        /// The message.
        pub message: Message,
    }
}

record! {
    /// The result of `history`: a page in order of ids, oldest first.
    pub struct HistoryPage {
        /// The chat.
        pub user_id: UserId,
        /// The messages.
        pub messages: Vec<Message>,
        /// Whether more are left beyond the page: newer ones for a page `after` a message, else older ones.
        pub has_more: bool,
        /// The last message that the user has read.
        pub user_read: MessageId,
        /// The last message that an operator has read.
        pub operator_read: MessageId,
        /// The last message that has reached a device of the user.
        pub user_delivered: MessageId,
        /// The last message that has reached a device of an operator.
        pub operator_delivered: MessageId,
        /// Messages of the other side that the asker's side has not read.
        pub unread: i64,
    }
}

record! {
    /// The result of `chats`: a page of chats, the latest first.
    pub struct ChatsPage {
        /// The chats.
        pub chats: Vec<ChatSummary>,
        /// What to pass as `before` for the next page; absent on the last.
        pub next: Option<MessageId>,
    }
}

record! {
    /// The result of `presence`: who is here.
    pub struct Presence {
        /// The users, the latest to write first.
        pub online: Vec<UserId>,
        /// Whether these are all.
        pub complete: bool,
    }
}

record! {
    /// The result of `file_link`: where the file can be opened without a token, and until when.
    pub struct FileLink {
        /// A path of the relay with its query.
        pub url: String,
        /// When it stops working.
        pub expires_at: Timestamp,
    }
}

/// A result, decoded by the action it answers.
// One is taken apart as soon as it is here, and never kept.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `send_message`
    Sent(Sent),
    /// `history`
    History(HistoryPage),
    /// `chats`
    Chats(ChatsPage),
    /// `presence`
    Presence(Presence),
    /// `file_link`
    FileLink(FileLink),
    /// Any other action, or a result this version does not read.
    Done,
}

impl Reply {
    /// Reads the result of `action`. An answer is an answer even if its result cannot be read: who waits for it goes on.
    pub fn from_node<N: Node>(action: &str, node: &N) -> Self {
        let read = match action {
            "send_message" => Sent::from_node(node).map(Self::Sent),
            "history" => HistoryPage::from_node(node).map(Self::History),
            "chats" if cfg!(feature = "staff") => ChatsPage::from_node(node).map(Self::Chats),
            "presence" if cfg!(feature = "staff") => Presence::from_node(node).map(Self::Presence),
            "file_link" => FileLink::from_node(node).map(Self::FileLink),
            _ => None,
        };
        read.unwrap_or(Self::Done)
    }
}
