//! The rows of bulk sends on their way: a chat is begun for each, at the bulk send's pace, and then its message is one of the
//! organization's messages, reserved, sent and reconciled as an operator's is (`sends`).
//!
//! ```text
//! queued --its turn--> starting --the chat is there: the message is kept--> sending --as the message--> sent, failed
//!   ^                     |  \--refused--> failed
//!   +--told to wait, lost-+      (lost too often, too)
//! ```
//!
//! A chat that is begun twice is one chat at Ozon, so nothing is lost and nothing doubled by a crash before the message is kept.
//! The message is kept in the same turn as its row's state, under a `client_id` made of both, so there is one of it.

use shared::event::BulkState;
use shared::id::{MessageId, UserId};
use shared::limits::BULK_LOST_MAX;
use shared::message::{Side, Status, source};
use shared::problem::Code;
use shared::time::Timestamp;

use super::bulk::Bulk;
use super::draft::Draft;
use super::input::Job;
use super::messages::NewRow;
use super::orders::closed_code;
use super::sends::WATCHDOG_MS;
use super::{Decision, Refused};
use crate::storage::{Row, SqlError};
use crate::tools::bulk::{message, variables};
use crate::upstream::gate::Class;
use crate::upstream::ozon::chat_start;
use crate::upstream::{Answered, Failure};

/// Under which name the relay itself writes the messages of bulk sends.
const WRITER: &str = "bulk";

/// How long to wait when the upstream asks for patience without saying how long, and before a lost beginning is repeated; each
/// further time twice as long.
const LATER_MS: i64 = 2_000;

/// Rows that one alarm looks at because nothing was heard of them.
const WATCHED_ROWS: i64 = 50;

const COLUMNS: &str = "bulk_id, number, posting_number, variables, state, attempts, lost, due_at";

/// A row on its way.
struct BulkRow {
    bulk_id: i64,
    number: i64,
    posting_number: String,
    values: Vec<Option<String>>,
    state: String,
    attempts: i64,
    lost: i64,
    due_at: Timestamp,
}

impl BulkRow {
    fn read(row: &Row) -> Decision<Self> {
        let values = serde_json::from_str(&row.text(3)?);
        Ok(Self {
            bulk_id: row.integer(0)?,
            number: row.integer(1)?,
            posting_number: row.text(2)?,
            values: values.map_err(|_| SqlError("a bulk row's values cannot be read".into()))?,
            state: row.text(4)?,
            attempts: row.integer(5)?,
            lost: row.integer(6)?,
            due_at: Timestamp(row.integer(7)?),
        })
    }
}

/// How a row ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Sent,
    Failed,
}

