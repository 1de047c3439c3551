//! Connections between clients and the relay. Within one connection frames keep their order, as TCP does it; everything
//! else is uncertain: how long it takes to open or whether it does, how long a frame is under way, which of the last
//! frames a cut loses, and when each end learns of it, if ever.

use relay_core::hub::{ConnId, Input};
use shared::close;
use shared::frame::{PING, PONG};
use shared::id::{Offset, Position};
use shared::limits::{FRAME_OVERHEAD_BYTES, LINE_BYTES_MAX};
use shared::time::Timestamp;
use shared::token::Claims;

use super::neighbour::Shop;
use super::sabotage::Sabotage;
use super::schedule::Happening;
use super::tab::Heard;
use super::weather::FREEZES_AFTER;
use super::world::World;

/// No close frame came: what a browser reports then.
pub(super) const LOST: u16 = 1006;
/// The end of time.
const NEVER: i64 = i64::MAX;

/// Who is at the client's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Tab(usize),
    Listener,
    /// Somebody of the other shop.
    Stranger,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RelayEnd {
    /// The request is under way.
    Dialing,
    Open,
    /// The relay has closed it, and waits for the client's answer.
    Closing,
    Gone,
}

pub(super) struct Conn {
    pub(super) end: End,
    /// The door it came to.
    pub(super) shop: Shop,
    pub(super) claims: Claims,
    pub(super) position: Option<Position>,
    pub(super) relay: RelayEnd,
    /// What the relay stored with its socket.
    pub(super) attachment: Option<String>,
    /// Whether the client still holds its end.
    pub(super) client_holds: bool,
    /// The last logged event that the client's end has seen; `None` before the `welcome`.
    pub(super) heard: Option<Offset>,
    latency_ms: i64,
    /// When the last frame of each direction is due: the next one comes behind it.
    pub(super) up_due: i64,
    down_due: i64,
    /// When the relay's runtime last answered a ping of it.
    pub(super) pinged: Option<Timestamp>,
    /// Until when each direction carries anything.
    pub(super) up_until: i64,
    pub(super) down_until: i64,
    /// A frame that a swapping network holds back.
    held: Option<String>,
    /// What went down the line so far.
    down_bytes: usize,
}

impl World {
    /// Connects. Returns the connection, of which the end will hear more, or never.
    pub(super) fn dial(&mut self, end: End, claims: Claims, position: Option<Position>, extra_ms: i64) -> ConnId {
        let conn = self.chance.roll();
        let mut latency_ms = self.chance.between(self.weather.latency_ms, self.weather.latency_ms * 4);
        if self.chance.permille(self.weather.slow_line) {
            latency_ms *= 20;
        }
        let due = self.now() + extra_ms + latency_ms;
        let name = self.name_of(end);
        self.note(|| format!("{name} dials {conn:x} from {position:?}, latency {latency_ms} ms"));
        self.conns.insert(
            conn,
            Conn {
                end,
                shop: self.shop,
                claims,
                position,
                relay: RelayEnd::Dialing,
                attachment: None,
                client_holds: true,
                heard: None,
                pinged: None,
                latency_ms,
                up_due: due,
                down_due: due,
                up_until: NEVER,
                down_until: NEVER,
                held: None,
                down_bytes: 0,
            },
        );
        if self.chance.permille(self.weather.dial_refused) {
            self.saw("connect refused");
            self.schedule.at(due, Happening::ClientHears { conn, code: LOST });
        } else if end != End::Listener && self.chance.permille(self.weather.dial_swallowed) {
            self.saw("connect swallowed");
        } else {
            self.schedule.at(due, Happening::Dialed(conn));
        }
        conn
    }

