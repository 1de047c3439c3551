//! An operator's message on its way to an upstream: reserved, sent, and reconciled, so that a lost answer never becomes a
//! second message to a buyer.
//!
//! ```text
//! queued --attempt--> sending --accepted--> sent --id found in the history--> (done)
//!   ^                   |  |                                                      \--read by the buyer--> read
//!   |                   |  +-refused--> failed
//!   |                   +-answer lost--> checking --found in the history--> (done, sent)
//!   +--surely not there, after every copy under way has died---+  |
//!                                                                 +--history unreadable for long--> failed
//! ```
//!
//! A message is a text or a file (`method`); both go the same way. A file's bytes are with the shell: one that cannot be read
//! has surely not been sent, and fails.
//!
//! One message of a chat is under way at a time: order is kept, and a look into the history is unambiguous. What is waiting
//! lives in `sends`; `due_at` is when the alarm should look at it again, whatever state it is in, so a crash in any state
//! only means that the alarm comes. What the history says is decided in `lookups`.

use shared::event::{Event, MessageStatus};
use shared::file::Attachment;
use shared::id::{MessageId, UserId};
use shared::limits::{FILE_ROOM_AGAIN_MS, FILES_SENDING_BYTES_MAX, UPSTREAM_TIMEOUT_MS};
use shared::message::{Message, Status};
use shared::problem::Code;
use shared::time::Timestamp;

use super::draft::Draft;
use super::files::{Opened, attachment_of};
use super::input::Job;
use super::messages::ChatRow;
use super::{Decision, Refused};
use crate::storage::{Row, Value};
use crate::upstream::gate::Class;
use crate::upstream::ozon::chat_send_file::{self, Envelope};
use crate::upstream::ozon::{self, chat_send_message};
use crate::upstream::{Answered, Failure, Request};

/// When an attempt that never reported back counts as lost, or a look into the history.
pub(super) const WATCHDOG_MS: i64 = UPSTREAM_TIMEOUT_MS + 5_000;
/// When the history is looked at after an attempt, the first time; each further time waits twice as long.
pub(super) const LOOKUP_AFTER_MS: i64 = 1_000;
/// How long to wait when the upstream asks for patience without saying how long.
const LATER_MS: i64 = 2_000;
/// How long a message may wait for an upstream that asks for patience.
const GIVE_UP_MS: i64 = 10 * 60_000;
/// Rows that one alarm looks at.
const ALARM_ROWS: i64 = 50;

const COLUMNS: &str = "s.message_id, s.user_id, s.state, s.attempts, s.lookups, s.after_upstream_id, s.created_at, s.attempted_at, m.text, s.due_at, m.reason,
    (SELECT c.external_id FROM chats c WHERE c.user_id = s.user_id), m.attachment";

/// How far a message has come on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Queued,
    Sending,
    Checking,
    Sent,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Checking => "checking",
            Self::Sent => "sent",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Queued, Self::Sending, Self::Checking, Self::Sent].into_iter().find(|state| state.as_str() == word)
    }
}

/// A message on its way out: a row of `sends`.
#[derive(Clone, Debug)]
pub(super) struct Send {
    pub(super) message_id: MessageId,
    pub(super) user_id: UserId,
    pub(super) state: State,
    pub(super) attempts: i64,
    pub(super) lookups: i64,
    pub(super) after_upstream_id: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) attempted_at: Timestamp,
    pub(super) text: String,
    pub(super) due_at: Timestamp,
    pub(super) reason: Option<String>,
    /// The chat's id at the upstream.
    pub(super) chat_id: Option<String>,
    /// The file, if it is one.
    pub(super) attachment: Option<Attachment>,
}

/// A call that is ready to be made.
enum Outgoing {
    Text(Request),
    File(Envelope, Opened),
}

impl Send {
    fn read(row: &Row) -> Decision<Self> {
        let state = row.text(2)?;
        Ok(Self {
            message_id: row.integer(0)?,
            user_id: row.integer(1)?,
            state: State::parse(&state).ok_or_else(|| Refused::new(Code::Internal, "a send is in no known state"))?,
            attempts: row.integer(3)?,
            lookups: row.integer(4)?,
            after_upstream_id: row.optional_text(5)?,
            created_at: Timestamp(row.integer(6)?),
            attempted_at: Timestamp(row.integer(7)?),
            text: row.text(8)?,
            due_at: Timestamp(row.integer(9)?),
            reason: row.optional_text(10)?,
            chat_id: row.optional_text(11)?,
            attachment: attachment_of(row.optional_text(12)?)?,
        })
    }

    /// The vendor's method that it goes by.
    fn method(&self) -> &'static str {
        if self.attachment.is_some() { chat_send_file::PATH } else { chat_send_message::PATH }
    }
}

