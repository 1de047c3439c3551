//! When a failed push comes again: after seconds, growing to ten minutes, then five times more, then never.

use std::time::Duration;

/// The growing part: only "after seconds, then growing up to 10 min" is known, the steps are ours.
const GROWING_S: [u64; 9] = [1, 2, 5, 10, 20, 60, 120, 300, 600];
/// Ten minutes, five more times.
const LAST_S: [u64; 5] = [600; 5];

/// The vendor's schedule: one pause before each repetition.
pub(crate) fn vendor() -> Vec<Duration> {
    GROWING_S.iter().chain(&LAST_S).map(|seconds| Duration::from_secs(*seconds)).collect()
}
