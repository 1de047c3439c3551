//! The gate in front of one upstream account: how many calls may begin, and when the next one may.
//!
//! The vendor counts calls as they arrive, which is some time between their beginning and their end. So a call holds its
//! place from its beginning until a whole second after its end: whatever the network does between, no second of the
//! vendor's sees more than [`OZON_CALLS_PER_SECOND`]. A bucket that fills again would let twice as many through in its first
//! second.
//!
//! What the gate knows is in memory. A restored one does not know what the one before let through: it begins with half of
//! the places, and the one before has said in the store if it was using more ([`Gate::lease`]).

use std::collections::{BTreeMap, VecDeque};

use shared::backoff::Dice;
use shared::limits::{
    GATE_ASK_AGAIN_MS, GATE_CIRCUIT_FAILURES, GATE_CIRCUIT_MAX_MS, GATE_CIRCUIT_MS, GATE_LEASE_MS, GATE_SHARE_CHORES,
    GATE_SHARE_FORWARDS, GATE_SHARE_YOUNG, OZON_CALLS_PER_SECOND, OZON_CIRCLE_OPEN_MS, OZON_WINDOW_MS,
};
use shared::problem::Code;
use shared::time::Timestamp;

use super::{Answered, ozon};

/// Who wants to call. The more somebody waits for it, the more places it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A message to a buyer.
    Send,
    /// What became of a message in doubt. The circuit does not hold it up: it has a patience of its own, and it is a probe.
    Lookup,
    /// A call of an integrator's.
    Forward,
    /// Work that nobody waits for: looking for what was missed, telling what was read, bulk sends.
    Chore,
}

impl Class {
    fn share(self) -> usize {
        match self {
            Self::Send | Self::Lookup => OZON_CALLS_PER_SECOND,
            Self::Forward => GATE_SHARE_FORWARDS,
            Self::Chore => GATE_SHARE_CHORES,
        }
    }
}

/// What the end of a call says about the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The upstream answers.
    Fine,
    /// It asks for patience (429), for so long if it says so.
    Busy {
        /// As its `Retry-After` says.
        retry_after_ms: Option<i64>,
    },
    /// It has blocked this method for some minutes ("Circle is open").
    Circle,
    /// It fails or is silent.
    Failing,
}

impl Verdict {
    /// What an answer says.
    #[must_use]
    pub fn of(answered: &Answered) -> Self {
        let Answered::Response(response) = answered else { return Self::Failing };
        match ozon::code(answered) {
            Some(Code::UpstreamCircleOpen) => Self::Circle,
            Some(Code::UpstreamRateLimited) => Self::Busy { retry_after_ms: ozon::retry_after_ms(response) },
            Some(Code::UpstreamUnavailable) => Self::Failing,
            _ => Self::Fine,
        }
    }
}

/// A limit of one method: so many calls in so many milliseconds.
pub type MethodLimit = (u32, i64);

/// The state of one account.
#[derive(Debug)]
pub struct Gate {
    under_way: usize,
    ended: VecDeque<Timestamp>,
    /// Until when only half of the places are there: what a gate before this one let through may still count.
    young_until: Timestamp,
    closed_until: Timestamp,
    /// How long the store says that this gate is busy.
    leased_until: Timestamp,
    /// Methods that may not be called before a time.
    blocked: BTreeMap<String, Timestamp>,
    /// When methods with limits of their own were called.
    called: BTreeMap<String, VecDeque<Timestamp>>,
    circuit: Circuit,
    busy_in_a_row: u32,
}

#[derive(Debug, Default)]
struct Circuit {
    failures: u32,
    opened: u32,
    open_until: Timestamp,
    /// A call is out that is to show whether the upstream is back.
    is_probing: bool,
}

