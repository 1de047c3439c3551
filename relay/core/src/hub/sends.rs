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
//! One message of a chat is under way at a time: order is kept, and a look into the history is unambiguous. What is waiting
//! lives in `sends`; `due_at` is when the alarm should look at it again, whatever state it is in, so a crash in any state
//! only means that the alarm comes.

use shared::event::{Event, MessageStatus};
use shared::id::{MessageId, UserId};
use shared::limits::{LOOKUP_ATTEMPTS_MAX, SEND_ATTEMPTS_MAX, SEND_SETTLE_MS, UPSTREAM_TIMEOUT_MS};
use shared::message::{Message, Status};
use shared::problem::Code;
use shared::time::Timestamp;

use super::draft::Draft;
use super::input::Job;
use super::messages::ChatRow;
use super::{Decision, Effect, Refused};
use crate::storage::{Row, Value};
use crate::upstream::ozon::{OzonId, chat_history, chat_send_message};
use crate::upstream::{Answered, Failure};

/// When an attempt that never reported back counts as lost.
const WATCHDOG_MS: i64 = UPSTREAM_TIMEOUT_MS + 5_000;
/// When the history is looked at after an attempt, the first time; each further time waits twice as long.
const LOOKUP_AFTER_MS: i64 = 1_000;
/// How long to wait when the upstream asks for patience without saying how long.
const LATER_MS: i64 = 2_000;
/// How long a message may wait for an upstream that asks for patience.
const GIVE_UP_MS: i64 = 10 * 60_000;
/// Rows that one alarm looks at.
const ALARM_ROWS: i64 = 50;

const COLUMNS: &str = "s.message_id, s.user_id, s.state, s.attempts, s.lookups, s.after_upstream_id, s.created_at, s.attempted_at, m.text, s.due_at";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
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

#[derive(Clone, Debug)]
struct Send {
    message_id: MessageId,
    user_id: UserId,
    state: State,
    attempts: i64,
    lookups: i64,
    after_upstream_id: Option<String>,
    created_at: Timestamp,
    attempted_at: Timestamp,
    text: String,
    due_at: Timestamp,
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
        })
    }
}

