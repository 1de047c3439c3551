//! The run as a whole: everybody arrives, lives through the weather, the sky clears, all comes to rest, and is judged.

use std::collections::BTreeMap;

use relay_core::hub::ConnId;
use shared::client::Outgoing;
use shared::time::Timestamp;

use super::api::Api;
use super::chance::Chance;
use super::coverage::Coverage;
use super::listener::Listener;
use super::neighbour::{Aside, Shop};
use super::network::Conn;
use super::ozon::Ozon;
use super::sabotage::Sabotage;
use super::schedule::{Happening, Schedule};
use super::shell::Relay;
use super::tab::Tab;
use super::trace::Trace;
use super::weather::Weather;
use super::witness::Witness;

/// 2026-01-01T00:00:00Z, when every run begins, in milliseconds.
pub(super) const BEGIN_MS: i64 = 1_767_225_600_000;
/// How long people act and things go wrong.
const ACTIVE_MS: i64 = 100_000;
/// How long before the end of that some leave for good, so that their departure meets the weather, too.
const LEAVING_MS: i64 = 8_000;
/// How long it may take until all is quiet after that. The longest single wait is for an upstream's history that could
/// not be read: a little over a minute, after up to three attempts of half a minute each.
const SETTLE_MS_MAX: i64 = 20 * 60_000;
/// How long quiet has to last: longer than typing is shown and presence waits.
const QUIET_MS: i64 = 15_000;
/// How often it is asked whether all is quiet.
const LOOK_EVERY_MS: i64 = 1_000;
/// Happenings within one millisecond beyond which something is running in circles.
const SPIN_MAX: u32 = 5_000;
/// Five times what happens in the busiest of a thousand runs.
const HAPPENINGS_MAX: u32 = 60_000;
/// No chat has as many pages as this, even if each message fills one.
const LOOKS_MAX: u32 = 1_000;

/// What to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// The whole run follows from it.
    pub seed: u64,
    /// A mistake to make on purpose.
    pub sabotage: Option<Sabotage>,
    /// Whether to keep the story.
    pub traced: bool,
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The first claim that did not hold.
    pub verdict: Result<(), String>,
    /// The story, if it was kept.
    pub trace: Vec<String>,
    /// Differs for runs that differ.
    pub fingerprint: u64,
    /// What the run came across.
    pub coverage: Coverage,
}

/// Runs a plan.
#[must_use]
pub fn run(plan: Plan) -> Outcome {
    let mut world = World::new(plan);
    world.live();
    let verdict = world.broken.take().map_or(Ok(()), Err);
    Outcome {
        verdict,
        fingerprint: world.trace.fingerprint(),
        trace: world.trace.into_lines(),
        coverage: world.coverage,
    }
}

pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) chance: Chance,
    pub(super) weather: Weather,
    pub(super) schedule: Schedule,
    /// Where we are: what follows is of this shop.
    pub(super) shop: Shop,
    pub(super) relay: Relay,
    pub(super) conns: BTreeMap<ConnId, Conn>,
    pub(super) tabs: Vec<Tab>,
    /// What browsers keep of outboxes.
    pub(super) kept: BTreeMap<String, Vec<Outgoing>>,
    pub(super) listener: Listener,
    pub(super) ozon: Ozon,
    pub(super) api: Api,
    pub(super) witness: Witness,
    /// What is the other shop's.
    pub(super) aside: Aside,
    pub(super) coverage: Coverage,
    pub(super) trace: Trace,
    /// The relay's clock is ahead of the world's by this much.
    pub(super) relay_skew_ms: i64,
    /// Whether people still act.
    pub(super) active: bool,
    /// How many things have happened.
    happened: u32,
    /// The first claim that did not hold.
    pub(super) broken: Option<String>,
}

impl World {
    fn new(plan: Plan) -> Self {
        let mut chance = Chance::new(plan.seed);
        Self {
            plan,
            weather: Weather::new(&mut chance),
            chance,
            schedule: Schedule::default(),
            shop: Shop::Ours,
            relay: Relay::new(),
            conns: BTreeMap::new(),
            tabs: Vec::new(),
            kept: BTreeMap::new(),
            listener: Listener::default(),
            ozon: Ozon::default(),
            api: Api::default(),
            witness: Witness::default(),
            aside: Aside::new(),
            coverage: Coverage::default(),
            trace: Trace::new(plan.traced),
            relay_skew_ms: 0,
            active: true,
            happened: 0,
            broken: None,
        }
    }

    pub(super) fn now(&self) -> i64 {
        self.schedule.now()
    }

    /// The relay's clock.
    pub(super) fn relay_now(&self) -> Timestamp {
        Timestamp(BEGIN_MS + self.now() + self.relay_skew_ms)
    }

    pub(super) fn is_sabotaged(&self, sabotage: Sabotage) -> bool {
        self.plan.sabotage == Some(sabotage)
    }

