//! Visits that begin at a rate, however long the responses take: an open loop.
//!
//! Whoever is free takes the next visit. One that is taken late was due before, and that is when its first step began.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use tokio::time::Instant;

/// When visits are due.
#[derive(Debug)]
pub(crate) struct Arrivals {
    began: Instant,
    interval: Duration,
    taken: AtomicU32,
}

impl Arrivals {
    /// So many in a second from now on.
    pub(crate) fn new(began: Instant, rate: f64) -> Self {
        Self {
            began,
            interval: Duration::from_secs_f64(1.0 / rate),
            taken: AtomicU32::new(0),
        }
    }

    /// Takes the next visit, and says when it is due.
    pub(crate) fn take(&self) -> Instant {
        self.due(self.taken.fetch_add(1, Ordering::Relaxed))
    }

    /// How late those are by now that nobody has taken.
    pub(crate) fn missed(&self, now: Instant) -> impl Iterator<Item = Duration> {
        let first = self.taken.load(Ordering::Relaxed);
        let late = (first..).map(move |number| now.checked_duration_since(self.due(number)));
        late.map_while(|late| late.filter(|late| !late.is_zero()))
    }

    fn due(&self, number: u32) -> Instant {
        self.began + self.interval * number
    }
}
