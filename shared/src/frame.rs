//! Everything the relay sends over a socket: events, and the frames about the connection itself.

use crate::event::Event;
use crate::id::{Offset, UserId};
use crate::node::{FromNode, Node, member, record};
use crate::problem::Code;
use crate::reply::Reply;
use crate::time::Timestamp;
use crate::token::Role;

/// What a client sends to ask for a sign of life, byte for byte: the runtime answers it without waking the relay.
pub const PING: &str = r#"{"action":"ping"}"#;
/// The answer to [`PING`], byte for byte.
pub const PONG: &str = r#"{"event":"pong"}"#;

/// What the relay sends to ask for a sign of life: a client of ours answers with [`PING`].
pub const PROBE: &str = r#"{"event":"probe"}"#;

record! {
    /// The limits a client has to keep, in `welcome`.
    pub struct Limits {
        /// Characters of a message's text.
        pub text_chars_max: i64,
        /// Bytes of a frame.
        pub frame_bytes_max: i64,
        /// Silence after which the connection counts as dead, in milliseconds.
        pub liveness_timeout_ms: i64,
    }
}

record! {
    /// `welcome`: the first frame of a connection.
    pub struct Welcome {
        /// What the token made of the client.
        pub role: Role,
        /// The visitor's own id; absent for staff.
        pub user_id: Option<UserId>,
        /// The log's epoch.
        pub epoch: String,
        /// The log's end. After a resume the missed events follow, up to this offset.
        pub offset: Offset,
        /// Whether what the client asked for is being replayed.
        pub resumed: bool,
        /// The version of the protocol.
        pub protocol: i64,
        /// The limits to keep.
        pub limits: Limits,
    }
}

record! {
    /// `resync`: the log does not reach back to where the client stands. Fetch a snapshot, go on from here.
    pub struct Resync {
        /// The log's epoch.
        pub epoch: String,
        /// The log's end.
        pub offset: Offset,
    }
}

/// `ack`: the answer to an action that carried an `id`, to its socket only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// The action's id.
    pub id: String,
    /// What it brought.
    pub reply: Reply,
}

/// `error`: an action, or the connection, was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The action's id, if it had one.
    pub id: Option<String>,
    /// The code as it came; [`Code::parse`] knows ours.
    pub code: Option<Code>,
    /// What a developer reads.
    pub detail: String,
    /// How long to wait before trying again, if the relay says so.
    pub retry_after_ms: Option<i64>,
}

/// A frame from the relay, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// `welcome`
    Welcome(Welcome),
    /// `resync`
    Resync(Resync),
    /// `ack`
    Ack(Ack),
    /// `error`
    Refused(Refusal),
    /// `pong`
    Pong,
    /// `probe`
    Probe,
    /// An event.
    Event {
        /// Its position, if it is in the log.
        offset: Option<Offset>,
        /// When it happened.
        timestamp: Timestamp,
        /// The event; `None` for one that this version does not know, whose position counts all the same.
        event: Option<Event>,
    },
}

impl Frame {
    /// Reads a frame. `None` if it is not one; a client lets it pass.
    pub fn from_node<N: Node>(node: &N) -> Option<Self> {
        let name = node.get("event")?.string()?;
        if name == "pong" {
            return Some(Self::Pong);
        }
        if name == "probe" {
            return Some(Self::Probe);
        }
        let data = node.get("data")?;
        Some(match name.as_str() {
            "welcome" => Self::Welcome(Welcome::from_node(&data)?),
            "resync" => Self::Resync(Resync::from_node(&data)?),
            "ack" => Self::Ack(Ack {
                id: member(&data, "id")?,
                reply: match data.get("result") {
                    Some(result) => Reply::from_node(&data.get("action")?.string()?, &result),
                    None => Reply::Done,
                },
            }),
            "error" => Self::Refused(Refusal {
                id: member(&data, "id")?,
                code: data.get("code")?.string().as_deref().and_then(Code::parse),
                detail: member::<Option<String>, N>(&data, "detail")?.unwrap_or_default(),
                retry_after_ms: member(&data, "retry_after_ms")?,
            }),
            _ => Self::Event {
                offset: member(node, "offset")?,
                timestamp: member(node, "timestamp")?,
                event: Event::from_node(&name, &data),
            },
        })
    }
}

/// The envelope's text: `{"event","data","timestamp"}` and, for logged events, `offset`.
///
/// # Errors
/// If `data` cannot be serialized.
#[cfg(feature = "serde")]
pub fn render<T: serde::Serialize + ?Sized>(
    event: &str,
    data: &T,
    timestamp: Timestamp,
    offset: Option<Offset>,
) -> Result<String, serde_json::Error> {
    #[derive(serde::Serialize)]
    struct Envelope<'a, T: ?Sized> {
        event: &'a str,
        data: &'a T,
        timestamp: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        offset: Option<Offset>,
    }
    serde_json::to_string(&Envelope { event, data, timestamp, offset })
}