    /// A claim does not hold.
    pub(super) fn blame(&mut self, what: impl FnOnce() -> String) {
        if self.broken.is_none() {
            let what = what();
            self.note(|| format!("BROKEN: {what}"));
            self.broken = Some(what);
        }
    }

    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        self.trace.note(self.schedule.now(), line);
    }

    pub(super) fn saw(&mut self, what: &'static str) {
        self.coverage.add(what);
    }

    fn live(&mut self) {
        self.open_shops();
        self.people_arrive();
        self.run_until(ACTIVE_MS - LEAVING_MS, |_| false);
        self.some_leave_for_good();
        self.run_until(ACTIVE_MS, |_| false);

        self.active = false;
        self.weather.calm();
        self.note(|| "the sky clears".into());
        self.come_to_rest();
        // First as things are, then with everybody having looked at everything: a look mends what it should have found.
        if self.broken.is_none() {
            self.judge_both();
        }
        let mut looks = 0;
        while self.broken.is_none() && self.everybody_looks_through_everything() {
            self.come_to_rest();
            looks += 1;
            if looks > LOOKS_MAX {
                self.blame(|| "somebody scrolls on and on, and no page is the last".into());
            }
        }
        if self.broken.is_none() {
            self.judge_both();
        }
    }

    /// Lets time pass until nothing is going on, and has not been for a while.
    fn come_to_rest(&mut self) {
        let deadline = self.now() + SETTLE_MS_MAX;
        loop {
            self.run_until(deadline, |world| world.unrest().is_none());
            if let Some(unrest) = self.unrest() {
                self.blame(|| format!("nothing breaks any more, and yet it does not come to rest: {unrest}"));
            }
            self.run_until(self.now() + QUIET_MS, |_| false);
            let unrest = self.unrest();
            if self.broken.is_some() || unrest.is_none() {
                return;
            }
            if self.now() >= deadline {
                self.blame(|| format!("it comes to rest, and never for long: {unrest:?}"));
            }
        }
    }

    /// Lets things happen until `end`, or until `enough` holds at one of the moments it is asked.
    fn run_until(&mut self, end: i64, enough: impl Fn(&mut Self) -> bool) {
        let mut look_at = self.now() + LOOK_EVERY_MS;
        let (mut moment, mut spins) = (self.now(), 0);
        while self.broken.is_none() && self.now() < end {
            let Some(what) = self.schedule.next() else { return };
            if self.now() == moment {
                spins += 1;
                if spins > SPIN_MAX {
                    self.blame(|| format!("time stands still: {what:?} comes again and again"));
                }
            } else {
                (moment, spins) = (self.now(), 0);
            }
            self.happened += 1;
            if self.happened > HAPPENINGS_MAX {
                self.blame(|| format!("{HAPPENINGS_MAX} things have happened, and it goes on and on"));
            }
            self.trace.mark(moment as u64);
            self.at(self.shop_of(&what), |world| world.happen(what));
            if self.now() >= look_at {
                look_at = self.now() + LOOK_EVERY_MS;
                self.check_liveness();
                if enough(self) {
                    return;
                }
            }
        }
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Dialed(conn) => self.dialed(conn),
            Happening::Opened(conn) => self.opened(conn),
            Happening::Up { conn, text } => self.arrived_at_relay(conn, text),
            Happening::Down { conn, text, copy } => self.arrived_at_client(conn, text, copy),
            Happening::ClientHears { conn, code } => self.client_hears_of_close(conn, code),
            Happening::RelayHears(conn) => self.relay_hears_of_close(conn),
            Happening::Timer { tab, at } => self.timer(tab, at),
            Happening::Wakes(tab) => self.wakes(tab),
            Happening::Returns(tab) => self.returns(tab),
            Happening::Acts(tab) => self.person_acts(tab),
            Happening::ListenerActs => self.listener_acts(),
            Happening::ListenerDials => self.listener_dials(),
            Happening::Alarm { number, .. } => self.alarm_rings(number),
            Happening::AlarmAgain { .. } => self.alarm_rings_again(),
            Happening::RelayUp => self.relay_up(),
            Happening::CallArrives(call) => self.call_arrives(call),
            Happening::CallAnswered(call) => self.call_answered(call),
            Happening::CallTimesOut(call) => self.call_times_out(call),
            Happening::BuyersAct => self.buyers_act(),
            Happening::Push { number } => self.push(number),
            Happening::Posted(number) => self.posted(number),
            Happening::PostedAgain(number) => self.posted_again(number),
            Happening::Trouble => self.trouble(),
        }
    }

    /// What is still going on, if anything.
    fn unrest(&mut self) -> Option<String> {
        if !self.relay.is_up() {
            return Some("the relay is down".into());
        }
        self.tabs_unrest()
            .or_else(|| self.network_unrest())
            .or_else(|| self.ozon_unrest())
            .or_else(|| self.api_unrest())
            .or_else(|| self.shops().iter().find_map(|shop| self.at(*shop, |world| world.store_unrest())))
    }
}