impl Gate {
    /// A gate that begins now. `lease` is what the one before has left.
    #[must_use]
    pub fn restored(now: Timestamp, lease: Option<Timestamp>) -> Self {
        // A lease of a clock that was ahead is no reason to wait for hours.
        let latest = now.plus_ms(GATE_LEASE_MS);
        Self {
            under_way: 0,
            ended: VecDeque::new(),
            young_until: now.plus_ms(OZON_WINDOW_MS),
            closed_until: lease.unwrap_or_default().min(latest),
            leased_until: Timestamp(0),
            blocked: BTreeMap::new(),
            called: BTreeMap::new(),
            circuit: Circuit::default(),
            busy_in_a_row: 0,
        }
    }

    /// Whether a call may begin.
    ///
    /// # Errors
    /// When it is worth asking again.
    pub fn admit(
        &self,
        now: Timestamp,
        class: Class,
        method: &str,
        limit: Option<MethodLimit>,
    ) -> Result<(), Timestamp> {
        let mut at = self.closed_until.max(self.blocked.get(method).copied().unwrap_or_default());
        if class != Class::Lookup {
            at = at.max(self.circuit.open_until);
            if self.circuit.open_until.0 > 0 && self.circuit.is_probing {
                at = at.max(now.plus_ms(GATE_ASK_AGAIN_MS));
            }
        }
        if let Some((calls, per_ms)) = limit
            && let Some(called) = self.called.get(method)
            && let Some(first) = called.iter().rev().nth(places(calls).saturating_sub(1))
        {
            at = at.max(first.plus_ms(per_ms));
        }
        if at > now {
            return Err(at);
        }
        let share = if now < self.young_until { class.share().min(GATE_SHARE_YOUNG) } else { class.share() };
        let counting = self.ended.iter().filter(|ended| self.counts(**ended, now)).count();
        let taken = self.under_way.saturating_add(counting);
        if taken < share {
            return Ok(());
        }
        // The place of the oldest is free next; if none has ended yet, nobody knows when one will.
        let next = self.ended.iter().find(|ended| self.counts(**ended, now)).map(|ended| ended.plus_ms(OZON_WINDOW_MS));
        Err(next.unwrap_or_else(|| now.plus_ms(GATE_ASK_AGAIN_MS)).max(now.plus_ms(1)))
    }

    /// A call begins. Says if the store is to keep a new lease, and which.
    pub fn begin(&mut self, now: Timestamp, method: &str, limit: Option<MethodLimit>) -> Option<Timestamp> {
        self.under_way = self.under_way.saturating_add(1);
        if self.circuit.open_until.0 > 0 {
            self.circuit.is_probing = true;
        }
        if let Some((calls, _)) = limit {
            let called = self.called.entry(method.into()).or_default();
            called.push_back(now);
            while called.len() > places(calls) {
                called.pop_front();
            }
        }
        self.lease(now)
    }

    /// A call is not to be after all.
    pub fn cancel(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
        self.circuit.is_probing = false;
    }

    /// A call has ended. Says if the store is to keep a new lease, and which.
    pub fn end(&mut self, now: Timestamp, method: &str, verdict: Verdict) -> Option<Timestamp> {
        self.under_way = self.under_way.saturating_sub(1);
        while self.ended.front().is_some_and(|ended| !self.counts(*ended, now)) {
            self.ended.pop_front();
        }
        self.ended.push_back(now);
        match verdict {
            Verdict::Fine => {
                self.circuit = Circuit::default();
                self.busy_in_a_row = 0;
                self.blocked.remove(method);
            }
            Verdict::Busy { retry_after_ms } => {
                let wait = retry_after_ms.filter(|ms| *ms > 0).unwrap_or_else(|| self.backoff_ms(now));
                self.busy_in_a_row = self.busy_in_a_row.saturating_add(1);
                self.closed_until = self.closed_until.max(now.plus_ms(wait));
                // It answers: that it is busy is no failure.
                self.circuit.is_probing = false;
            }
            Verdict::Circle => {
                self.blocked.insert(method.into(), now.plus_ms(OZON_CIRCLE_OPEN_MS));
                self.circuit.is_probing = false;
            }
            Verdict::Failing => {
                self.circuit.is_probing = false;
                self.circuit.failures = self.circuit.failures.saturating_add(1);
                if self.circuit.failures >= GATE_CIRCUIT_FAILURES {
                    let wait = GATE_CIRCUIT_MS << self.circuit.opened.min(8);
                    self.circuit.opened = self.circuit.opened.saturating_add(1);
                    self.circuit.open_until = now.plus_ms(wait.min(GATE_CIRCUIT_MAX_MS));
                }
            }
        }
        self.lease(now)
    }

