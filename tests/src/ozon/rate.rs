//! How often a seller may call: 50 requests in any one second per `Client-Id` over all methods, a few methods less often,
//! and a method that is asked on and on in spite of refusals is closed for a while (`Circle is open`).

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;

/// Methods with a limit of their own: how many calls within how many milliseconds.
const METHOD_LIMITS: [(&str, usize, i64); 1] = [("/v1/analytics/data", 1, MINUTE_MS)];

/// Over-limit calls to one method are counted for a minute. Only "a lot of requests" is known.
const CIRCLE_WINDOW_MS: i64 = MINUTE_MS;

/// The vendor's limits; the body of `POST /_sim/limits`, where absent members are the vendor's own numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests in any one second per `Client-Id` over all methods.
    pub per_second: usize,
    /// Whether a refused call counts like an accepted one. Not known of the vendor; that it does is the stricter reading:
    /// who hammers on stays refused until they have been silent for a second.
    pub refused_count: bool,
    /// Seconds for a `Retry-After` with each 429. The vendor promises none.
    pub retry_after_s: Option<u32>,
    /// How many over-limit calls to one method within a minute open its circle. A guess.
    pub circle_after: usize,
    /// For how long, in milliseconds: "a few minutes".
    pub circle_for_ms: i64,
    /// The HTTP status of `Circle is open`. The vendor documents only the text.
    pub circle_status: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_second: 50,
            refused_count: true,
            retry_after_s: None,
            circle_after: 100,
            circle_for_ms: 5 * MINUTE_MS,
            circle_status: 503,
        }
    }
}

/// What one `Client-Id` has called lately.
#[derive(Debug, Default)]
struct Caller {
    all: Window,
    methods: BTreeMap<String, Window>,
    over_limit: BTreeMap<String, Window>,
    open_until_ms: BTreeMap<String, i64>,
}

/// Moments of calls, oldest first.
#[derive(Debug, Default)]
struct Window(VecDeque<i64>);

impl Window {
    /// How many were within the last `span_ms`; what is older is forgotten.
    fn count(&mut self, span_ms: i64, now_ms: i64) -> usize {
        while self.0.front().is_some_and(|at_ms| now_ms - at_ms >= span_ms) {
            self.0.pop_front();
        }
        self.0.len()
    }

    fn note(&mut self, now_ms: i64) {
        self.0.push_back(now_ms);
    }
}

/// The rate of every caller.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    limits: Limits,
    callers: BTreeMap<u64, Caller>,
    /// How many calls were refused here.
    pub(crate) refused: u64,
}

impl Rate {
    /// Other limits; what was called before is forgotten.
    pub(crate) fn set(&mut self, limits: Limits) {
        self.limits = limits;
        self.callers.clear();
    }

    /// Whether a call may pass now.
    pub(crate) fn admit(&mut self, client_id: u64, method: &str, now_ms: i64) -> Result<(), Refusal> {
        let verdict = self.judge(client_id, method, now_ms);
        self.refused += u64::from(verdict.is_err());
        verdict
    }

    fn judge(&mut self, client_id: u64, method: &str, now_ms: i64) -> Result<(), Refusal> {
        let limits = &self.limits;
        let caller = self.callers.entry(client_id).or_default();
        if caller.open_until_ms.get(method).is_some_and(|until_ms| now_ms < *until_ms) {
            return Err(Refusal::circle_open(limits.circle_status));
        }
        let own = METHOD_LIMITS.iter().find(|(name, ..)| *name == method);
        let of_method = caller.methods.entry(method.into()).or_default();
        let is_over = caller.all.count(SECOND_MS, now_ms) >= limits.per_second
            || own.is_some_and(|(_, calls, span_ms)| of_method.count(*span_ms, now_ms) >= *calls);
        if !is_over || limits.refused_count {
            caller.all.note(now_ms);
        }
        // A refused call does not count here: a method of one call a minute would never open again for who asks each
        // minute and a little too early.
        if own.is_some() && !is_over {
            of_method.note(now_ms);
        }
        if !is_over {
            return Ok(());
        }
        let over_limit = caller.over_limit.entry(method.into()).or_default();
        over_limit.note(now_ms);
        if over_limit.count(CIRCLE_WINDOW_MS, now_ms) >= limits.circle_after {
            over_limit.0.clear();
            caller.open_until_ms.insert(method.into(), now_ms.saturating_add(limits.circle_for_ms));
        }
        Err(Refusal::too_many_requests(limits.retry_after_s))
    }
}

