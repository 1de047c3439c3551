//! Durations, and what of them is under which time.

use std::time::Duration;

/// Sorted durations.
pub struct Sample(Vec<Duration>);

impl Sample {
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time under which so many of a hundred are: the nearest of them.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    /// The same to read.
    pub fn p(&self, percent: usize) -> String {
        let ms = self.percentile(percent).as_secs_f64() * 1000.0;
        if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_nearest_that_was_measured() {
        let ms = Duration::from_millis;
        let sample = Sample::of((1..=200).rev().map(ms).collect());
        assert_eq!((sample.percentile(50), sample.percentile(99), sample.percentile(100)), (ms(100), ms(198), ms(200)));
        assert_eq!(Sample::of(vec![ms(7)]).percentile(99), ms(7));
        assert_eq!(Sample::of(Vec::new()).percentile(50), ms(0));
        assert_eq!((sample.p(50), Sample::of(vec![ms(3)]).p(50)), ("100 ms".into(), "3.00 ms".into()));
    }
}
