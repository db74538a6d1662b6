//! How long to wait before the next attempt.

use std::{fmt::Display, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// The longest wait; the random part comes on top and is at most as long again.
const LONGEST: Duration = Duration::from_secs(5);

/// Twice as long each time, and not at the same time as all other processes.
pub(super) struct Backoff(ExponentialBackoff);

impl Default for Backoff {
    fn default() -> Self {
        let delays = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(LONGEST)
            .without_max_times()
            .with_jitter();
        Self(delays.build())
    }
}

impl Backoff {
    /// Logs why, and waits.
    pub(super) async fn wait(&mut self, error: &(impl Display + ?Sized)) {
        let wait = self.0.next().unwrap_or(LONGEST);
        tracing::warn!(%error, ?wait, "no connection to other processes; it is tried again");
        tokio::time::sleep(wait).await;
    }
}
