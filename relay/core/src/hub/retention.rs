//! Retention: what is older than the organization keeps things is deleted, some of it at each alarm, oldest first.
//!
//! A message is kept for `retention_days` to the millisecond, and deleted at the first sweep from then on; sweeps that found
//! nothing more to do are an hour apart. The audit log and the ledger of consents have limits of their own.

use std::collections::BTreeMap;

use shared::event::{ChatDeleted, Event, OperatorRead};
use shared::id::{MessageId, UserId};
use shared::limits::{SWEEP_EVENTS_MAX, SWEEP_EVERY_MS, SWEEP_MESSAGES_MAX};
use shared::message::Side;
use shared::time::Timestamp;

use super::Decision;
use super::draft::Draft;
use crate::storage::Row;

const DAY_MS: i64 = 24 * 3_600_000;

/// What a sweep has found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Swept {
    Nothing,
    All,
    /// There may be more.
    Some,
}

impl Swept {
    /// Of what was looked at, oldest first, so much had to go.
    fn of(due: usize, limit: i64) -> Self {
        match i64::try_from(due).unwrap_or(i64::MAX) {
            0 => Self::Nothing,
            due if due < limit => Self::All,
            _ => Self::Some,
        }
    }
}

impl Draft<'_> {
    /// What is to go goes, up to a limit. The rest has its turn at once.
    pub(super) fn sweep(&mut self) -> Decision {
        let Some(keep_ms) = self.keep_ms()? else { return Ok(()) };
        let cutoff = self.now.plus_ms(-keep_ms).0;
        self.sweep_bulks(cutoff)?;
        match self.sweep_messages(cutoff)?.max(self.sweep_events(cutoff)?) {
            Swept::Nothing => self.plan(self.now),
            Swept::All => self.plan(self.now.plus_ms(SWEEP_EVERY_MS)),
            Swept::Some => {
                self.wake_at(self.now.plus_ms(1));
                Ok(())
            }
        }
    }

    /// Sees to it that the alarm comes when something has to go.
    pub(super) fn plan_sweep(&mut self) -> Decision {
        self.plan(self.now)
    }

    fn plan(&mut self, earliest: Timestamp) -> Decision {
        let Some(keep_ms) = self.keep_ms()? else { return Ok(()) };
        for oldest in [
            "SELECT created_at FROM messages ORDER BY message_id LIMIT 1",
            "SELECT created_at FROM events ORDER BY event_offset LIMIT 1",
            "SELECT finished_at FROM bulks WHERE finished_at IS NOT NULL ORDER BY finished_at LIMIT 1",
        ] {
            if let Some(row) = self.sql.first(oldest, &[])? {
                self.wake_at(Timestamp(row.integer(0)?).plus_ms(keep_ms).max(earliest));
            }
        }
        Ok(())
    }

    fn keep_ms(&self) -> Decision<Option<i64>> {
        Ok(self.organization()?.retention_days.map(|days| days.saturating_mul(DAY_MS)))
    }

    fn sweep_messages(&mut self, cutoff: i64) -> Decision<Swept> {
        let mut rows = self.sql.query(
            "SELECT message_id, user_id, created_at FROM messages ORDER BY message_id LIMIT ?",
            &[SWEEP_MESSAGES_MAX.into()],
        )?;
        keep_due(&mut rows, 2, cutoff)?;
        let swept = Swept::of(rows.len(), SWEEP_MESSAGES_MAX);
        let Some(up_to) = rows.last().map(|row| row.integer(0)).transpose()? else { return Ok(swept) };
        let mut last_of: BTreeMap<UserId, MessageId> = BTreeMap::new();
        for row in &rows {
            last_of.insert(row.integer(1)?, row.integer(0)?);
        }
        self.write("DELETE FROM sends WHERE message_id <= ?", [up_to]);
        self.write("DELETE FROM messages WHERE message_id <= ?", [up_to]);
        self.write("DELETE FROM answers WHERE message_id <= ?", [up_to]);
        self.write("DELETE FROM responses WHERE message_id <= ?", [up_to]);
        self.delete_files_up_to(up_to)?;
        for (user_id, last) in last_of {
            self.trimmed(user_id, last)?;
        }
        Ok(swept)
    }

    /// A chat has lost its messages up to one; without any left it goes, and what is known of its user.
    fn trimmed(&mut self, user_id: UserId, up_to: MessageId) -> Decision {
        let Some(chat) = self.chat(user_id)? else { return Ok(()) };
        if chat.last_message_id > up_to {
            if chat.operator_read < up_to {
                let unread = self.unread_of(user_id, Side::User, up_to)?;
                let last_read_message_id = chat.operator_read;
                self.publish(&Event::OperatorRead(OperatorRead { user_id, last_read_message_id, unread }))?;
            }
            return Ok(());
        }
        self.write("DELETE FROM chats WHERE user_id = ?", [user_id]);
        if !self.is_here(user_id) {
            self.write("DELETE FROM customers WHERE user_id = ?", [user_id]);
            self.write("DELETE FROM attributes WHERE user_id = ?", [user_id]);
        }
        self.publish(&Event::ChatDeleted(ChatDeleted { user_id }))
    }

    fn sweep_events(&mut self, cutoff: i64) -> Decision<Swept> {
        let mut rows = self.sql.query(
            "SELECT event_offset, created_at FROM events ORDER BY event_offset LIMIT ?",
            &[SWEEP_EVENTS_MAX.into()],
        )?;
        keep_due(&mut rows, 1, cutoff)?;
        if let Some(up_to) = rows.last().map(|row| row.integer(0)).transpose()? {
            self.write("DELETE FROM events WHERE event_offset <= ?", [up_to]);
        }
        Ok(Swept::of(rows.len(), SWEEP_EVENTS_MAX))
    }
}

/// Cuts rows off, oldest first, where they are not due yet.
fn keep_due(rows: &mut Vec<Row>, at: usize, cutoff: i64) -> Decision {
    let mut due = 0;
    for row in rows.iter() {
        if row.integer(at)? > cutoff {
            break;
        }
        due += 1;
    }
    rows.truncate(due);
    Ok(())
}
