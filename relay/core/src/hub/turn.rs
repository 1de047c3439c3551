//! What a decision asks of the shell.

use serde::Serialize;
use serde_json::Value;
use shared::close;
use shared::frame;
use shared::problem::Problem;
use shared::time::Timestamp;

use super::files::Opened;
use super::forward::{Forwarded, Ticket};
use super::input::{ConnId, Job};
use crate::storage::Write;
use crate::upstream;
use crate::upstream::ozon::chat_send_file::Envelope;

/// One thing to do.
#[derive(Debug)]
pub enum Effect {
    /// Hand a text, rendered once, to these sockets. A socket that is gone is passed over.
    Send {
        /// The sockets.
        to: Vec<ConnId>,
        /// The frame.
        text: String,
    },
    /// Store this with the socket, where it survives hibernation.
    Attach {
        /// The socket.
        conn: ConnId,
        /// The text to store.
        attachment: String,
    },
    /// Close a socket.
    Close {
        /// The socket.
        conn: ConnId,
        /// Why, by the table of [`shared::close`].
        code: u16,
        /// Why, in words.
        reason: String,
    },
    /// Feed [`super::Input::Heard`] about these sockets.
    Listen {
        /// The sockets.
        conns: Vec<ConnId>,
    },
    /// Feed [`super::Input::Alarm`] at this time, or sooner.
    WakeAt(Timestamp),
    /// Remove these from the bucket, and feed [`super::Input::FilesRemoved`] once they are gone. Until then they are asked
    /// for again.
    RemoveFiles {
        /// The keys.
        keys: Vec<String>,
    },
    /// Answer a call of an integrator's, if somebody still waits for it.
    Reply {
        /// Who waits.
        ticket: Ticket,
        /// The answer.
        answer: Box<Forwarded>,
    },
    /// Make an upstream call and feed its [`super::Input::Outcome`].
    Call {
        /// What it is for.
        job: Job,
        /// The call.
        request: Box<upstream::Request>,
    },
    /// As [`Effect::Call`], of a call that lacks a file still: read its bytes, put them in by [`Envelope::with`], and call. If
    /// they cannot be read, feed [`super::Input::NotCalled`] instead. The time that reading takes is the call's own.
    CallWithFile {
        /// What it is for.
        job: Job,
        /// The call without the file.
        envelope: Box<Envelope>,
        /// Where the file is.
        file: Box<Opened>,
    },
}

/// What a decision asks for: first the writes, in one transaction, then the effects in order.
#[derive(Debug, Default)]
pub struct Turn {
    /// To commit before anything else.
    pub writes: Vec<Write>,
    /// To do after that.
    pub effects: Vec<Effect>,
    /// The answer to a request.
    pub answer: Option<Result<Value, Problem>>,
    /// To do instead of the effects if the commit failed.
    pub on_failure: Vec<Effect>,
}

impl Turn {
    /// How many messages it keeps.
    #[must_use]
    pub fn messages_kept(&self) -> u64 {
        self.writes.iter().filter(|write| write.statement.starts_with("INSERT INTO messages")).count() as u64
    }
}

#[derive(Serialize)]
struct ErrorData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    code: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<i64>,
}

/// The frame that tells one socket of a refusal.
#[must_use]
pub fn error_frame(id: Option<&str>, problem: &Problem, now: Timestamp) -> String {
    let data =
        ErrorData { id, code: problem.code.as_str(), detail: &problem.detail, retry_after_ms: problem.retry_after_ms };
    // Strings always serialize; the fallback is there because this crate never panics.
    frame::render("error", &data, now, None)
        .unwrap_or_else(|_| r#"{"event":"error","data":{"code":"internal"}}"#.into())
}

pub(super) fn refuse_action(conn: ConnId, id: Option<&str>, problem: &Problem, now: Timestamp) -> Turn {
    Turn { effects: vec![Effect::Send { to: vec![conn], text: error_frame(id, problem, now) }], ..Turn::default() }
}

pub(super) fn refuse_connection(conn: ConnId, problem: &Problem, now: Timestamp) -> Turn {
    let mut turn = refuse_action(conn, None, problem, now);
    turn.effects.push(Effect::Close { conn, code: close::code_of(problem.code), reason: problem.code.as_str().into() });
    turn
}
