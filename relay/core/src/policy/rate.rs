//! A token bucket, kept as one number: the time at which it would be full again.

use shared::limits::Rate;
use shared::time::Timestamp;

/// A bucket. A new one is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Milliseconds since 1970; in the past if it is full.
    full_at: i64,
}

impl Bucket {
    /// Takes one token out.
    ///
    /// # Errors
    /// If there is none: after how many milliseconds there is one. Nothing was taken then.
    pub fn take(&mut self, now: Timestamp, rate: Rate) -> Result<(), i64> {
        let every = rate.every_ms.max(1);
        let room = every.saturating_mul(rate.burst.max(1));
        // A clock that was set back must not lock anybody out for longer than an empty bucket does.
        let full_at = self.full_at.clamp(now.0, now.0.saturating_add(room)).saturating_add(every);
        let surplus = full_at.saturating_sub(now.0.saturating_add(room));
        if surplus > 0 {
            return Err(surplus);
        }
        self.full_at = full_at;
        Ok(())
    }
}

/// A rate that is some times as generous: for a load test, or a host whose people all come from one address.
#[must_use]
pub fn scaled(rate: Rate, factor: i64) -> Rate {
    let factor = factor.max(1);
    // Below a millisecond a token there is nothing left to slow down: then the burst alone grows.
    Rate { burst: rate.burst.saturating_mul(factor), every_ms: (rate.every_ms / factor).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, every_ms: 1_000 };

    fn taken(bucket: &mut Bucket, now: i64, rate: Rate) -> usize {
        (0..1_000_000).take_while(|_| bucket.take(Timestamp(now), rate).is_ok()).count()
    }

    #[test]
    fn a_burst_goes_through_and_one_more_is_told_how_long_to_wait() {
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, 10_000, RATE), 3);
        assert_eq!(bucket.take(Timestamp(10_000), RATE), Err(1_000));
        assert_eq!(bucket.take(Timestamp(10_999), RATE), Err(1));
        assert_eq!(bucket.take(Timestamp(11_000), RATE), Ok(()), "a refusal has cost nothing");
        assert_eq!(bucket.take(Timestamp(11_000), RATE), Err(1_000));
    }

    #[test]
    fn it_fills_to_its_burst_and_no_further() {
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, 10_000, RATE), 3);
        assert_eq!(taken(&mut bucket, 12_000, RATE), 2);
        assert_eq!(taken(&mut bucket, 1_000_000, RATE), 3);
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out_for_long() {
        let mut bucket = Bucket::default();
        assert_eq!(taken(&mut bucket, 1_000_000, RATE), 3);
        assert_eq!(bucket.take(Timestamp(10_000), RATE), Err(1_000), "as an empty bucket, not as one of the future");
    }

    #[test]
    fn a_factor_multiplies_the_burst_and_the_speed() {
        assert_eq!(scaled(RATE, 10), Rate { burst: 30, every_ms: 100 });
        assert_eq!(scaled(RATE, 1_000_000), Rate { burst: 3_000_000, every_ms: 1 });
        assert_eq!(scaled(RATE, 0), RATE);
    }
}
