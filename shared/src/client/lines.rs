//! Lines come and go: the one in use, and the one that is to take over.
//!
//! Many providers let about 16 KB of a connection to a foreign host through, and then nothing, without a word. So a line is
//! used up by what it carries: past a soft mark the next one is opened, resuming from where this client stands, and on its
//! `welcome` the old one is left. In between both are heard; positions tell what came twice. Where no socket opens at all,
//! lines are streams.

use super::delivery::Delivery;
use super::link::Link;
use super::{Client, Effect};
use crate::close::{self, Then};
use crate::frame::PING;
use crate::limits::{
    FRAME_OVERHEAD_BYTES, LINE_BYTES_SOFT, RECONNECT_MAX_MS, SOCKET_FAILURES_MAX, SOCKET_RETRY_MS,
    STREAM_BESIDE_AFTER_MS,
};
use crate::time::Timestamp;

/// Names a line; new for each.
pub type LineId = u32;

/// How a line carries its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A WebSocket.
    Socket,
    /// Server-sent events and POST, where no WebSocket opens.
    Stream,
}

/// A line that is to take over.
#[derive(Clone, Copy, Debug)]
struct Next {
    line: LineId,
    link: Link,
    via: Via,
}

/// What is known of the lines, beside how the one in use is.
#[derive(Debug)]
pub(super) struct Lines {
    /// The line in use, or on its way while there is none.
    current: LineId,
    via: Via,
    last: LineId,
    /// Bytes that the line in use has brought.
    received: usize,
    /// Whether it has brought anything further than its `welcome`: one that has not is no reason to hurry.
    worked: bool,
    next: Option<Next>,
    /// When the next line may be opened, after one that came to nothing.
    next_from: Option<Timestamp>,
    next_renews: bool,
    /// Attempts in a row of which nothing opened.
    failures: u32,
    /// Whether a socket has ever opened here.
    sockets_open: bool,
    /// Streams it is until then: no socket opened.
    streams_until: Option<Timestamp>,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            current: 0,
            via: Via::Socket,
            last: 0,
            received: 0,
            worked: false,
            next: None,
            next_from: None,
            next_renews: false,
            failures: 0,
            sockets_open: false,
            streams_until: None,
        }
    }
}

impl Lines {
    pub(super) fn is_changing(&self) -> bool {
        self.next.is_some()
    }

    pub(super) fn worked(&mut self) {
        self.worked = true;
    }

    fn fresh(&mut self) -> LineId {
        self.last = self.last.wrapping_add(1);
        self.last
    }

    fn is_used_up(&self) -> bool {
        self.received >= LINE_BYTES_SOFT
    }

    /// What to try now.
    fn choose(&self, now: Timestamp) -> Via {
        let streams = match self.streams_until {
            Some(until) => now < until,
            None => self.failures >= SOCKET_FAILURES_MAX && self.failures.is_multiple_of(2),
        };
        if streams { Via::Stream } else { Via::Socket }
    }

    fn opened(&mut self, via: Via) {
        if via == Via::Socket {
            self.sockets_open = true;
            self.streams_until = None;
            self.failures = 0;
        }
    }

    fn failed_to_open(&mut self, now: Timestamp, via: Via) {
        self.failures = self.failures.saturating_add(1);
        if via == Via::Socket && self.streams_until.is_some() {
            self.streams_until = Some(now.plus_ms(SOCKET_RETRY_MS));
        }
    }

    fn take(&mut self, line: LineId, via: Via) {
        self.current = line;
        self.via = via;
        self.received = 0;
        self.worked = false;
        self.next_from = None;
        self.next_renews = false;
    }
}

impl Client {
    /// Connects, or connects again after the relay said to stay away.
    pub fn connect(&mut self, now: Timestamp) {
        if matches!(self.link, Link::Off | Link::Stopped(_) | Link::Waiting { .. }) {
            self.open(now, false);
        }
    }

    /// Leaves for good, or until the next `connect`.
    pub fn disconnect(&mut self) {
        self.leave(close::LEAVING);
        self.drop_link(Link::Off);
    }