impl Draft<'_> {
    /// The alarm's part: begins what is due, and asks for the next alarm.
    pub(super) fn run_bulks(&mut self) -> Decision {
        let unheard = self.sql.query(
            &format!(
                "SELECT {COLUMNS} FROM bulk_rows WHERE state = 'starting' AND due_at <= ? ORDER BY due_at LIMIT ?"
            ),
            &[self.now.0.into(), WATCHED_ROWS.into()],
        )?;
        for row in &unheard {
            self.start_was_lost(&BulkRow::read(row)?)?;
        }
        if i64::try_from(unheard.len()).unwrap_or(i64::MAX) >= WATCHED_ROWS {
            self.wake_at(self.now.plus_ms(1));
        }
        for bulk in self.bulks("state = 'running' ORDER BY bulk_id", &[])? {
            self.start_next_row(&bulk)?;
        }
        self.wake_for_bulks("WHERE tell_at > ?", "AND due_at > ?", self.now.0)
    }

    /// The alarm that a restored hub asks for.
    pub(super) fn wake_for_all_bulks(&mut self) -> Decision {
        if self.sql.first("SELECT 1 FROM bulks WHERE state = 'running'", &[])?.is_some() {
            self.wake_at(self.now);
        }
        self.wake_for_bulks("WHERE tell_at >= ?", "AND due_at >= ?", 0)
    }

    fn wake_for_bulks(&mut self, told: &str, watched: &str, after: i64) -> Decision {
        for statement in [
            format!("SELECT MIN(tell_at) FROM bulks {told}"),
            format!("SELECT MIN(due_at) FROM bulk_rows WHERE state = 'starting' {watched}"),
        ] {
            let next = self.sql.first(&statement, &[after.into()])?;
            if let Some(at) = next.map(|row| row.optional_integer(0)).transpose()?.flatten() {
                self.wake_at(Timestamp(at.max(self.now.0)));
            }
        }
        Ok(())
    }

    /// Begins the chat of one row, if its time has come and the gate lets it.
    fn start_next_row(&mut self, bulk: &Bulk) -> Decision {
        let rows = self.sql.query(
            &format!(
                "SELECT {COLUMNS} FROM bulk_rows WHERE bulk_id = ? AND state = 'queued' ORDER BY due_at, number LIMIT 2"
            ),
            &[bulk.bulk_id.into()],
        )?;
        let Some(row) = rows.first().map(BulkRow::read).transpose()? else { return Ok(()) };
        let at = bulk.next_start_at.max(row.due_at);
        if at > self.now {
            self.wake_at(at);
            return Ok(());
        }
        if let Some(window) = self.posting_surely_closed(&row.posting_number)? {
            self.end_row(&row, End::Failed, Some(closed_code(window)))?;
            self.wake_at(self.now.plus_ms(1));
            return Ok(());
        }
        if let Some(at) = self.must_wait_for_ozon(Class::Chore, chat_start::PATH) {
            self.wake_at(at.max(self.now.plus_ms(1)));
            return Ok(());
        }
        let request = self.ozon_account().and_then(|account| Ok(chat_start::request(&account, &row.posting_number)?));
        let request = match request {
            Ok(request) => request,
            Err(Refused::Problem(problem)) => {
                // Without an account, or with one that does not open, none of them can be begun.
                if !self.pause_bulk_for(bulk.bulk_id, problem.code)? {
                    self.end_row(&row, End::Failed, Some(problem.code))?;
                    self.wake_at(self.now.plus_ms(1));
                }
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let attempt = row.attempts.saturating_add(1);
        let watchdog = self.now.plus_ms(WATCHDOG_MS);
        self.write(
            "UPDATE bulk_rows SET state = 'starting', attempts = ?, due_at = ? WHERE bulk_id = ? AND number = ?",
            [attempt, watchdog.0, row.bulk_id, row.number],
        );
        let next = self.now.plus_ms(bulk.pace_ms());
        self.write("UPDATE bulks SET next_start_at = ? WHERE bulk_id = ?", [next.0, bulk.bulk_id]);
        self.wake_at(watchdog);
        if let Some(row) = rows.get(1).map(BulkRow::read).transpose()? {
            self.wake_at(next.max(row.due_at));
        }
        self.call(Job::StartChat { bulk_id: row.bulk_id, row: row.number, attempt }, request);
        Ok(())
    }

    /// The answer to the beginning of a row's chat.
    pub(super) fn chat_started(&mut self, bulk_id: i64, number: i64, attempt: i64, answered: &Answered) -> Decision {
        let row = self.sql.first(
            &format!("SELECT {COLUMNS} FROM bulk_rows WHERE bulk_id = ? AND number = ?"),
            &[bulk_id.into(), number.into()],
        )?;
        let row = row.as_ref().map(BulkRow::read).transpose()?;
        // One that was given up, or whose bulk send was cancelled meanwhile, is nobody's any more.
        let Some(row) = row.filter(|row| row.state == "starting" && row.attempts == attempt) else { return Ok(()) };
        let Some(bulk) = self.bulk(bulk_id)? else { return Ok(()) };
        match chat_start::read(answered) {
            Ok(chat_id) if bulk.state == BulkState::Running => self.reserve_row(&bulk, &row, &chat_id),
            Ok(_) => {
                self.put_back(&row, self.now, row.lost);
                Ok(())
            }
            Err(Failure::Refused(code)) => {
                if self.pause_bulk_for(bulk_id, code)? {
                    self.put_back(&row, self.now, row.lost);
                    return Ok(());
                }
                self.end_row(&row, End::Failed, Some(code))
            }
            Err(Failure::Later { retry_after_ms }) => {
                let due = self.now.plus_ms(retry_after_ms.filter(|ms| *ms > 0).unwrap_or(LATER_MS));
                self.put_back(&row, due, row.lost);
                // Whoever asks for patience is not asked for another chat meanwhile.
                self.write(
                    "UPDATE bulks SET next_start_at = MAX(next_start_at, ?) WHERE bulk_id = ?",
                    [due.0, bulk_id],
                );
                Ok(())
            }
            Err(Failure::Unknown) => self.start_was_lost(&row),
        }
    }

    /// Whether the chat was begun is not known. Beginning it again does no harm.
    fn start_was_lost(&mut self, row: &BulkRow) -> Decision {
        let lost = row.lost.saturating_add(1);
        if lost >= BULK_LOST_MAX {
            return self.end_row(row, End::Failed, Some(Code::UpstreamUnavailable));
        }
        self.put_back(row, self.now.plus_ms(LATER_MS << row.lost.clamp(0, 6)), lost);
        Ok(())
    }

    fn put_back(&mut self, row: &BulkRow, due: Timestamp, lost: i64) {
        self.write(
            "UPDATE bulk_rows SET state = 'queued', due_at = ?, lost = ? WHERE bulk_id = ? AND number = ?",
            [due.0, lost, row.bulk_id, row.number],
        );
        self.wake_at(due);
    }

    /// The chat is there: the row's message is kept, once, and will be sent.
    fn reserve_row(&mut self, bulk: &Bulk, row: &BulkRow, chat_id: &str) -> Decision {
        let text = match message(&bulk.text, &variables(&bulk.names, &row.values)) {
            Ok(text) => text,
            Err(problem) => return self.end_row(row, End::Failed, Some(problem.code)),
        };
        let chat = match self.chat_at(source::OZON, chat_id)? {
            Some(chat) => chat,
            None => self.new_ozon_chat(chat_id)?,
        };
        let client_id = format!("bulk-{}-{}", row.bulk_id, row.number);
        let message_id = match self.kept_before(chat.user_id, WRITER, &client_id)? {
            Some(kept) => kept.message_id,
            None => {
                let new = NewRow {
                    author: bulk.author.as_deref(),
                    client_id: Some(&client_id),
                    ..NewRow::of(Side::Operator, WRITER, &text)
                };
                let message = self.operator_wrote(&chat, new, Status::Queued)?;
                self.reserve_send(&chat, &message);
                self.wake_at(self.now);
                message.message_id
            }
        };
        self.write_all(
            "UPDATE bulk_rows SET state = 'sending', chat_id = ?, user_id = ?, message_id = ?
             WHERE bulk_id = ? AND number = ?",
            vec![chat_id.into(), chat.user_id.into(), message_id.into(), row.bulk_id.into(), row.number.into()],
        );
        Ok(())
    }

    /// A message has come further: if it is a row's, so has the row.
    pub(super) fn row_follows(&mut self, message_id: MessageId, status: Status, reason: Option<Code>) -> Decision {
        let end = match status {
            Status::Sent | Status::Delivered | Status::Read => End::Sent,
            Status::Failed => End::Failed,
            Status::Queued | Status::Sending | Status::Checking => return Ok(()),
        };
        let row = self.sql.first(
            &format!("SELECT {COLUMNS} FROM bulk_rows WHERE message_id = ? AND state = 'sending'"),
            &[message_id.into()],
        )?;
        let Some(row) = row.as_ref().map(BulkRow::read).transpose()? else {
            return if end == End::Sent { self.was_sent_after_all(message_id) } else { Ok(()) };
        };
        self.end_row(&row, end, reason)?;
        if let (End::Failed, Some(code)) = (end, reason) {
            self.pause_bulk_for(row.bulk_id, code)?;
        }
        Ok(())
    }

    /// A message that had failed, since nobody could say whether it had arrived, was found at the upstream.
    fn was_sent_after_all(&mut self, message_id: MessageId) -> Decision {
        let statement = "SELECT bulk_id FROM bulk_rows WHERE message_id = ? AND state = 'failed'";
        let Some(row) = self.sql.first(statement, &[message_id.into()])? else { return Ok(()) };
        let bulk_id = row.integer(0)?;
        self.write(
            "UPDATE bulks SET sent = sent + found, failed = failed - found FROM (SELECT COUNT(*) AS found FROM bulk_rows
               WHERE message_id = ? AND state = 'failed') WHERE bulk_id = ?",
            [message_id, bulk_id],
        );
        self.write(
            "UPDATE bulk_rows SET state = 'sent', reason = NULL WHERE message_id = ? AND state = 'failed'",
            [message_id],
        );
        self.tell_of_bulk_soon(bulk_id)
    }

    /// Counts a row that is at its end, once, whatever else happens to it in this turn.
    fn end_row(&mut self, row: &BulkRow, end: End, reason: Option<Code>) -> Decision {
        let params = [row.bulk_id, row.number, row.bulk_id];
        let (count, state) = match end {
            End::Sent => (
                "UPDATE bulks SET sent = sent + (SELECT COUNT(*) FROM bulk_rows WHERE bulk_id = ? AND number = ?
                   AND state IN ('queued', 'starting', 'sending')) WHERE bulk_id = ?",
                "sent",
            ),
            End::Failed => (
                "UPDATE bulks SET failed = failed + (SELECT COUNT(*) FROM bulk_rows WHERE bulk_id = ? AND number = ?
                   AND state IN ('queued', 'starting', 'sending')) WHERE bulk_id = ?",
                "failed",
            ),
        };
        self.write(count, params);
        self.write_all(
            "UPDATE bulk_rows SET state = ?, reason = ? WHERE bulk_id = ? AND number = ?
             AND state IN ('queued', 'starting', 'sending')",
            vec![state.into(), reason.map(Code::as_str).into(), row.bulk_id.into(), row.number.into()],
        );
        self.tell_of_bulk_soon(row.bulk_id)
    }

    /// Everything of a user goes: of their rows only how they ended stays. How many there were.
    pub(super) fn forget_in_bulks(&mut self, user_id: UserId) -> Decision<i64> {
        let rows = self.sql.query(
            &format!("SELECT {COLUMNS} FROM bulk_rows WHERE user_id = ? ORDER BY bulk_id, number"),
            &[user_id.into()],
        )?;
        for row in &rows {
            let row = BulkRow::read(row)?;
            if row.state == "sending" {
                self.end_row(&row, End::Failed, Some(Code::NotFound))?;
            }
        }
        self.write(
            "UPDATE bulk_rows SET posting_number = '', variables = '[]', chat_id = NULL, user_id = NULL, message_id = NULL
             WHERE user_id = ?",
            [user_id],
        );
        Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
    }
}
