//! Waiting for something to become true. Nothing here waits for a time to pass, except to look again.

use std::time::Duration;

use tokio::time::Instant;

/// How long a condition may take to come true before the test fails. Far beyond what anything needs: two busy cores
/// are slow, and a wait that succeeds ends at once.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until something is found.
pub async fn until<T>(what: &str, find: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, find).await
}

/// Looks until something is found, at most so long.
pub async fn within<T>(patience: Duration, what: &str, mut find: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = find().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {patience:?} in vain: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