    /// A line is open.
    pub fn handle_open(&mut self, _now: Timestamp, line: LineId) {
        if let Some(next) = self.lines.next.as_mut().filter(|next| next.line == line) {
            next.link.opened();
            let via = next.via;
            self.lines.opened(via);
        } else if line == self.lines.current {
            self.link.opened();
            self.lines.opened(self.lines.via);
        }
    }

    /// A line is closed, or could not be opened.
    pub fn handle_close(&mut self, now: Timestamp, line: LineId, code: u16) {
        let then = close::then(code);
        if let Some(next) = self.lines.next.filter(|next| next.line == line) {
            self.lines.next = None;
            self.next_failed(now, next, then == Then::Renew);
            if then == Then::Stop {
                self.leave(close::LEAVING);
                self.drop_link(Link::Stopped(code));
            }
        } else if line == self.lines.current && self.link.is_wanted() {
            if matches!(self.link, Link::Opening { .. }) {
                self.lines.failed_to_open(now, self.lines.via);
            }
            match then {
                Then::Stop => {
                    self.leave_next(close::LEAVING);
                    self.drop_link(Link::Stopped(code));
                }
                Then::Renew => {
                    self.leave_next(close::LEAVING);
                    self.wait(now, true);
                }
                Then::Reconnect => self.fall_back(now),
                Then::Continue if self.lines.worked && self.lines.next.is_none() => self.open(now, false),
                Then::Continue => self.fall_back(now),
            }
        }
    }

    /// The network is back: no need to wait any longer.
    pub fn handle_network_up(&mut self, now: Timestamp) {
        if let Link::Waiting { renew, .. } = self.link {
            self.open(now, renew);
        }
    }

    /// Notes that a line has brought something. False if nothing that comes over it is wanted any more.
    pub(super) fn hears(&mut self, now: Timestamp, line: LineId, bytes: usize, is_welcome: bool) -> bool {
        let bytes = bytes.saturating_add(FRAME_OVERHEAD_BYTES);
        if let Some(next) = self.lines.next.filter(|next| next.line == line) {
            // Before its `welcome` there is only a refusal, and the close that follows says the same.
            if is_welcome {
                self.take_over(next);
                self.lines.received = bytes;
            }
            return is_welcome;
        }
        if line != self.lines.current || !self.link.heard(now) {
            return false;
        }
        self.lines.received = self.lines.received.saturating_add(bytes);
        true
    }

    /// The `welcome` of the line in use. False if it was welcomed before.
    pub(super) fn is_welcomed(&mut self, now: Timestamp) -> bool {
        let welcomed = self.link.welcomed(now);
        if welcomed {
            self.leave_next(close::LEAVING);
            if self.lines.via == Via::Stream {
                self.lines.streams_until.get_or_insert(now.plus_ms(SOCKET_RETRY_MS));
            }
        }
        welcomed
    }

    /// Over this token nothing can be said here: another one is got.
    pub(super) fn leave_for_another_token(&mut self, now: Timestamp) {
        self.leave(close::LEAVING);
        self.wait(now, true);
    }

    /// What time asks of the lines.
    pub(super) fn tend_lines(&mut self, now: Timestamp, answer_is_late: bool) {
        if let Some(next) = self.lines.next.filter(|next| next.link.is_dead(now)) {
            self.leave_next(close::SILENT);
            self.next_failed(now, next, false);
        }
        match self.link {
            Link::Waiting { until, renew } if until <= now => self.open(now, renew),
            _ if self.link.is_dead(now) || answer_is_late => {
                if matches!(self.link, Link::Opening { .. }) {
                    self.lines.failed_to_open(now, self.lines.via);
                }
                self.effects.push_back(Effect::Close { line: self.lines.current, code: close::SILENT });
                self.fall_back(now);
            }
            _ => {
                if self.link.ping_if_due(now) {
                    self.transmit(PING.to_owned());
                }
            }
        }
        self.renew_line(now);
    }