    /// Whether a call that ended then still counts. A clock that went back keeps it counting.
    fn counts(&self, ended: Timestamp, now: Timestamp) -> bool {
        now.since_ms(ended) < OZON_WINDOW_MS
    }

    fn lease(&mut self, now: Timestamp) -> Option<Timestamp> {
        let counting = self.ended.iter().filter(|ended| self.counts(**ended, now)).count();
        let is_busy = self.under_way.saturating_add(counting) > GATE_SHARE_YOUNG;
        if !is_busy || self.leased_until >= now.plus_ms(OZON_WINDOW_MS) {
            return None;
        }
        self.leased_until = now.plus_ms(GATE_LEASE_MS);
        Some(self.leased_until)
    }

    /// A second, twice as long each time in a row, and up to half as much again, by chance.
    fn backoff_ms(&self, now: Timestamp) -> i64 {
        let wait = OZON_WINDOW_MS << self.busy_in_a_row.min(4);
        let jitter = Dice::new(now.0.unsigned_abs()).below(wait.unsigned_abs() / 2);
        wait.saturating_add(i64::try_from(jitter).unwrap_or_default())
    }
}

fn places(calls: u32) -> usize {
    usize::try_from(calls).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SEND: &str = "/v1/chat/send/message";
    const LONG_AGO: Timestamp = Timestamp(0);

    fn at(ms: i64) -> Timestamp {
        Timestamp(1_800_000_000_000 + ms)
    }

    /// A gate that is old enough for all of its places.
    fn gate() -> Gate {
        Gate::restored(LONG_AGO, None)
    }

    fn may(gate: &Gate, now: Timestamp, class: Class) -> Result<(), Timestamp> {
        gate.admit(now, class, SEND, None)
    }

    fn begin(gate: &mut Gate, now: Timestamp, calls: usize) {
        for _ in 0..calls {
            may(gate, now, Class::Send).unwrap();
            let _ = gate.begin(now, SEND, None);
        }
    }

    fn end(gate: &mut Gate, now: Timestamp, calls: usize) {
        for _ in 0..calls {
            let _ = gate.end(now, SEND, Verdict::Fine);
        }
    }

    #[test]
    fn fifty_at_once_and_the_next_a_whole_second_after_the_first_has_ended() {
        let mut gate = gate();
        begin(&mut gate, at(0), OZON_CALLS_PER_SECOND);
        assert!(may(&gate, at(0), Class::Send).is_err());
        // However long they are under way, they may arrive at any moment.
        assert!(may(&gate, at(20_000), Class::Send).is_err());
        end(&mut gate, at(20_000), 1);
        assert_eq!(may(&gate, at(20_000), Class::Send), Err(at(21_000)));
        assert_eq!(may(&gate, at(20_999), Class::Send), Err(at(21_000)));
        assert_eq!(may(&gate, at(21_000), Class::Send), Ok(()));
        begin(&mut gate, at(21_000), 1);
        assert!(may(&gate, at(21_000), Class::Send).is_err());
    }

    #[test]
    fn a_call_that_is_not_to_be_gives_its_place_back() {
        let mut gate = gate();
        begin(&mut gate, at(0), OZON_CALLS_PER_SECOND);
        gate.cancel();
        begin(&mut gate, at(0), 1);
        assert!(may(&gate, at(0), Class::Send).is_err());
    }

    #[test]
    fn who_is_waited_for_has_room_that_others_may_not_take() {
        let mut gate = gate();
        begin(&mut gate, at(0), GATE_SHARE_CHORES);
        assert!(may(&gate, at(0), Class::Chore).is_err());
        begin(&mut gate, at(0), GATE_SHARE_FORWARDS - GATE_SHARE_CHORES);
        assert!(may(&gate, at(0), Class::Forward).is_err());
        assert_eq!((may(&gate, at(0), Class::Send), may(&gate, at(0), Class::Lookup)), (Ok(()), Ok(())));
    }

    #[test]
    fn a_restored_gate_counts_on_what_the_one_before_may_have_done() {
        let mut before = gate();
        // With half of its places in use it says nothing: the next one begins with the other half.
        for _ in 0..GATE_SHARE_YOUNG {
            assert_eq!(before.begin(at(0), SEND, None), None);
        }
        let mut young = Gate::restored(at(0), None);
        begin(&mut young, at(0), GATE_SHARE_YOUNG);
        assert!(may(&young, at(0), Class::Send).is_err());
        // With one more it says how long the next one is to wait.
        let lease = before.begin(at(0), SEND, None);
        assert_eq!(lease, Some(at(GATE_LEASE_MS)));
        assert_eq!(before.begin(at(OZON_WINDOW_MS), SEND, None), None, "the lease is long enough");
        assert!(before.begin(at(OZON_WINDOW_MS + 1), SEND, None).is_some());
        let restored = Gate::restored(at(10), lease);
        assert_eq!(may(&restored, at(10), Class::Send), Err(at(GATE_LEASE_MS)));
        assert_eq!(may(&restored, at(GATE_LEASE_MS), Class::Send), Ok(()));
        // A clock that was ahead closes it no longer than a lease lasts.
        assert_eq!(may(&Gate::restored(at(0), Some(at(9_999_999))), at(GATE_LEASE_MS), Class::Send), Ok(()));
    }

    #[test]
    fn a_method_with_a_limit_of_its_own_waits_for_it() {
        let mut gate = gate();
        let limit = Some((2, 60_000));
        for ms in [0, 10_000] {
            assert_eq!(gate.admit(at(ms), Class::Forward, "/v1/analytics/data", limit), Ok(()));
            let _ = gate.begin(at(ms), "/v1/analytics/data", limit);
        }
        assert_eq!(gate.admit(at(59_999), Class::Forward, "/v1/analytics/data", limit), Err(at(60_000)));
        assert_eq!(gate.admit(at(60_000), Class::Forward, "/v1/analytics/data", limit), Ok(()));
        assert_eq!(gate.admit(at(59_999), Class::Forward, "/v3/chat/list", None), Ok(()));
    }

    #[test]
    fn patience_that_is_asked_for_is_given_and_grows_when_it_is_not_said_how_much() {
        let mut gate = gate();
        let _ = gate.end(at(0), SEND, Verdict::Busy { retry_after_ms: Some(7_000) });
        assert_eq!(may(&gate, at(0), Class::Lookup), Err(at(7_000)));
        let mut waits = Vec::new();
        let mut now = at(10_000);
        for _ in 0..7 {
            let _ = gate.end(now, SEND, Verdict::Busy { retry_after_ms: None });
            let until = may(&gate, now, Class::Send).unwrap_err();
            waits.push(until.since_ms(now));
            now = until;
        }
        assert!(waits.iter().all(|wait| (1_000..=24_000).contains(wait)), "{waits:?}");
        assert!(waits.last() > waits.first(), "{waits:?}");
        let _ = gate.end(now, SEND, Verdict::Fine);
        assert_eq!(may(&gate, now, Class::Send), Ok(()));
    }

    #[test]
    fn a_circle_blocks_its_method_only() {
        let mut gate = gate();
        let _ = gate.end(at(0), "/v3/chat/list", Verdict::Circle);
        assert_eq!(gate.admit(at(0), Class::Chore, "/v3/chat/list", None), Err(at(OZON_CIRCLE_OPEN_MS)));
        assert_eq!(may(&gate, at(0), Class::Send), Ok(()));
    }

    #[test]
    fn an_upstream_that_fails_again_and_again_is_left_alone_and_asked_by_one_call_at_a_time() {
        let mut gate = gate();
        for ms in 1..i64::from(GATE_CIRCUIT_FAILURES) {
            let _ = gate.end(at(ms), SEND, Verdict::Failing);
            assert_eq!(may(&gate, at(ms), Class::Send), Ok(()));
        }
        let _ = gate.end(at(100), SEND, Verdict::Failing);
        assert_eq!(may(&gate, at(100), Class::Send), Err(at(100 + GATE_CIRCUIT_MS)));
        assert_eq!(may(&gate, at(100), Class::Lookup), Ok(()), "what is in doubt is looked up all the same");
        // One probe.
        let back = at(100 + GATE_CIRCUIT_MS);
        assert_eq!(may(&gate, back, Class::Forward), Ok(()));
        let _ = gate.begin(back, SEND, None);
        assert!(may(&gate, back, Class::Send).is_err());
        // It fails: twice as long, and never longer than the longest.
        let mut now = back;
        let mut waits = Vec::new();
        for _ in 0..12 {
            let _ = gate.end(now, SEND, Verdict::Failing);
            let until = may(&gate, now, Class::Send).unwrap_err();
            waits.push(until.since_ms(now));
            now = until;
        }
        assert_eq!(
            (waits.first().copied(), waits.last().copied()),
            (Some(GATE_CIRCUIT_MS * 2), Some(GATE_CIRCUIT_MAX_MS))
        );
        // It is back.
        let _ = gate.end(now, SEND, Verdict::Fine);
        begin(&mut gate, now, 5);
    }

    #[test]
    fn whatever_the_network_does_no_second_of_the_vendors_sees_more_than_its_limit() {
        // Calls arrive at any moment of their way: at once, at its end, or between; the relay restarts now and then.
        let mut dice = Dice::new(7);
        let mut gate = Gate::restored(at(0), None);
        let (mut arrivals, mut ends, mut lease): (Vec<i64>, Vec<i64>, Option<Timestamp>) =
            (Vec::new(), Vec::new(), None);
        for now in 0..60_000_i64 {
            let over = ends.iter().filter(|end| **end <= now).count();
            ends.retain(|end| *end > now);
            for _ in 0..over {
                lease = gate.end(at(now), SEND, Verdict::Fine).or(lease);
            }
            if dice.below(4_000) == 0 {
                // What was under way dies with the relay, and has arrived or never does.
                ends.clear();
                arrivals.retain(|arrival| *arrival <= now);
                gate = Gate::restored(at(now), lease);
            }
            while dice.below(3) == 0 && may(&gate, at(now), Class::Send).is_ok() {
                lease = gate.begin(at(now), SEND, None).or(lease);
                let lasts = i64::try_from(dice.below(if now % 7_000 < 3_000 { 40 } else { 2_500 })).unwrap();
                arrivals.push(now + i64::try_from(dice.below(lasts.unsigned_abs() + 1)).unwrap());
                ends.push(now + lasts);
            }
        }
        arrivals.sort_unstable();
        let most = arrivals.iter().map(|first| arrivals.iter().filter(|a| (*first..first + 1_000).contains(a)).count());
        let most = most.max().unwrap();
        assert!(most <= OZON_CALLS_PER_SECOND, "{most}");
        assert!(arrivals.len() > 500, "the test let too few through to show anything: {}", arrivals.len());
    }
}
