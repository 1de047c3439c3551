//! What a line may carry. A client whose provider freezes connections after some 16 KB asks for a budget of bytes; what
//! would go beyond it is not sent: the line is closed with the code that says "go on over a new one, at once", and the
//! client resumes there. Every answer and every piece of a replay fits a fresh line, so each line brings the client on.

use std::collections::BTreeSet;

use serde::Serialize;
use shared::close;
use shared::frame::PONG;
use shared::limits::{
    FRAME_OVERHEAD_BYTES, LINE_BYTES_MAX, LINE_BYTES_MIN, LINE_HEAD_BYTES_MAX, PAGE_BYTES, PAGE_BYTES_MAX,
    PING_AFTER_MS, REPLAY_BYTES,
};
use shared::time::Timestamp;

use super::draft::Draft;
use super::input::ConnId;
use super::messages::to_value;
use super::{Decision, Effect, Session};

/// The budget that a client gets for the one it asks for.
#[must_use]
pub(super) fn granted(asked: usize) -> usize {
    asked.clamp(LINE_BYTES_MIN, LINE_BYTES_MAX)
}

/// What a frame weighs on its line.
pub(super) fn weight(text: &str) -> usize {
    text.len().saturating_add(FRAME_OVERHEAD_BYTES)
}

/// How many of these fit a page; one always does.
pub(super) fn fitting<T: Serialize>(items: &[T], bytes: usize) -> Decision<usize> {
    let mut left = bytes;
    for (index, item) in items.iter().enumerate() {
        let size = to_value(item)?.to_string().len().saturating_add(1);
        if index > 0 && size > left {
            return Ok(index);
        }
        left = left.saturating_sub(size);
    }
    Ok(items.len())
}

impl Session {
    /// Whether a frame may still go over this line. Right after the `welcome` any may: if it does not fit a fresh line,
    /// it fits none.
    fn has_room_for(&self, bytes: usize, now: Timestamp) -> bool {
        let Some(budget) = self.budget else { return true };
        // The runtime answers pings by itself. As many are reckoned with as a client sends at most.
        let pings = now.since_ms(Timestamp(self.since)).max(0).checked_div(PING_AFTER_MS).unwrap_or(0);
        let pongs = usize::try_from(pings).unwrap_or(0).saturating_mul(weight(PONG));
        self.sent <= LINE_HEAD_BYTES_MAX || self.sent.saturating_add(pongs).saturating_add(bytes) <= budget
    }
}

impl Draft<'_> {
    /// Bytes of a page that answers this connection, or a request over HTTP.
    pub(super) fn page_bytes(&self, conn: Option<ConnId>) -> usize {
        let budget = conn.and_then(|conn| self.hub.sessions.get(&conn)).and_then(|session| session.budget);
        budget.map_or(PAGE_BYTES_MAX, |budget| PAGE_BYTES.min(budget / 2))
    }

    /// How many of the missed events one line replays.
    pub(super) fn replayable(session: &Session, bodies: &[String]) -> usize {
        let Some(budget) = session.budget else { return bodies.len() };
        let mut left = REPLAY_BYTES.min(budget / 2);
        for (index, body) in bodies.iter().enumerate() {
            if index > 0 && weight(body) > left {
                return index;
            }
            left = left.saturating_sub(weight(body));
        }
        bodies.len()
    }

    /// Not all could be said over this line: it is to be continued.
    pub(super) fn continue_elsewhere(&mut self, conn: ConnId) {
        self.continued.insert(conn);
    }

    /// Goes through what the turn says: counts it, and holds back what a line has no room for.
    pub(super) fn keep_budgets(&mut self) -> Decision {
        let mut counted = BTreeSet::new();
        let mut full = BTreeSet::new();
        let mut unheard = BTreeSet::new();
        let mut effects = Vec::with_capacity(self.turn.effects.len());
        for effect in std::mem::take(&mut self.turn.effects) {
            let Effect::Send { mut to, text } = effect else {
                effects.push(effect);
                continue;
            };
            let bytes = weight(&text);
            to.retain(|conn| {
                let Some(session) = self.hub.sessions.get_mut(conn) else { return true };
                if session.budget.is_none() {
                    if self.hub.ends.sent(*conn, bytes, self.now) {
                        unheard.insert(*conn);
                    }
                    return true;
                }
                if full.contains(conn) || !session.has_room_for(bytes, self.now) {
                    full.insert(*conn);
                    return false;
                }
                session.sent = session.sent.saturating_add(bytes);
                counted.insert(*conn);
                true
            });
            if !to.is_empty() {
                effects.push(Effect::Send { to, text });
            }
        }
        self.turn.effects = effects;
        for conn in counted {
            self.attach_as_it_is(conn)?;
        }
        self.ask_about(unheard);
        full.append(&mut self.continued);
        for conn in full {
            self.closed(conn)?;
            let reason = "the line has carried what it may".into();
            self.turn.effects.push(Effect::Close { conn, code: close::CONTINUE, reason });
        }
        Ok(())
    }
}
