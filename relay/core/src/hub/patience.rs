//! How often one connection and one visitor may ask. Kept in memory: a bucket is full again before an object may sleep, so
//! that sleeping gives nobody more. What holds for longer is counted in the store.

use std::collections::BTreeMap;

use shared::close;
use shared::id::UserId;
use shared::limits::{
    FIRST_MESSAGES_MAX, FIRST_MESSAGES_WITHIN_MS, NEW_CHATS_MAX, ORGANIZATION_SOCKETS_MAX, STAFF_FRAMES,
    STUBBORN_FRAMES, VISITOR_FRAMES, VISITOR_MESSAGES,
};
use shared::problem::{Code, Problem};
use shared::token::Role;

use super::draft::Draft;
use super::input::ConnId;
use super::{Decision, Refused};
use crate::policy::rate::{Bucket, scaled};
use crate::policy::table::Table;

/// Up to this factor first messages and new chats are counted: 2,000 rows of a chat, and 60,000 of a short index.
const COUNTED_FACTOR_MAX: i64 = 100;

/// The buckets of one organization.
#[derive(Debug)]
pub(super) struct Patience {
    connections: BTreeMap<ConnId, Connection>,
    writers: Table<UserId>,
}

#[derive(Debug, Default)]
struct Connection {
    frames: Bucket,
    /// Of the frames that came although they were refused.
    stubborn: Bucket,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connections: BTreeMap::new(), writers: Table::new(ORGANIZATION_SOCKETS_MAX) }
    }
}

impl Draft<'_> {
    /// Counts a frame. False if the connection has been closed over it: it goes on whatever it is told.
    pub(super) fn may_ask(&mut self, conn: ConnId, role: Role, id: Option<&str>) -> Decision<bool> {
        let factor = self.hub.config.rate_factor;
        let rate = if role.is_staff() { STAFF_FRAMES } else { VISITOR_FRAMES };
        let (patience, sessions) = (&mut self.hub.patience, &self.hub.sessions);
        // Connections that are gone are swept out when they are as many as those that are here.
        if patience.connections.len() > sessions.len().saturating_mul(2) {
            patience.connections.retain(|conn, _| sessions.contains_key(conn));
        }
        let connection = patience.connections.entry(conn).or_default();
        let Err(wait_ms) = connection.frames.take(self.now, scaled(rate, factor)) else { return Ok(true) };
        let problem = Problem::later(Code::RateLimited, "too many frames on this connection", wait_ms);
        if connection.stubborn.take(self.now, scaled(STUBBORN_FRAMES, factor)).is_ok() {
            return Err(problem.into());
        }
        self.dismiss(conn, id, &problem, close::BUSY);
        Ok(false)
    }

    /// Counts a message of a visitor, before it is kept. `is_new`: it is their first.
    pub(super) fn may_write(&mut self, user_id: UserId, is_new: bool) -> Decision {
        let factor = self.hub.config.rate_factor;
        let rate = scaled(VISITOR_MESSAGES, factor);
        let taken = self.hub.patience.writers.take(user_id, self.now, rate);
        taken.map_err(|wait_ms| Problem::later(Code::RateLimited, "too many messages at once", wait_ms))?;
        // So generous a deployment counts nothing: the question itself reads as many rows as the limit allows.
        if factor > COUNTED_FACTOR_MAX {
            return Ok(());
        }
        if is_new { self.may_begin(factor) } else { self.may_go_on(user_id, factor) }
    }

    fn may_begin(&self, factor: i64) -> Decision {
        let since = self.now.plus_ms(-FIRST_MESSAGES_WITHIN_MS);
        let row = self.sql.first(
            "SELECT COUNT(*), MIN(created_at) FROM (
                SELECT created_at FROM chats WHERE created_at > ? AND source = 'widget' ORDER BY created_at DESC LIMIT ?)",
            &[since.0.into(), NEW_CHATS_MAX.saturating_mul(factor).into()],
        )?;
        let (count, oldest) =
            row.map_or(Ok((0, None)), |row| Ok::<_, Refused>((row.integer(0)?, row.optional_integer(1)?)))?;
        self.not_yet(count >= NEW_CHATS_MAX.saturating_mul(factor), oldest, "too many new chats; try again in a while")
    }

    fn may_go_on(&self, user_id: UserId, factor: i64) -> Decision {
        let most = FIRST_MESSAGES_MAX.saturating_mul(factor);
        let row = self.sql.first(
            "SELECT COUNT(*), MIN(created_at), COALESCE(SUM(side = 'operator' AND writer <> 'auto-reply'), 0) FROM (
                SELECT created_at, side, writer FROM messages WHERE user_id = ? ORDER BY message_id DESC LIMIT ?)",
            &[user_id.into(), most.into()],
        )?;
        let Some(row) = row else { return Ok(()) };
        let oldest = row.optional_integer(1)?;
        let is_soon = oldest.is_some_and(|at| at > self.now.0.saturating_sub(FIRST_MESSAGES_WITHIN_MS));
        let is_alone = row.integer(2)? == 0;
        let refused = row.integer(0)? >= most && is_soon && is_alone;
        self.not_yet(refused, oldest, "nobody has answered yet; so many messages in a minute are enough")
    }

    fn not_yet(&self, refused: bool, oldest: Option<i64>, detail: &str) -> Decision {
        if !refused {
            return Ok(());
        }
        let wait_ms = oldest.unwrap_or(self.now.0).saturating_add(FIRST_MESSAGES_WITHIN_MS).saturating_sub(self.now.0);
        Err(Problem::later(Code::RateLimited, detail, wait_ms.max(1)).into())
    }
}