    /// Opens the next line, if the one in use is used up, or takes long for one that may never open.
    pub(super) fn renew_line(&mut self, now: Timestamp) {
        if self.next_due().is_some_and(|due| due <= now) {
            let hurried = !self.link.is_live();
            let via = if hurried { Via::Stream } else { self.lines.choose(now) };
            let line = self.lines.fresh();
            let renew = std::mem::take(&mut self.lines.next_renews);
            self.lines.next_from = None;
            self.lines.next = Some(Next { line, link: Link::Opening { since: now }, via });
            self.effects.push_back(Effect::Open { line, via, position: self.position.clone(), renew });
        }
    }

    /// When something of the lines is due.
    pub(super) fn lines_deadline(&self) -> Option<Timestamp> {
        let next = self.lines.next.and_then(|next| next.link.deadline());
        [self.link.deadline(), next, self.next_due()].into_iter().flatten().min()
    }

    pub(super) fn transmit(&mut self, text: String) {
        self.effects.push_back(Effect::Transmit { line: self.lines.current, text });
    }

    fn next_due(&self) -> Option<Timestamp> {
        if self.lines.next.is_some() {
            return None;
        }
        match self.link {
            Link::Live { heard, .. } if self.lines.is_used_up() => Some(self.lines.next_from.unwrap_or(heard)),
            // No socket has opened here yet: perhaps none ever does.
            Link::Opening { since } if self.lines.via == Via::Socket && !self.lines.sockets_open => {
                Some(self.lines.next_from.unwrap_or_else(|| since.plus_ms(STREAM_BESIDE_AFTER_MS)))
            }
            _ => None,
        }
    }

    fn next_failed(&mut self, now: Timestamp, next: Next, renew: bool) {
        if matches!(next.link, Link::Opening { .. }) {
            self.lines.failed_to_open(now, next.via);
        }
        self.lines.next_renews = renew;
        self.lines.next_from = Some(now.plus_ms(self.backoff.next_ms().max(1)));
    }

    /// The next line has been welcomed: it is the one in use from now on. What was not answered on the old one is asked
    /// again; the relay knows the repetition.
    fn take_over(&mut self, next: Next) {
        self.effects.push_back(Effect::Close { line: self.lines.current, code: close::LEAVING });
        self.lines.next = None;
        self.lines.take(next.line, next.via);
        self.link = next.link;
        self.forget_pending();
    }

    /// The line in use is gone: the next one, if it is on its way already, or another after a while.
    fn fall_back(&mut self, now: Timestamp) {
        match self.lines.next.take() {
            Some(next) => {
                self.lines.take(next.line, next.via);
                self.drop_link(next.link);
            }
            None => self.wait(now, false),
        }
    }

    fn open(&mut self, now: Timestamp, renew: bool) {
        let via = self.lines.choose(now);
        let line = self.lines.fresh();
        self.lines.take(line, via);
        self.drop_link(Link::Opening { since: now });
        self.effects.push_back(Effect::Open { line, via, position: self.position.clone(), renew });
    }

    fn wait(&mut self, now: Timestamp, renew: bool) {
        // A relay that is too busy for this connection has said for how long.
        let told = self.last_problem.as_ref().filter(|told| told.id.is_none()).and_then(|told| told.retry_after_ms);
        let wait_ms = self.backoff.next_ms().max(told.unwrap_or(0).min(RECONNECT_MAX_MS));
        self.drop_link(Link::Waiting { until: now.plus_ms(wait_ms), renew });
    }

    fn leave(&mut self, code: u16) {
        if self.link.is_wanted() {
            self.effects.push_back(Effect::Close { line: self.lines.current, code });
        }
        self.leave_next(code);
    }

    fn leave_next(&mut self, code: u16) {
        if let Some(next) = self.lines.next.take() {
            self.effects.push_back(Effect::Close { line: next.line, code });
        }
    }

    fn drop_link(&mut self, link: Link) {
        self.link = link;
        self.typing_sent.clear();
        self.state.forget_typing();
        self.forget_pending();
        self.changed();
    }

    fn forget_pending(&mut self) {
        self.pending.clear();
        self.loads_from = None;
        self.delivery = Delivery::default();
        self.outbox.interrupt();
    }
}
