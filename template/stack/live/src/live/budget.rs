//! What may still be used: a token bucket.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Rate;

/// Waits until `at`; not at all if that is over. A timer would: its clock has ticks of a millisecond, and it ends with one.
pub(crate) async fn wait_until(at: Instant) {
    if at > Instant::now() {
        sleep_until(at).await;
    }
}

/// What may still be used of a [`Rate`].
pub(crate) struct Budget {
    /// Negative if somebody waits for it.
    left: f64,
    rate: Rate,
    at: Instant,
}

impl Budget {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            left: f64::from(rate.burst),
            rate,
            at: Instant::now(),
        }
    }

    /// Takes `cost`, if there is as much.
    pub(crate) fn spend(&mut self, cost: u32) -> bool {
        self.fill();
        let enough = self.left >= f64::from(cost);
        if enough {
            self.left -= f64::from(cost);
        }
        enough
    }

    /// Takes `cost` in any case, and returns how long to wait until it is there. No more is owed than what may be used at
    /// once: else those who come and go could keep everybody else waiting.
    pub(crate) fn borrow(&mut self, cost: u32) -> Duration {
        self.fill();
        self.left = (self.left - f64::from(cost)).max(-f64::from(self.rate.burst));
        Duration::from_secs_f64((-self.left).max(0.0) / f64::from(self.rate.per_second.max(1)))
    }

    /// Whether it would be the same if it were new.
    pub(crate) fn is_full(&mut self) -> bool {
        self.fill();
        self.left >= f64::from(self.rate.burst)
    }

    fn fill(&mut self) {
        let now = Instant::now();
        let earned = now.duration_since(self.at).as_secs_f64() * f64::from(self.rate.per_second);
        self.at = now;
        self.left = (self.left + earned).min(f64::from(self.rate.burst));
    }
}
