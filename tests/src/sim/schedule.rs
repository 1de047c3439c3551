//! Virtual time: what will happen, in order. Things due at the same moment happen in the order they were planned.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use relay_core::hub::ConnId;

use super::neighbour::Shop;

/// One thing that will happen.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    /// A connection's request reaches the relay.
    Dialed(ConnId),
    /// The client's end learns that its connection is open.
    Opened(ConnId),
    /// A frame reaches the relay.
    Up { conn: ConnId, text: String },
    /// A frame reaches the client; a copy was delivered before.
    Down { conn: ConnId, text: String, copy: bool },
    /// The client's end learns that its connection is closed.
    ClientHears { conn: ConnId, code: u16 },
    /// The relay's end learns that its connection is gone.
    RelayHears(ConnId),
    /// A client asked to be woken now.
    Timer { tab: usize, at: i64 },
    /// A sleeping tab wakes.
    Wakes(usize),
    /// A closed page is opened again.
    Returns(usize),
    /// Somebody does something.
    Acts(usize),
    /// The program at the spec's stream does something.
    ListenerActs,
    /// The program at the spec's stream connects again.
    ListenerDials,
    /// The relay's alarm of this number.
    Alarm { shop: Shop, number: u64 },
    /// The same alarm once more.
    AlarmAgain { shop: Shop },
    /// The relay is up again after a crash.
    RelayUp,
    /// A call reaches the upstream.
    CallArrives(u64),
    /// The upstream's answer reaches the relay.
    CallAnswered(u64),
    /// The relay stops waiting for the answer.
    CallTimesOut(u64),
    /// Buyers do something.
    BuyersAct,
    /// A notification of the upstream reaches the relay, for the n-th time.
    Push { number: usize },
    /// A program's request over HTTP reaches the relay.
    Posted(usize),
    /// A request that was answered reaches the relay once more.
    PostedAgain(usize),
    /// Something goes wrong by itself.
    Trouble,
}

struct Planned {
    at: i64,
    number: u64,
    what: Happening,
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Planned {}

impl PartialOrd for Planned {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Planned {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

#[derive(Default)]
pub(super) struct Schedule {
    planned: BinaryHeap<Reverse<Planned>>,
    now: i64,
    number: u64,
}

impl Schedule {
    /// Milliseconds since the run began.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    pub(super) fn at(&mut self, at: i64, what: Happening) {
        self.number += 1;
        self.planned.push(Reverse(Planned { at: at.max(self.now), number: self.number, what }));
    }

    pub(super) fn after(&mut self, ms: i64, what: Happening) {
        self.at(self.now + ms, what);
    }

    /// The next thing, whose time it now is.
    pub(super) fn next(&mut self) -> Option<Happening> {
        let Reverse(Planned { at, what, .. }) = self.planned.pop()?;
        self.now = at;
        Some(what)
    }
}
