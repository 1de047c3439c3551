//! What can happen to a hub.

use std::collections::BTreeMap;

use shared::action::Action;
use shared::id::{Position, UserId};
use shared::time::Timestamp;
use shared::token::Claims;

use super::administration::{Actor, Command};
use super::chores::Errand;
use super::forward::{Forward, Ticket};
use super::rating::Rating;
use super::visit::Visit;
use crate::files::Judged;
use crate::files::place::Place;
use crate::upstream::Answered;

/// A socket, for its whole life. The shell makes it from chance, so that it is new after a restart, too.
pub type ConnId = u64;

/// Bytes of chance that a request brings along.
pub const ENTROPY_BYTES: usize = 32;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The hub was restored. The first input of its life.
    Boot,
    /// The time that a turn asked for has come.
    Alarm,
    /// A socket with a token that was checked.
    Connect {
        /// The socket.
        conn: ConnId,
        /// What its token says.
        claims: Claims,
        /// The page it comes from, if a browser said so.
        origin: Option<String>,
        /// Where it wants to resume.
        position: Option<Position>,
        /// How many bytes of frames it may be sent, if it says so: beyond them the line is continued by another one.
        budget: Option<usize>,
        /// Their address, if the edge knows it.
        address: Option<String>,
    },
    /// A text frame from a socket.
    Frame {
        /// The socket.
        conn: ConnId,
        /// The text, of any content.
        text: String,
    },
    /// The answer to [`super::Effect::Listen`]: when the runtime last answered a ping of these sockets by itself.
    Heard {
        /// The sockets that are still there; absent for one that has not pinged.
        heard: Vec<(ConnId, Option<Timestamp>)>,
    },
    /// A socket is gone.
    Closed {
        /// The socket.
        conn: ConnId,
    },
    /// An upstream call ended.
    Outcome {
        /// Which.
        job: Job,
        /// What came of it.
        answered: Answered,
    },
    /// A call with a file was not made, since the file could not be read: the upstream has seen nothing of it.
    NotCalled {
        /// Which.
        job: Job,
    },
    /// Files are gone from the bucket.
    FilesRemoved {
        /// Their keys.
        keys: Vec<String>,
    },
    /// A request over HTTP, answered by the turn.
    Request {
        /// What is asked.
        request: Request,
    },
}

/// An upstream call, by what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// The n-th attempt to send a message.
    Send {
        /// The message.
        message_id: i64,
        /// Which attempt, from 1.
        attempt: i64,
        /// The vendor's path: a text and a file go different ways.
        method: &'static str,
    },
    /// A look into a chat's history at the upstream.
    Lookup {
        /// The chat.
        user_id: i64,
        /// When it was asked for: what arrived later need not be in the answer.
        asked_at: Timestamp,
    },
    /// Begins the chat for a row of a bulk send.
    StartChat {
        /// The bulk send.
        bulk_id: i64,
        /// The row.
        row: i64,
        /// Which attempt, from 1.
        attempt: i64,
    },
    /// Work that nobody waits for.
    Chore {
        /// Its row, as it was.
        errand: Errand,
    },
    /// An integrator's own call.
    Forward {
        /// Who waits for it.
        ticket: Ticket,
        /// The vendor's path.
        method: &'static str,
    },
    /// A step on the way to a file in a chat.
    File {
        /// Who waits for it.
        ticket: Ticket,
        /// Whether it goes to the vendor's own file path, with the merchant's key; otherwise to where that has led.
        with_key: bool,
    },
}

/// What can be asked over HTTP. The edge has checked who asks.
#[derive(Clone, Debug)]
pub enum Request {
    /// Creates the organization.
    Provision {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Pages that may start chats.
        origins: Vec<String>,
        /// Its publishable key; made from chance if absent.
        publishable_key: Option<String>,
        /// Who asks.
        actor: Actor,
        /// Chance for the key and the epoch.
        entropy: [u8; ENTROPY_BYTES],
    },
    /// Gives a visitor a token.
    WidgetSession {
        /// What the page says.
        visit: Visit,
        /// Chance for the visitor's and the token's id.
        entropy: [u8; ENTROPY_BYTES],
    },
    /// Reads what a page may know before there is a visitor.
    WidgetSettings {
        /// The publishable key.
        key: String,
    },
    /// What the administrator asks for, or somebody whose token allows it.
    Administer {
        /// Who asks.
        actor: Actor,
        /// What.
        command: Command,
        /// Chance for ids, secrets and sealing.
        entropy: [u8; ENTROPY_BYTES],
    },
    /// An action over HTTP instead of a socket.
    Act {
        /// Who asks.
        claims: Claims,
        /// What.
        action: Action,
    },
    /// Writes to a chat what a template says.
    SendTemplate {
        /// Who writes.
        claims: Claims,
        /// The chat.
        user_id: UserId,
        /// Which template.
        template_id: String,
        /// The values by their variables.
        variables: BTreeMap<String, String>,
        /// The writer's own id for the message.
        client_id: Option<String>,
    },
    /// Rates the conversation.
    Rate {
        /// The visitor.
        claims: Claims,
        /// The page, if a browser said so.
        origin: Option<String>,
        /// How.
        rating: Rating,
    },
    /// Announces an upload whose bytes the edge has and has judged: gives it an id and keeps room for it.
    BeginFile {
        /// Who uploads.
        claims: Claims,
        /// The page, if a browser said so.
        origin: Option<String>,
        /// The chat; a visitor's own if absent.
        user_id: Option<UserId>,
        /// What the bytes are.
        judged: Judged,
        /// How many.
        size: i64,
        /// Where they go.
        place: Place,
        /// Chance for its id.
        entropy: [u8; ENTROPY_BYTES],
    },
    /// Bytes of an announced upload that goes to SQLite.
    KeepChunk {
        /// The file.
        file_id: String,
        /// Which chunk, from 0.
        number: i64,
        /// All of them [`shared::limits::FILE_CHUNK_BYTES`] but the last.
        bytes: Vec<u8>,
    },
    /// All bytes are kept.
    FinishFile {
        /// The file.
        file_id: String,
    },
    /// The upload came to nothing.
    AbandonFile {
        /// The file.
        file_id: String,
    },
    /// Where a file is and what it is, for somebody who wants to open it.
    OpenFile {
        /// Who asks; nobody, if a signed link was checked.
        claims: Option<Claims>,
        /// The file.
        file_id: String,
    },
    /// As [`Request::BeginFile`], of a file that an integrator's call sends by the vendor's own method.
    BeginForward {
        /// Who calls.
        claims: Claims,
        /// The vendor's `Client-Id`, if they sent one.
        client_id: Option<String>,
        /// The chat, by the vendor's id.
        chat_id: String,
        /// What the bytes are.
        judged: Judged,
        /// How many.
        size: i64,
        /// Their digest: the same file again is the same call again.
        digest: String,
        /// Where they go.
        place: Place,
        /// Chance for its id.
        entropy: [u8; ENTROPY_BYTES],
    },
    /// An integrator's own call to Ozon. It is answered by [`super::Effect::Reply`], in this turn or a later one.
    Forward {
        /// What is asked.
        forward: Forward,
    },
    /// An upstream's notification.
    Hook {
        /// Which upstream.
        source: String,
        /// The secret of the address.
        secret: String,
        /// What it sent.
        body: String,
    },
}
