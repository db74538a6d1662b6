//! How many messages a browser may send.

use tokio::time::Instant;

/// Messages that may still come: a bucket that fills up over time.
pub(super) struct RateLimit {
    left: f64,
    most: f64,
    per_second: f64,
    at: Instant,
}

impl RateLimit {
    pub(super) fn new(burst: u32, per_second: u32) -> Self {
        let (most, per_second) = (f64::from(burst), f64::from(per_second));
        Self {
            left: most,
            most,
            per_second,
            at: Instant::now(),
        }
    }

    pub(super) fn allow(&mut self) -> bool {
        let now = Instant::now();
        let earned = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.at = now;
        self.left = (self.left + earned).min(self.most);
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}
