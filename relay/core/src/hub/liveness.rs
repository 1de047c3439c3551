//! Who is still at the other end. A socket whose network is gone stays open here, and its visitor online, unless somebody
//! asks. The runtime answers a client's pings by itself and remembers when; a hidden page's timers may sleep, so silence
//! alone is no proof. While somebody is there to whom it matters, staff here and visitors online, an alarm looks at those
//! lines that take part (they have a budget: clients of ours), probes the silent ones, and ends those that do not answer.
//! Otherwise the object is left to sleep.
//!
//! A program that only listens is never judged by its silence, but by what was sent into it: see [`UNHEARD_BYTES_MAX`].

use std::collections::{BTreeMap, BTreeSet};

use shared::close;
use shared::frame::PROBE;
use shared::limits::{PROBE_AFTER_MS, PROBE_ANSWER_MS, PROBE_EVERY_MS, UNHEARD_BYTES_MAX};
use shared::time::Timestamp;

use super::draft::Draft;
use super::input::ConnId;
use super::{Decision, Effect};

/// What is known of the lines' ends since the hub was restored. A hub that knows nothing probes once more: no harm done.
#[derive(Debug, Default)]
pub(super) struct Ends {
    ends: BTreeMap<ConnId, End>,
    look_at_lines_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
struct End {
    heard: Timestamp,
    probed: Option<Timestamp>,
    /// Bytes that were sent since it was heard.
    unheard: usize,
}

impl Ends {
    pub(super) fn heard(&mut self, conn: ConnId, at: Timestamp) {
        let end = self.ends.entry(conn).or_insert(End { heard: at, probed: None, unheard: 0 });
        if at > end.heard || end.probed.is_some_and(|probed| at >= probed) {
            *end = End { heard: at.max(end.heard), probed: None, unheard: 0 };
        }
    }

    pub(super) fn forget(&mut self, conn: ConnId) {
        self.ends.remove(&conn);
    }

    /// Counts what is sent. True once it is time to ask whether anybody takes it in.
    pub(super) fn sent(&mut self, conn: ConnId, bytes: usize, now: Timestamp) -> bool {
        let end = self.ends.entry(conn).or_insert(End { heard: now, probed: None, unheard: 0 });
        end.unheard = end.unheard.saturating_add(bytes);
        end.unheard >= UNHEARD_BYTES_MAX
    }
}

impl Draft<'_> {
    /// Somebody came, or counts as online now: from here on it may matter who is gone.
    pub(super) fn watch(&mut self) {
        if self.hub.ends.look_at_lines_at.is_none() && self.is_watched_by_staff() {
            let at = self.now.plus_ms(PROBE_AFTER_MS);
            self.hub.ends.look_at_lines_at = Some(at);
            self.wake_at(at);
        }
    }

    /// The alarm's part: asks when the lines were last heard, if it is time, and if it still matters.
    pub(super) fn look_who_is_there(&mut self) -> Decision {
        let Some(at) = self.hub.ends.look_at_lines_at else {
            // The hub may have been restored in the middle of it.
            self.watch();
            return Ok(());
        };
        if at > self.now {
            self.wake_at(at);
            return Ok(());
        }
        self.hub.ends.look_at_lines_at = None;
        let online = self.sql.first("SELECT 1 FROM chats WHERE online = 1 LIMIT 1", &[])?;
        if online.is_none() || !self.is_watched_by_staff() {
            return Ok(());
        }
        let conns = self.hub.sessions.values().filter(|session| session.budget.is_some());
        let conns: Vec<ConnId> = conns.map(|session| session.conn).collect();
        if !conns.is_empty() {
            // Should the answer not come, the next look is this one.
            self.look_again_at(self.now.plus_ms(PROBE_AFTER_MS));
            self.turn.effects.push(Effect::Listen { conns });
        }
        Ok(())
    }

    /// When the runtime last heard of these lines by itself; absent if it never did.
    pub(super) fn judge(&mut self, heard: &[(ConnId, Option<Timestamp>)]) -> Decision {
        let mut next: Option<Timestamp> = None;
        for (conn, at) in heard {
            let Some(session) = self.hub.sessions.get(conn) else { continue };
            let (takes_part, since) = (session.budget.is_some(), Timestamp(session.since));
            let at = at.unwrap_or(since);
            let is_new = self.hub.ends.ends.get(conn).is_some_and(|end| at > end.heard);
            self.hub.ends.heard(*conn, at);
            let Some(end) = self.hub.ends.ends.get(conn).copied() else { continue };
            let verdict = if takes_part { self.verdict(end) } else { Verdict::of_listener(end, is_new) };
            match verdict {
                Verdict::Fine(look_at) => {
                    next = look_at.map_or(next, |at| Some(next.map_or(at, |earlier: Timestamp| earlier.min(at))));
                }
                Verdict::Silent => {
                    if let Some(end) = self.hub.ends.ends.get_mut(conn) {
                        end.probed = Some(self.now);
                    }
                    self.turn.effects.push(Effect::Send { to: vec![*conn], text: PROBE.into() });
                    let at = self.now.plus_ms(PROBE_ANSWER_MS);
                    next = Some(next.map_or(at, |earlier| earlier.min(at)));
                }
                Verdict::Gone(code) => {
                    self.closed(*conn)?;
                    let reason = "nothing was heard of this connection".into();
                    self.turn.effects.push(Effect::Close { conn: *conn, code, reason });
                }
            }
        }
        if let Some(at) = next {
            self.look_again_at(at.max(self.now.plus_ms(PROBE_EVERY_MS)));
        }
        Ok(())
    }

    /// Asks about those to whom much was sent without a sign of them.
    pub(super) fn ask_about(&mut self, conns: BTreeSet<ConnId>) {
        if !conns.is_empty() {
            self.turn.effects.push(Effect::Listen { conns: conns.into_iter().collect() });
        }
    }

    fn verdict(&self, end: End) -> Verdict {
        match end.probed {
            Some(probed) if self.now.since_ms(probed) >= PROBE_ANSWER_MS => Verdict::Gone(close::SILENT),
            Some(probed) => Verdict::Fine(Some(probed.plus_ms(PROBE_ANSWER_MS))),
            None if self.now.since_ms(end.heard) >= PROBE_AFTER_MS => Verdict::Silent,
            None => Verdict::Fine(Some(end.heard.plus_ms(PROBE_AFTER_MS))),
        }
    }

    fn look_again_at(&mut self, at: Timestamp) {
        self.hub.ends.look_at_lines_at = Some(at);
        self.wake_at(at);
    }

    fn is_watched_by_staff(&self) -> bool {
        self.hub.sessions.values().any(|session| session.claims.role.is_staff())
    }
}

enum Verdict {
    /// To be looked at again at this time.
    Fine(Option<Timestamp>),
    /// To be asked.
    Silent,
    /// To be ended, with this code.
    Gone(u16),
}

impl Verdict {
    /// A program that takes no part is ended only if it has shown no sign of life while much was sent to it.
    fn of_listener(end: End, is_new: bool) -> Self {
        if !is_new && end.unheard >= UNHEARD_BYTES_MAX { Self::Gone(close::SLOW) } else { Self::Fine(None) }
    }
}
