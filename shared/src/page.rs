//! What a page with the chat hears of it (`window.prilavok.on`), as the widget tells it and the npm package declares it.

/// How the connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Nobody has asked for it.
    #[default]
    Idle,
    /// It is being made, or made again.
    Connecting,
    /// Messages go at once.
    Online,
    /// There can be none: a wrong key, a page that is not allowed.
    Blocked,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Idle, Self::Connecting, Self::Online, Self::Blocked];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Connecting => "connecting",
            Self::Online => "online",
            Self::Blocked => "blocked",
        }
    }
}

/// What a member of an event's detail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// A text.
    Text,
    /// A whole number from 0.
    Count,
    /// Yes or no.
    Flag,
    /// A message's id, or null while it has none.
    MessageId,
    /// [`crate::message::Side`]
    Side,
    /// [`Status`]
    Status,
}

/// An event of the page.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Its name for `on`.
    pub name: &'static str,
    /// When it comes.
    pub doc: &'static str,
    /// The members of its detail.
    pub members: &'static [(&'static str, Member)],
}

/// All events.
pub const EVENTS: &[Event] = &[
    Event { name: "ready", doc: "Calls can be made. Comes to every listener.", members: &[] },
    Event { name: "open", doc: "The panel is open.", members: &[] },
    Event { name: "close", doc: "The panel is closed.", members: &[] },
    Event {
        name: "message",
        doc: "The visitor has written, or an answer has arrived.",
        members: &[("side", Member::Side), ("text", Member::Text), ("message_id", Member::MessageId)],
    },
    Event { name: "unread", doc: "So many messages wait to be read.", members: &[("count", Member::Count)] },
    Event { name: "typing", doc: "Somebody of the shop is writing.", members: &[("typing", Member::Flag)] },
    Event { name: "status", doc: "The connection has changed.", members: &[("status", Member::Status)] },
    Event { name: "error", doc: "What the page's developer has to know.", members: &[("detail", Member::Text)] },
];