impl Draft<'_> {
    pub(super) fn boot(&mut self) -> Decision {
        if self.hub.organization.is_none() {
            return Ok(());
        }
        self.find_the_departed()?;
        let next = self.sql.first(
            "SELECT MIN(at) FROM (SELECT MIN(due_at) AS at FROM sends UNION ALL SELECT MIN(offline_at) FROM chats)",
            &[],
        )?;
        if let Some(at) = next.map(|row| row.optional_integer(0)).transpose()?.flatten() {
            self.wake_at(Timestamp(at.max(self.now.0)));
        }
        Ok(())
    }

    pub(super) fn alarm(&mut self) -> Decision {
        if self.hub.organization.is_none() {
            return Ok(());
        }
        self.announce_the_departed()?;
        let due = self.sends("s.due_at <= ? ORDER BY s.message_id LIMIT ?", &[self.now.0.into(), ALARM_ROWS.into()])?;
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
        Ok(())
    }

    /// A message of an operator has been kept: it is sent now, or after those before it.
    pub(super) fn queue_send(&mut self, chat: &ChatRow, message: &Message) -> Decision {
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
        let send = Send {
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
        };
        if self.under_way(chat.user_id)?.is_empty() {
            self.attempt(&send)?;
        }
        Ok(())
    }

    pub(super) fn outcome(&mut self, job: Job, answered: &Answered) -> Decision {
        match job {
            Job::Send { message_id, attempt } => self.sent(message_id, attempt, answered),
            Job::Lookup { user_id } => self.looked_up(user_id, answered),
        }
    }

    /// The chat's upstream has shown a message id: everything sent from here on comes after it.
    pub(super) fn saw_upstream_id(&mut self, chat: &ChatRow, id: OzonId) {
        if chat.upstream_last.as_deref().and_then(OzonId::parse).is_none_or(|last| last < id) {
            self.write_all(
                "UPDATE chats SET upstream_last = ? WHERE user_id = ?",
                vec![id.to_string().into(), chat.user_id.into()],
            );
        }
    }

    /// The buyer has read up to an upstream id: so have our messages up to it. `found` are ids learned in this turn.
    pub(super) fn mark_read_upstream(
        &mut self,
        chat: &ChatRow,
        up_to: OzonId,
        found: &[(MessageId, OzonId)],
    ) -> Decision {
        let rows = self.sql.query(
            "SELECT message_id, upstream_id FROM messages
             WHERE user_id = ? AND side = 'operator' AND status = 'sent' AND upstream_id IS NOT NULL ORDER BY message_id",
            &[chat.user_id.into()],
        )?;
        let mut read = Vec::new();
        for row in rows {
            let id = OzonId::parse(&row.text(1)?);
            if id.is_some_and(|id| id <= up_to) {
                read.push(row.integer(0)?);
            }
        }
        read.extend(found.iter().filter(|(_, id)| *id <= up_to).map(|(message_id, _)| *message_id));
        read.sort_unstable();
        read.dedup();
        for message_id in &read {
            self.set_status(chat.user_id, *message_id, Status::Read, None)?;
        }
        match read.last() {
            Some(last) if *last > chat.user_read => self.user_has_read(chat.user_id, *last),
            _ => Ok(()),
        }
    }

    /// If messages wait for their upstream id, the history is looked at without delay.
    pub(super) fn look_up_soon(&mut self, user_id: UserId) -> Decision {
        let waiting = self.sends("s.user_id = ? AND s.state IN ('checking', 'sent')", &[user_id.into()])?;
        if waiting.is_empty() { Ok(()) } else { self.look_up(user_id) }
    }

    fn sends(&self, condition: &str, params: &[Value]) -> Decision<Vec<Send>> {
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
    fn start_next(&mut self, user_id: UserId) -> Decision {
        for send in self.under_way(user_id)? {
            if send.state != State::Queued || send.due_at > self.now || self.attempt(&send)? {
                break;
            }
        }
        Ok(())
    }

    /// Makes an attempt. False if the message could not even be tried, and has failed; the next one may go then.
    fn attempt(&mut self, send: &Send) -> Decision<bool> {
        // Reads do not show what this turn has begun: without this a chat could get two messages under way.
        if self.begun.contains(&send.user_id) {
            return Ok(true);
        }
        let attempt = send.attempts.saturating_add(1);
        let chat_id = self.chat(send.user_id)?.and_then(|chat| chat.external_id).ok_or_else(super::actions::no_chat);
        let request =
            chat_id.and_then(|chat_id| Ok(chat_send_message::request(&self.ozon_account()?, &chat_id, &send.text)?));
        let request = match request {
            Ok(request) => request,
            // The account is gone, or does not open: the message cannot be sent, and says so.
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
        self.turn
            .effects
            .push(Effect::Call { job: Job::Send { message_id: send.message_id, attempt }, request: Box::new(request) });
        Ok(true)
    }

    fn sent(&mut self, message_id: MessageId, attempt: i64, answered: &Answered) -> Decision {
        let send = self.sends("s.message_id = ?", &[message_id.into()])?.into_iter().next();
        // An answer that comes after its attempt was given up still tells the truth about a message in doubt.
        let Some(send) =
            send.filter(|send| send.attempts == attempt && matches!(send.state, State::Sending | State::Checking))
        else {
            return Ok(());
        };
        match chat_send_message::read(answered) {
            Ok(()) => {
                self.set_status(send.user_id, message_id, Status::Sent, None)?;
                self.set_state(message_id, State::Sent, self.now.plus_ms(LOOKUP_AFTER_MS));
                self.settled.insert(message_id);
                self.start_next(send.user_id)
            }
            Err(Failure::Refused(code)) => self.give_up(&send, code),
            Err(Failure::Later { .. }) if self.now.since_ms(send.created_at) >= GIVE_UP_MS => {
                self.give_up(&send, Code::UpstreamRateLimited)
            }
            Err(Failure::Later { retry_after_ms }) => {
                let due = self.now.plus_ms(retry_after_ms.unwrap_or(LATER_MS));
                // It surely did not arrive, so this was no attempt.
                self.write("UPDATE sends SET attempts = attempts - 1 WHERE message_id = ?", [message_id]);
                self.set_state(message_id, State::Queued, due);
                self.set_status(send.user_id, message_id, Status::Queued, Some(Code::UpstreamRateLimited))
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

    fn look_up(&mut self, user_id: UserId) -> Decision {
        let waiting = self.sends("s.user_id = ? AND s.state IN ('checking', 'sent')", &[user_id.into()])?;
        let Some(most) = waiting.iter().map(|send| send.lookups).max() else { return Ok(()) };
        let chat_id = self.chat(user_id)?.and_then(|chat| chat.external_id);
        let request = match (self.ozon_account(), chat_id) {
            (Ok(account), Some(chat_id)) => chat_history::request(&account, &chat_id)?,
            (Err(Refused::Sql(error)), _) => return Err(Refused::Sql(error)),
            // No account, no history: time passes as if the upstream did not answer.
            _ => return self.looked_up(user_id, &Answered::Lost),
        };
        // Until the answer is here this is the time to ask again.
        let due = self.now.plus_ms(WATCHDOG_MS.max(LOOKUP_AFTER_MS << most.clamp(0, 6)));
        self.write_all(
            "UPDATE sends SET due_at = ? WHERE user_id = ? AND state IN ('checking', 'sent')",
            vec![due.0.into(), user_id.into()],
        );
        self.wake_at(due);
        self.turn.effects.push(Effect::Call { job: Job::Lookup { user_id }, request: Box::new(request) });
        Ok(())
    }

    /// The history is here, or is not: each message in doubt or without its id is decided, oldest first.
    fn looked_up(&mut self, user_id: UserId, answered: &Answered) -> Decision {
        let Some(chat) = self.chat(user_id)? else { return Ok(()) };
        let page = chat_history::read(answered).ok();
        let waiting =
            self.sends("s.user_id = ? AND s.state IN ('checking', 'sent') ORDER BY s.message_id", &[user_id.into()])?;
        let mut taken: Vec<String> = Vec::new();
        let mut found: Vec<(MessageId, OzonId)> = Vec::new();
        for row in self.sql.query("SELECT upstream_id FROM messages WHERE user_id = ? AND upstream_id IS NOT NULL ORDER BY message_id DESC LIMIT 200", &[user_id.into()])? {
            taken.push(row.text(0)?);
        }
        for send in &waiting {
            let after = send.after_upstream_id.as_deref().and_then(OzonId::parse).unwrap_or_default();
            let id = page.as_ref().and_then(|page| {
                let ours = page.iter().filter(|message| {
                    message.from_seller
                        && message.message_id > after
                        && same_text(&message.data.join("\n"), &send.text)
                        && !taken.contains(&message.message_id.to_string())
                });
                ours.map(|message| message.message_id).next()
            });
            match id {
                Some(id) => {
                    taken.push(id.to_string());
                    found.push((send.message_id, id));
                    self.arrived(send, id)?;
                }
                None => self.not_found(send, page.is_some())?,
            }
        }
        if let Some((_, newest)) = found.iter().max_by_key(|(_, id)| *id) {
            self.saw_upstream_id(&chat, *newest);
        }
        match chat.upstream_read.as_deref().and_then(OzonId::parse) {
            Some(up_to) if !found.is_empty() => self.mark_read_upstream(&chat, up_to, &found),
            _ => Ok(()),
        }
    }

    fn arrived(&mut self, send: &Send, id: OzonId) -> Decision {
        self.write_all(
            "UPDATE messages SET upstream_id = ? WHERE message_id = ?",
            vec![id.to_string().into(), send.message_id.into()],
        );
        self.write("DELETE FROM sends WHERE message_id = ?", [send.message_id]);
        self.settled.insert(send.message_id);
        if send.state == State::Checking {
            self.set_status(send.user_id, send.message_id, Status::Sent, None)?;
            self.start_next(send.user_id)?;
        }
        Ok(())
    }

    fn not_found(&mut self, send: &Send, history_is_known: bool) -> Decision {
        let lookups = send.lookups.saturating_add(1);
        let settled = self.now.since_ms(send.attempted_at) >= SEND_SETTLE_MS;
        if send.state == State::Checking && history_is_known && settled {
            // It is not there and cannot come any more.
            return if send.attempts < SEND_ATTEMPTS_MAX {
                self.set_status(send.user_id, send.message_id, Status::Queued, None)?;
                if self.attempt(send)? { Ok(()) } else { self.start_next(send.user_id) }
            } else {
                self.give_up(send, Code::UpstreamUnavailable)
            };
        }
        if lookups >= LOOKUP_ATTEMPTS_MAX {
            return match send.state {
                // It was accepted; only its id stays unknown.
                State::Sent => {
                    self.write("DELETE FROM sends WHERE message_id = ?", [send.message_id]);
                    Ok(())
                }
                State::Queued | State::Sending | State::Checking => self.give_up(send, Code::DeliveryUnknown),
            };
        }
        let due = self.now.plus_ms(LOOKUP_AFTER_MS << lookups.clamp(0, 6));
        self.write_all(
            "UPDATE sends SET lookups = ?, due_at = ? WHERE message_id = ?",
            vec![lookups.into(), due.0.into(), send.message_id.into()],
        );
        self.wake_at(due);
        Ok(())
    }

    fn give_up(&mut self, send: &Send, code: Code) -> Decision {
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

    fn set_status(&mut self, user_id: UserId, message_id: MessageId, status: Status, reason: Option<Code>) -> Decision {
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

/// Whether the upstream's text is ours: it may have trimmed it, or folded its white space.
fn same_text(theirs: &str, ours: &str) -> bool {
    theirs.split_whitespace().eq(ours.split_whitespace())
}
