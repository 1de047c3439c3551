//! The seller's push URLs: which types go where, whether a URL passed the vendor's check, and when the vendor loses
//! patience with one.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::judge::PushError;
use super::types::PushType;

const HOUR_MS: i64 = 3_600 * 1_000;
/// Errors for so long, without one answer in between, suspend a URL.
const PATIENCE_MS: i64 = 24 * HOUR_MS;
/// Less than half of the answers being 200 suspends a URL; over how many and how long is not known.
const JUDGED_ANSWERS_MIN: usize = 20;
const JUDGED_SPAN_MS: i64 = HOUR_MS;

/// Where pushes go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) types: BTreeSet<PushType>,
    pub(crate) created_ms: i64,
    /// The seller's own switch.
    pub(crate) is_enabled: bool,
    /// Nothing is pushed before the URL has answered a `TYPE_PING` well.
    pub(crate) is_active: bool,
    /// Whether the vendor has lost patience; a passed check brings it back.
    pub(crate) is_suspended: bool,
    /// What the last check found.
    pub(crate) errors: Vec<PushError>,
    /// Counts the changes of the URL, so that the checks of a replaced one end.
    pub(crate) revision: u64,
    failing_since_ms: Option<i64>,
    answers: VecDeque<(i64, bool)>,
}

impl Endpoint {
    /// A URL that was not checked yet.
    pub(crate) fn new(id: u64, url: String, types: BTreeSet<PushType>, created_ms: i64) -> Self {
        Self {
            id,
            url,
            types,
            created_ms,
            is_enabled: true,
            is_active: false,
            is_suspended: false,
            errors: Vec::new(),
            revision: 0,
            failing_since_ms: None,
            answers: VecDeque::new(),
        }
    }

    /// Another URL in its place.
    pub(crate) fn move_to(&mut self, url: String) {
        let fresh = Self::new(self.id, url, std::mem::take(&mut self.types), self.created_ms);
        *self = Self { revision: self.revision + 1, is_enabled: self.is_enabled, ..fresh };
    }

    /// What a check found.
    pub(crate) fn checked(&mut self, errors: Vec<PushError>) {
        self.is_active = errors.is_empty();
        self.errors = errors;
        if self.is_active {
            self.is_suspended = false;
            self.failing_since_ms = None;
            self.answers.clear();
        }
    }

    /// Whether something of this type is sent there.
    pub(crate) fn takes(&self, kind: Option<PushType>) -> bool {
        // What has no type of ours is sent to whoever takes anything.
        self.is_enabled && self.is_active && kind.is_none_or(|kind| self.types.contains(&kind))
    }

    /// How a push was answered.
    pub(crate) fn answered(&mut self, is_well: bool, now_ms: i64) {
        self.answers.push_back((now_ms, is_well));
        while self.answers.front().is_some_and(|(at_ms, _)| now_ms - at_ms > PATIENCE_MS) {
            self.answers.pop_front();
        }
        if is_well {
            self.failing_since_ms = None;
            return;
        }
        let since_ms = *self.failing_since_ms.get_or_insert(now_ms);
        let wells = self.answers.iter().filter(|(_, is_well)| *is_well).count();
        let span_ms = self.answers.front().map_or(0, |(at_ms, _)| now_ms - at_ms);
        let is_judged = self.answers.len() >= JUDGED_ANSWERS_MIN && span_ms >= JUDGED_SPAN_MS;
        if now_ms - since_ms >= PATIENCE_MS || (is_judged && wells * 2 < self.answers.len()) {
            self.is_suspended = true;
            self.is_active = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        let mut endpoint = Endpoint::new(1, "http://x/".into(), PushType::ALL.into(), 0);
        endpoint.checked(Vec::new());
        endpoint
    }

    #[test]
    fn errors_for_a_day_suspend_a_url_and_a_check_brings_it_back() {
        let mut endpoint = endpoint();
        endpoint.answered(false, 0);
        endpoint.answered(false, PATIENCE_MS - 1);
        assert!(!endpoint.is_suspended);
        endpoint.answered(false, PATIENCE_MS);
        assert!(endpoint.is_suspended && !endpoint.takes(None));
        endpoint.checked(Vec::new());
        assert!(endpoint.takes(Some(PushType::NewMessage)));
    }

    #[test]
    fn one_answer_begins_the_day_anew() {
        let mut endpoint = endpoint();
        endpoint.answered(false, 0);
        endpoint.answered(true, 1);
        endpoint.answered(false, PATIENCE_MS);
        assert!(!endpoint.is_suspended);
    }

    #[test]
    fn less_than_half_well_answered_over_an_hour_suspends() {
        for (wells_of_20, suspended) in [(10, false), (9, true)] {
            let mut endpoint = endpoint();
            for at in 0..20 {
                endpoint.answered(at < wells_of_20, at * HOUR_MS / 19);
            }
            assert_eq!(endpoint.is_suspended, suspended, "{wells_of_20} of 20");
        }
    }
}