/// The busiest second of each `Client-Id`, whatever was answered: a client is judged by what it sends.
#[derive(Debug, Default)]
pub(crate) struct Busiest {
    windows: BTreeMap<String, Window>,
    peak: usize,
}

impl Busiest {
    pub(crate) fn note(&mut self, client_id: &str, now_ms: i64) {
        let window = self.windows.entry(client_id.into()).or_default();
        window.note(now_ms);
        self.peak = self.peak.max(window.count(SECOND_MS, now_ms));
    }

    /// The largest number of requests of one `Client-Id` in any one second.
    pub(crate) fn peak(&self) -> usize {
        self.peak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: &str = "/v1/roles";
    const SELLER: u64 = 836;

    fn passes(rate: &mut Rate, method: &str, now_ms: i64) -> bool {
        rate.admit(SELLER, method, now_ms).is_ok()
    }

    #[test]
    fn fifty_calls_pass_in_any_second_and_no_more() {
        let mut rate = Rate::default();
        rate.set(Limits { refused_count: false, ..Limits::default() });
        let admitted = (0..100).filter(|at| passes(&mut rate, ROLES, 5 * at)).count();
        assert_eq!(admitted, 50, "a hundred calls over half a second");
        assert!(!passes(&mut rate, "/v1/seller/info", 999), "the limit is over all methods");
        assert!(passes(&mut rate, ROLES, 1_000));
        assert!(rate.admit(837, ROLES, 999).is_ok(), "another seller has a window of its own");
        assert_eq!(rate.refused, 51);
    }

    #[test]
    fn who_hammers_on_stays_refused() {
        let mut rate = Rate::default();
        let admitted = (0..300).filter(|at| passes(&mut rate, ROLES, 15 * at)).count();
        assert_eq!(admitted, 50, "67 a second for four and a half seconds: only the first fifty passed");
        let mut rate = Rate::default();
        let admitted = (0..300).filter(|at| passes(&mut rate, ROLES, 20 * at)).count();
        assert_eq!(admitted, 300, "50 a second may go on for ever");
    }

    #[test]
    fn analytics_may_be_asked_once_a_minute() {
        let mut rate = Rate::default();
        let analytics = "/v1/analytics/data";
        assert!(passes(&mut rate, analytics, 0));
        assert!(!passes(&mut rate, analytics, 59_999));
        assert!(passes(&mut rate, ROLES, 59_999), "a limit of that method alone");
        assert!(passes(&mut rate, analytics, 60_000));
    }

    #[test]
    fn a_hundred_refusals_open_the_circle_of_that_method_for_minutes() {
        let mut rate = Rate::default();
        let refused: Vec<_> = (0..151).filter_map(|_| rate.admit(SELLER, ROLES, 0).err()).collect();
        assert_eq!(refused.iter().filter(|refusal| refusal.http == 429).count(), 100);
        assert_eq!(refused.last().map(|refusal| refusal.message.as_str()), Some("Circle is open"));
        assert!(passes(&mut rate, "/v1/seller/info", 1_000), "other methods go on");
        assert!(!passes(&mut rate, ROLES, 299_999));
        assert!(passes(&mut rate, ROLES, 300_000));
    }

    #[test]
    fn the_busiest_second_is_any_second() {
        let mut busiest = Busiest::default();
        for at_ms in [0, 900, 999, 1_000, 1_100, 2_500] {
            busiest.note("836", at_ms);
        }
        busiest.note("837", 2_500);
        assert_eq!(busiest.peak(), 4, "900, 999, 1000, 1100");
    }
}
