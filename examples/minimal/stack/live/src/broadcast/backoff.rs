//! How long to wait before the next try.

use std::{fmt::Display, time::Duration};

/// Twice as long each time, up to ten seconds, and not at the same time as all other processes.
pub(super) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(Duration::from_millis(100))
    }
}

impl Backoff {
    /// Logs why, and waits.
    pub(super) async fn wait(&mut self, error: &(impl Display + ?Sized)) {
        let mut random = [0];
        getrandom::fill(&mut random).expect("the operating system gives random numbers");
        self.0 = (self.0 * 2).min(Duration::from_secs(10));
        let wait = self.0.mul_f64(0.5 + f64::from(random[0]) / 512.0);
        tracing::warn!(%error, ?wait, "no messages from and to other processes; trying again");
        tokio::time::sleep(wait).await;
    }
}
