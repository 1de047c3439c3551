//! The marketplace's clock, and time as the vendor writes it: UTC, RFC 3339, milliseconds with the trailing zeros left out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::watch;

/// The machine's clock and how far a test has moved the marketplace ahead of it. Whoever waits by this clock wakes when it
/// is moved past what they wait for.
#[derive(Debug)]
pub(crate) struct Clock {
    ahead_ms: watch::Sender<i64>,
}

impl Clock {
    pub(crate) fn ahead_by(ahead_ms: i64) -> Self {
        Self { ahead_ms: watch::Sender::new(ahead_ms) }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        machine_ms().saturating_add(*self.ahead_ms.borrow())
    }

    /// Moves it forward and answers by how much it is ahead now. There is no way back: what was stays before what is.
    pub(crate) fn advance(&self, by_ms: i64) -> i64 {
        self.ahead_ms.send_modify(|ahead_ms| *ahead_ms = ahead_ms.saturating_add(by_ms.max(0)));
        *self.ahead_ms.borrow()
    }

    /// Waits until it shows `at_ms`.
    pub(crate) async fn sleep_until(&self, at_ms: i64) {
        let mut moved = self.ahead_ms.subscribe();
        loop {
            moved.mark_unchanged();
            let left_ms = at_ms.saturating_sub(self.now_ms());
            let Some(left_ms) = u64::try_from(left_ms).ok().filter(|left_ms| *left_ms > 0) else { return };
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(left_ms)) => {}
                // The sender is this clock's own: it outlives the wait.
                _ = moved.changed() => {}
            }
        }
    }
}

fn machine_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// `2026-02-10T14:15:22Z`, `2026-07-18T20:58:04.528Z`.
pub(crate) fn rfc3339(ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".into())
}

/// A time in that form, as milliseconds since 1970.
pub(crate) fn parse_ms(text: &str) -> Option<i64> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_wakes_when_the_clock_is_moved() {
        let clock = Clock::ahead_by(0);
        let due_ms = clock.now_ms() + 3_600_000;
        let wait = tokio::time::timeout(Duration::from_secs(5), clock.sleep_until(due_ms));
        let ((), woke) = tokio::join!(
            async {
                clock.advance(1_000);
                tokio::task::yield_now().await;
                clock.advance(3_600_000);
            },
            wait
        );
        assert!(woke.is_ok() && clock.now_ms() >= due_ms);
    }

    #[test]
    fn there_is_no_way_back() {
        let clock = Clock::ahead_by(5_000);
        assert_eq!(clock.advance(-1_000), 5_000);
    }
}