impl Draft<'_> {
    pub(super) fn boot(&mut self) -> Decision {
        if self.hub.organization.is_none() {
            return Ok(());
        }
        self.find_the_departed()?;
        self.reseal()?;
        self.plan_sweep()?;
        self.watch();
        let next = self.sql.first(
            "SELECT MIN(at) FROM (SELECT MIN(due_at) AS at FROM sends UNION ALL SELECT MIN(offline_at) FROM chats
             UNION ALL SELECT MIN(due_at) FROM chores UNION ALL SELECT MIN(expires_at) FROM files UNION ALL SELECT MIN(due_at) FROM file_removals)",
            &[],
        )?;
        if let Some(at) = next.map(|row| row.optional_integer(0)).transpose()?.flatten() {
            self.wake_at(Timestamp(at.max(self.now.0)));
        }
        self.wake_for_all_bulks()?;
        self.hub.booted = true;
        Ok(())
    }

    pub(super) fn alarm(&mut self) -> Decision {
        if self.hub.organization.is_none() {
            return Ok(());
        }
        if !self.hub.booted {
            self.find_the_departed()?;
        }
        self.tell_of_bulks()?;
        self.announce_the_departed()?;
        self.look_who_is_there()?;
        self.let_files_go()?;
        self.end_patience()?;
        // A message behind another one of its chat has its turn after that one: looking at it would bring nothing, and
        // with many of them the alarm would ring on and on.
        let due = self.sends(
            "s.due_at <= ? AND (s.state <> 'queued' OR NOT EXISTS (SELECT 1 FROM sends earlier
             WHERE earlier.user_id = s.user_id AND earlier.message_id < s.message_id AND earlier.state <> 'sent'))
             ORDER BY s.message_id LIMIT ?",
            &[self.now.0.into(), ALARM_ROWS.into()],
        )?;
        if i64::try_from(due.len()).unwrap_or(i64::MAX) >= ALARM_ROWS {
            self.wake_at(self.now.plus_ms(1));
        }
        let mut looked = Vec::new();
        for send in due {
            match send.state {
                State::Queued => self.start_next(send.user_id)?,
                State::Sending => self.doubt(&send)?,
                State::Checking | State::Sent if !looked.contains(&send.user_id) => {
                    looked.push(send.user_id);
                    self.look_up(send.user_id)?;
                }
                State::Checking | State::Sent => {}
            }
        }
        let next = self.sql.first("SELECT MIN(due_at) FROM sends WHERE due_at > ?", &[self.now.0.into()])?;
        if let Some(at) = next.map(|row| row.optional_integer(0)).transpose()?.flatten() {
            self.wake_at(Timestamp(at));
        }
        self.run_bulks()?;
        self.do_chores()?;
        self.sweep()?;
        // Last, since nothing after it can fail.
        self.let_go()?;
        self.hub.booted = true;
        Ok(())
    }

    /// A message of an operator has been kept: it is sent now, or after those before it.
    pub(super) fn queue_send(&mut self, chat: &ChatRow, message: &Message) -> Decision {
        let send = self.reserve_send(chat, message);
        if self.under_way(chat.user_id)?.is_empty() {
            self.attempt(&send)?;
        }
        Ok(())
    }

    /// A message of the organization has been kept: the alarm will send it.
    pub(super) fn reserve_send(&mut self, chat: &ChatRow, message: &Message) -> Send {
        self.write_all(
            "INSERT INTO sends (message_id, user_id, source, state, after_upstream_id, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            vec![
                message.message_id.into(),
                chat.user_id.into(),
                chat.source.as_str().into(),
                State::Queued.as_str().into(),
                chat.upstream_last.clone().into(),
                self.now.0.into(),
                self.now.0.into(),
            ],
        );
        Send {
            message_id: message.message_id,
            user_id: chat.user_id,
            state: State::Queued,
            attempts: 0,
            lookups: 0,
            after_upstream_id: chat.upstream_last.clone(),
            created_at: self.now,
            attempted_at: Timestamp(0),
            text: message.text.clone(),
            due_at: self.now,
            reason: None,
            chat_id: chat.external_id.clone(),
            attachment: message.attachment.clone(),
        }
    }

    pub(super) fn outcome(&mut self, job: Job, answered: Answered) -> Decision {
        self.call_ended(&job, &answered);
        self.file_is_through(&job);
        match job {
            Job::Send { message_id, attempt, method: _ } => self.sent(message_id, attempt, &answered)?,
            Job::Lookup { user_id, asked_at } => self.looked_up(user_id, asked_at, &answered)?,
            Job::StartChat { bulk_id, row, attempt } => self.chat_started(bulk_id, row, attempt, &answered)?,
            Job::Chore { errand } => self.chore_answered(&errand, &answered)?,
            Job::Forward { ticket, .. } => self.forwarded(ticket, &answered)?,
            Job::File { ticket, .. } => self.file_answered(ticket, answered)?,
        }
        // Its place at the gate may be what another one waits for.
        self.let_forwards_out()
    }

    /// A call was not made, since its file could not be read.
    pub(super) fn not_called(&mut self, job: &Job) -> Decision {
        self.call_not_made(job);
        self.file_is_through(job);
        if let Job::Send { message_id, attempt, method: _ } = job
            && let Some(send) = self.awaiting(*message_id, *attempt)?
        {
            self.give_up(&send, Code::FileGone)?;
        }
        self.let_forwards_out()
    }

    /// A file is not on its way any more.
    pub(super) fn file_is_through(&mut self, job: &Job) {
        if let Job::Send { message_id, .. } = job {
            self.hub.sending.remove(message_id);
        }
    }

    /// When a file may be on its way, if there is no room for it now: those under way are in memory.
    fn must_wait_for_room(&mut self, send: &Send) -> Option<Timestamp> {
        let size = send.attachment.as_ref()?.size;
        let now = self.now;
        self.hub.sending.retain(|_, (_, until)| *until > now);
        let taken = self.hub.sending.values().fold(0_i64, |sum, (size, _)| sum.saturating_add(*size));
        (taken.saturating_add(size) > FILES_SENDING_BYTES_MAX).then(|| now.plus_ms(FILE_ROOM_AGAIN_MS))
    }

    pub(super) fn sends(&self, condition: &str, params: &[Value]) -> Decision<Vec<Send>> {
        let statement =
            format!("SELECT {COLUMNS} FROM sends s JOIN messages m ON m.message_id = s.message_id WHERE {condition}");
        self.sql.query(&statement, params)?.iter().map(Send::read).collect()
    }

    /// What of a chat has not come so far that the next message may go, oldest first.
    fn under_way(&self, user_id: UserId) -> Decision<Vec<Send>> {
        let mut sends = self.sends("s.user_id = ? AND s.state <> 'sent' ORDER BY s.message_id", &[user_id.into()])?;
        sends.retain(|send| !self.settled.contains(&send.message_id));
        Ok(sends)
    }

    /// Sends the first waiting message of a chat, unless another is under way or its time has not come.
    pub(super) fn start_next(&mut self, user_id: UserId) -> Decision {
        for send in self.under_way(user_id)? {
            if send.state != State::Queued || send.due_at > self.now || self.attempt(&send)? {
                break;
            }
        }
        Ok(())
    }

    /// Makes an attempt. False if the message could not even be tried, and has failed; the next one may go then.
    pub(super) fn attempt(&mut self, send: &Send) -> Decision<bool> {
        // Reads do not show what this turn has begun: without this a chat could get two messages under way.
        if self.begun.contains(&send.user_id) {
            return Ok(true);
        }
        let must_wait = self.must_wait_for_ozon(Class::Send, send.method());
        if let Some(at) = must_wait.or_else(|| self.must_wait_for_room(send)) {
            // Until it has had a try of its own it waits for twice as long: others may have been before it.
            if self.now.since_ms(send.created_at) >= GIVE_UP_MS.saturating_mul(2) {
                let was_busy = send.reason.as_deref() == Some(Code::UpstreamRateLimited.as_str());
                let code = if was_busy { Code::UpstreamRateLimited } else { Code::UpstreamUnavailable };
                self.fail(send, code)?;
                return Ok(false);
            }
            self.set_state(send.message_id, State::Queued, at);
            return Ok(true);
        }
        let attempt = send.attempts.saturating_add(1);
        let outgoing = match self.outgoing(send) {
            Ok(outgoing) => outgoing,
            // The account is gone, or does not open, or the file is gone: the message cannot be sent, and says so.
            Err(Refused::Problem(problem)) => {
                self.fail(send, problem.code)?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let due = self.now.plus_ms(WATCHDOG_MS);
        self.write_all(
            "UPDATE sends SET state = ?, attempts = ?, lookups = 0, attempted_at = ?, due_at = ? WHERE message_id = ?",
            vec![
                State::Sending.as_str().into(),
                attempt.into(),
                self.now.0.into(),
                due.0.into(),
                send.message_id.into(),
            ],
        );
        self.wake_at(due);
        self.begun.insert(send.user_id);
        let job = Job::Send { message_id: send.message_id, attempt, method: send.method() };
        match outgoing {
            Outgoing::Text(request) => self.call(job, request),
            Outgoing::File(envelope, file) => {
                self.hub.sending.insert(send.message_id, (file.size, due));
                self.call_with_file(job, envelope, file);
            }
        }
        Ok(true)
    }

    fn outgoing(&self, send: &Send) -> Decision<Outgoing> {
        let chat_id = send.chat_id.as_deref().ok_or_else(super::actions::no_chat)?;
        let account = self.ozon_account()?;
        let Some(attachment) = &send.attachment else {
            return Ok(Outgoing::Text(chat_send_message::request(&account, chat_id, &send.text)?));
        };
        let file = self.file_to_send(&attachment.file_id)?;
        let name = chat_send_file::name(&attachment.name, &attachment.media_type);
        Ok(Outgoing::File(Envelope::new(&account, chat_id, &name)?, file))
    }

    /// A message whose attempt has no outcome yet. One that comes after its attempt was given up still tells the truth about
    /// a message in doubt.
    fn awaiting(&self, message_id: MessageId, attempt: i64) -> Decision<Option<Send>> {
        let send = self.sends("s.message_id = ?", &[message_id.into()])?.into_iter().next();
        Ok(send.filter(|send| send.attempts == attempt && matches!(send.state, State::Sending | State::Checking)))
    }

    fn sent(&mut self, message_id: MessageId, attempt: i64, answered: &Answered) -> Decision {
        let Some(send) = self.awaiting(message_id, attempt)? else { return Ok(()) };
        match chat_send_message::read(answered) {
            Ok(()) => {
                self.set_status(send.user_id, message_id, Status::Sent, None)?;
                self.set_state(message_id, State::Sent, self.now.plus_ms(LOOKUP_AFTER_MS));
                self.settled.insert(message_id);
                self.start_next(send.user_id)
            }
            Err(Failure::Refused(code)) => {
                self.refusal = Some(answered.clone());
                self.give_up(&send, code)
            }
            Err(Failure::Later { .. }) if self.now.since_ms(send.created_at) >= GIVE_UP_MS => {
                self.give_up(&send, ozon::code(answered).unwrap_or(Code::UpstreamRateLimited))
            }
            Err(Failure::Later { retry_after_ms }) => {
                let due = self.now.plus_ms(retry_after_ms.filter(|ms| *ms > 0).unwrap_or(LATER_MS));
                // It surely did not arrive, so this was no attempt.
                self.write("UPDATE sends SET attempts = attempts - 1 WHERE message_id = ?", [message_id]);
                self.set_state(message_id, State::Queued, due);
                let reason = ozon::code(answered).unwrap_or(Code::UpstreamRateLimited);
                // However often it is asked to wait, it is told once that it waits.
                if send.reason.as_deref() == Some(reason.as_str()) {
                    return Ok(());
                }
                self.set_status(send.user_id, message_id, Status::Queued, Some(reason))
            }
            Err(Failure::Unknown) if send.state == State::Checking => Ok(()),
            Err(Failure::Unknown) => self.doubt(&send),
        }
    }

    /// The answer to an attempt is lost: nothing is sent again before the history has been read.
    fn doubt(&mut self, send: &Send) -> Decision {
        self.set_state(send.message_id, State::Checking, self.now.plus_ms(LOOKUP_AFTER_MS));
        self.set_status(send.user_id, send.message_id, Status::Checking, Some(Code::UpstreamUnavailable))
    }

    pub(super) fn give_up(&mut self, send: &Send, code: Code) -> Decision {
        self.fail(send, code)?;
        self.start_next(send.user_id)
    }

    fn fail(&mut self, send: &Send, code: Code) -> Decision {
        self.write("DELETE FROM sends WHERE message_id = ?", [send.message_id]);
        self.settled.insert(send.message_id);
        self.set_status(send.user_id, send.message_id, Status::Failed, Some(code))
    }

    fn set_state(&mut self, message_id: MessageId, state: State, due: Timestamp) {
        self.write_all(
            "UPDATE sends SET state = ?, due_at = ? WHERE message_id = ?",
            vec![state.as_str().into(), due.0.into(), message_id.into()],
        );
        self.wake_at(due);
    }

    pub(super) fn set_status(
        &mut self,
        user_id: UserId,
        message_id: MessageId,
        status: Status,
        reason: Option<Code>,
    ) -> Decision {
        let refusal = self.refusal.take();
        self.tell_joined(message_id, status, refusal.as_ref());
        self.row_follows(message_id, status, reason)?;
        let reason = reason.map(Code::as_str);
        self.write_all(
            "UPDATE messages SET status = ?, reason = ? WHERE message_id = ?",
            vec![status.as_str().into(), reason.into(), message_id.into()],
        );
        self.publish(&Event::MessageStatus(MessageStatus {
            message_id,
            user_id,
            status,
            reason: reason.map(Into::into),
        }))
    }
}
