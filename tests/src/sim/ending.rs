//! How connections end: hung up, closed by the relay, cut, frozen, or gone with the relay's process; and when each end
//! learns of it, if ever.

use relay_core::hub::{ConnId, Input};

use super::network::{End, LOST, RelayEnd};
use super::sabotage::Sabotage;
use super::schedule::Happening;
use super::tab::Heard;
use super::world::World;

/// How long a host takes to notice that a peer is gone without a word: it resends, and gives up. Shorter than in life, so
/// that runs are short.
const UNNOTICED_MS_MAX: i64 = 40_000;

impl World {
    pub(super) fn client_hears_of_close(&mut self, conn: ConnId, code: u16) {
        let Some(link) = self.conns.get_mut(&conn) else { return };
        if !link.client_holds {
            return;
        }
        link.client_holds = false;
        let end = link.end;
        if link.relay == RelayEnd::Closing {
            self.relay_will_hear(conn);
        }
        match end {
            End::Tab(tab) => self.tab_hears(tab, Heard::Close { conn, code }),
            End::Listener => self.listener_lost(conn),
            End::Stranger => {}
        }
    }

    pub(super) fn relay_hears_of_close(&mut self, conn: ConnId) {
        let up = self.relay.is_up();
        let Some(link) = self.conns.get_mut(&conn) else { return };
        if link.relay == RelayEnd::Gone {
            return;
        }
        let known = matches!(link.relay, RelayEnd::Open | RelayEnd::Closing);
        link.relay = RelayEnd::Gone;
        // A shell knows a socket by its attachment; one that never got a session was never the hub's.
        let attached = link.attachment.take().is_some();
        let overlooked = self.is_sabotaged(Sabotage::OverlooksDepartures);
        if known && attached && up && !overlooked {
            self.note(|| format!("the relay learns that {conn:x} is gone"));
            self.feed(Input::Closed { conn });
        }
    }

    /// The client's end lets go.
    pub(super) fn hang_up(&mut self, conn: ConnId) {
        let Some(link) = self.conns.get_mut(&conn) else { return };
        if link.client_holds {
            link.client_holds = false;
            self.relay_will_hear(conn);
        }
    }

    /// The relay's end closes.
    pub(super) fn close_from_relay(&mut self, conn: ConnId, code: u16) {
        let due = self.next_down(conn);
        let Some(link) = self.conns.get_mut(&conn) else { return };
        if link.relay == RelayEnd::Open {
            link.relay = RelayEnd::Closing;
            if due <= link.down_until {
                self.schedule.at(due, Happening::ClientHears { conn, code });
            }
            self.schedule.after(UNNOTICED_MS_MAX, Happening::RelayHears(conn));
        }
    }

    /// The line breaks. Which frames under way are lost, and when each end learns of it, is chance.
    pub(super) fn cut(&mut self, conn: ConnId) {
        let (lost_up, lost_down) = (self.jitter(conn), self.jitter(conn));
        let now = self.now();
        let Some(link) = self.conns.get_mut(&conn) else { return };
        link.up_until = link.up_until.min(now + lost_up);
        link.down_until = link.down_until.min(now + lost_down);
        if self.chance.permille(self.weather.close_lost) {
            self.saw("half-open connection");
        } else {
            let after = lost_down + self.chance.between(0, 2000);
            self.schedule.after(after, Happening::ClientHears { conn, code: LOST });
        }
        self.relay_will_hear(conn);
    }

    /// The line stays open and carries nothing any more.
    pub(super) fn freeze(&mut self, conn: ConnId) {
        let now = self.now();
        let Some(link) = self.conns.get_mut(&conn) else { return };
        link.up_until = link.up_until.min(now);
        link.down_until = link.down_until.min(now);
    }

    /// One direction carries nothing any more, the other goes on.
    pub(super) fn goes_one_way(&mut self, conn: ConnId, still_down: bool) {
        let now = self.now();
        let Some(link) = self.conns.get_mut(&conn) else { return };
        let silent = if still_down { &mut link.up_until } else { &mut link.down_until };
        *silent = now.min(*silent);
    }

    /// All sockets die with the relay's process.
    pub(super) fn all_sockets_die(&mut self) {
        let conns: Vec<ConnId> = self.conns.keys().copied().collect();
        for conn in conns {
            let lost = self.jitter(conn);
            let now = self.now();
            let Some(link) = self.conns.get_mut(&conn) else { continue };
            if !matches!(link.relay, RelayEnd::Open | RelayEnd::Closing) {
                continue;
            }
            link.relay = RelayEnd::Gone;
            link.attachment = None;
            link.down_until = link.down_until.min(now + lost);
            if link.end == End::Listener || !self.chance.permille(self.weather.close_lost) {
                let after = lost + self.chance.between(0, 2000);
                self.schedule.after(after, Happening::ClientHears { conn, code: LOST });
            }
        }
    }

    fn relay_will_hear(&mut self, conn: ConnId) {
        let lost = self.chance.permille(self.weather.close_lost);
        let jitter = self.jitter(conn);
        let now = self.now();
        let Some(link) = self.conns.get_mut(&conn) else { return };
        // A last word travels behind all others, over a line that still carries.
        let due = link.up_due.max(now + jitter);
        let due = if lost || due > link.up_until { now + self.chance.between(3_000, UNNOTICED_MS_MAX) } else { due };
        self.schedule.at(due, Happening::RelayHears(conn));
    }

    /// Since when nothing comes over a connection any more.
    pub(super) fn dead_since(&self, conn: ConnId) -> Option<i64> {
        self.conns.get(&conn).map(|link| link.down_until).filter(|until| *until < self.now())
    }

    pub(super) fn network_unrest(&self) -> Option<String> {
        let unnoticed = self
            .conns
            .iter()
            .find(|(_, link)| matches!(link.relay, RelayEnd::Open | RelayEnd::Closing) && !link.client_holds);
        unnoticed.map(|(conn, _)| format!("the relay does not know yet that {conn:x} is gone"))
    }
}
