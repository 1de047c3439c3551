//! When to try again: exponential with full jitter, so that clients that lost the relay together do not return together.

use crate::limits::{RECONNECT_BASE_MS, RECONNECT_MAX_MS};

/// A small deterministic generator (SplitMix64: a counter run through a mixing function). Chance is an argument: the seed.
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// A generator that repeats itself for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 for an `end` of 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll().checked_rem(end).unwrap_or(0)
    }
}

/// Delays between attempts.
#[derive(Clone, Debug)]
pub struct Backoff {
    attempt: u32,
    dice: Dice,
}

impl Backoff {
    /// Starts at the first attempt.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { attempt: 0, dice: Dice::new(seed) }
    }

    /// The next delay: uniform below a ceiling that doubles from [`RECONNECT_BASE_MS`] to [`RECONNECT_MAX_MS`].
    pub fn next_ms(&mut self) -> i64 {
        let ceiling = RECONNECT_BASE_MS.saturating_mul(1 << self.attempt.min(16)).min(RECONNECT_MAX_MS);
        self.attempt = self.attempt.saturating_add(1);
        self.dice.below(ceiling.unsigned_abs()) as i64
    }

    /// An attempt succeeded.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_their_ceiling_and_start_over_after_success() {
        let mut backoff = Backoff::new(7);
        let longest = (0..1000).map(|_| backoff.next_ms()).max();
        assert!(longest.is_some_and(|ms| ms < RECONNECT_MAX_MS && ms > RECONNECT_MAX_MS / 2));
        backoff.reset();
        assert!(backoff.next_ms() < RECONNECT_BASE_MS);
    }

    #[test]
    fn a_thousand_clients_do_not_return_together() {
        let delays: std::collections::BTreeSet<i64> = (0..1000)
            .map(|seed| {
                let mut backoff = Backoff::new(seed);
                for _ in 0..6 {
                    backoff.next_ms();
                }
                backoff.next_ms()
            })
            .collect();
        assert!(delays.len() > 900, "{} different delays", delays.len());
    }
}