    pub(super) fn dialed(&mut self, conn: ConnId) {
        let now_s = self.relay_now().seconds();
        let up = self.relay.is_up();
        let Some(link) = self.conns.get_mut(&conn) else { return };
        if link.relay != RelayEnd::Dialing {
            return;
        }
        // What the edge does before the organization hears of it.
        let refused = if !up {
            Some(LOST)
        } else if link.claims.exp <= now_s {
            Some(close::UNAUTHORIZED)
        } else {
            None
        };
        if let Some(code) = refused {
            link.relay = RelayEnd::Gone;
            let due = link.down_due + link.latency_ms;
            self.note(|| format!("{conn:x} is refused with {code}"));
            self.saw(if up { "expired token refused" } else { "connect while down" });
            self.schedule.at(due, Happening::ClientHears { conn, code });
            return;
        }
        link.relay = RelayEnd::Open;
        let input = Input::Connect {
            conn,
            claims: link.claims.clone(),
            origin: Some(super::shell::ORIGIN.into()),
            position: link.position.clone(),
            // A program that only knows the spec asks for none.
            budget: (link.end != End::Listener).then_some(LINE_BYTES_MAX),
            address: None,
        };
        let mut input = input;
        if let Input::Connect { claims, .. } = &mut input
            && self.plan.sabotage == Some(Sabotage::TrustsAnyOrganization)
        {
            claims.org = self.shop.id().into();
        }
        let due = self.next_down(conn);
        self.schedule.at(due, Happening::Opened(conn));
        self.feed(input);
        self.check_answered(conn);
    }

    pub(super) fn opened(&mut self, conn: ConnId) {
        if let Some(end) = self.client_end(conn) {
            match end {
                End::Tab(tab) => self.tab_hears(tab, Heard::Open(conn)),
                End::Listener | End::Stranger => {}
            }
        }
    }

    /// The end at which something can arrive now, if it can.
    fn client_end(&self, conn: ConnId) -> Option<End> {
        let link = self.conns.get(&conn)?;
        (link.client_holds && self.now() <= link.down_until).then_some(link.end)
    }

    /// The client's end sends a frame.
    pub(super) fn send_up(&mut self, conn: ConnId, text: String) {
        let jitter = self.jitter(conn);
        let Some(link) = self.conns.get_mut(&conn) else { return };
        let due = link.up_due.max(self.schedule.now() + jitter);
        link.up_due = due;
        let end = link.end;
        if text != PING {
            self.note(|| format!("{conn:x} sends {text}"));
        }
        // A program that only knows the spec cannot cope with what no real line does.
        if text != PING && end != End::Listener && self.chance.permille(self.weather.copy_up) {
            self.saw("client frame twice");
            let late = self.chance.between(0, 3000);
            self.schedule.at(due + late, Happening::Up { conn, text: text.clone() });
        }
        self.schedule.at(due, Happening::Up { conn, text });
    }

    pub(super) fn arrived_at_relay(&mut self, conn: ConnId, text: String) {
        let Some(link) = self.conns.get(&conn) else { return };
        if link.relay != RelayEnd::Open || self.now() > link.up_until || !self.relay.is_up() {
            return;
        }
        // The runtime answers by itself, whether the organization sleeps or not.
        if text == PING {
            let now = self.relay_now();
            if let Some(link) = self.conns.get_mut(&conn) {
                link.pinged = Some(now);
            }
            self.send_down(conn, PONG.to_owned());
            return;
        }
        let text = if self.is_sabotaged(Sabotage::ForgetsClientIds) { self.without_client_id(text) } else { text };
        self.feed(Input::Frame { conn, text });
    }

    /// The relay's end sends a frame.
    pub(super) fn send_down(&mut self, conn: ConnId, text: String) {
        let Some(link) = self.conns.get_mut(&conn) else { return };
        if link.relay != RelayEnd::Open {
            return;
        }
        let mut text = text;
        if self.plan.sabotage == Some(Sabotage::SwapsFrames) {
            match link.held.take() {
                Some(held) => {
                    self.deliver(conn, text);
                    text = held;
                }
                None if self.chance.permille(50) => {
                    link.held = Some(text);
                    return;
                }
                None => {}
            }
        }
        self.deliver(conn, text);
    }

    fn deliver(&mut self, conn: ConnId, text: String) {
        if !self.carries(conn, text.len()) {
            return;
        }
        let due = self.next_down(conn);
        if text != PONG && self.chance.permille(self.weather.copy_down) {
            self.saw("relay frame twice");
            // Only a logged event tells by itself that it is old. On one connection the others cannot come late.
            let late = if text.contains(",\"offset\":") { self.chance.between(0, 3000) } else { 0 };
            self.schedule.at(due, Happening::Down { conn, text: text.clone(), copy: false });
            self.schedule.at(due + late, Happening::Down { conn, text, copy: true });
        } else {
            self.schedule.at(due, Happening::Down { conn, text, copy: false });
        }
    }

    /// A line that carries only so many bytes is silent from the frame on that is beyond them: each way, and both ends
    /// still think it open. Whether this frame still goes through.
    fn carries(&mut self, conn: ConnId, bytes: usize) -> bool {
        let (most, now) = (self.weather.freezes_after, self.now());
        let Some(link) = self.conns.get_mut(&conn) else { return false };
        if most == 0 || matches!(link.end, End::Listener) || link.down_bytes > most {
            return link.down_bytes <= most || most == 0;
        }
        link.down_bytes += bytes + FRAME_OVERHEAD_BYTES;
        if link.down_bytes <= most {
            return true;
        }
        let last = link.down_due.max(now);
        link.down_until = link.down_until.min(last);
        link.up_until = link.up_until.min(last);
        let carried = link.down_bytes;
        self.saw("frozen after its bytes");
        if most >= FREEZES_AFTER {
            self.blame(|| format!("{conn:x} was to carry {carried} bytes, more than a line may"));
        }
        false
    }

    pub(super) fn arrived_at_client(&mut self, conn: ConnId, text: String, copy: bool) {
        let text = if self.is_sabotaged(Sabotage::LeaksAFrame) { self.mixed_up(conn, text) } else { text };
        let Some(end) = self.client_end(conn) else { return };
        match end {
            End::Tab(tab) => self.tab_hears(tab, Heard::Frame { conn, text, copy }),
            End::Listener => {
                self.check_walls(conn, &text);
                self.listener_hears(conn, &text, copy);
            }
            End::Stranger => self.stranger_hears(conn, &text),
        }
    }

    pub(super) fn next_down(&mut self, conn: ConnId) -> i64 {
        let jitter = self.jitter(conn);
        let now = self.now();
        let Some(link) = self.conns.get_mut(&conn) else { return now };
        link.down_due = link.down_due.max(now + jitter);
        link.down_due
    }

    pub(super) fn jitter(&mut self, conn: ConnId) -> i64 {
        let latency_ms = self.conns.get(&conn).map_or(0, |link| link.latency_ms);
        self.chance.between(latency_ms / 2, latency_ms * 3 / 2)
    }

    pub(super) fn name_of(&self, end: End) -> String {
        match end {
            End::Tab(tab) => self.tabs[tab].name.clone(),
            End::Listener => "listener".into(),
            End::Stranger => "stranger".into(),
        }
    }

    /// A network that confuses two visitors: now and then one gets what was meant for the other.
    fn mixed_up(&mut self, conn: ConnId, text: String) -> String {
        let Some(link) = self.conns.get(&conn) else { return text };
        let meant_for = link.claims.sub;
        if meant_for == 0 {
            return text;
        }
        let other = self.conns.values().find_map(|other| match other.end {
            End::Tab(tab)
                if other.shop == self.shop
                    && other.client_holds
                    && other.claims.sub < 0
                    && other.claims.sub != meant_for =>
            {
                Some(tab)
            }
            End::Tab(_) | End::Listener | End::Stranger => None,
        });
        if let Some(other) = other
            && text.contains("\"new_message\"")
            && self.chance.percent(5)
            && let Some(wrong) = self.tabs[other].lines.values().next().copied()
        {
            self.tab_hears(other, Heard::Frame { conn: wrong, text: text.clone(), copy: false });
        }
        text
    }
}
