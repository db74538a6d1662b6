//! How often something may be done, by the generic cell rate algorithm (GCRA).
//!
//! Of each key one moment is kept: when its allowance is full again. So an entry that has passed means nothing, and is
//! dropped. [`RateLimiter`] keeps them in this process; a table can keep the same moments for several processes.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

pub use stack_live::network;

/// An allowance: `burst` times at once, and once more each `period`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often at once, if the allowance is full.
    pub burst: u32,
    /// The time in which one more is allowed.
    pub period: Duration,
}

impl Rate {
    /// `burst` at once, and as many again in `window`, one by one.
    pub const fn new(burst: u32, window: Duration) -> Self {
        let period = match window.checked_div(burst) {
            Some(period) => period,
            None => window,
        };
        Self { burst, period }
    }

    /// The same, `factor` times as often.
    pub fn times(self, factor: u32) -> Self {
        let factor = factor.max(1);
        Self {
            burst: self.burst.saturating_mul(factor),
            period: self.period / factor,
        }
    }

    /// The time in which a used up allowance is full again.
    pub fn window(self) -> Duration {
        self.period.saturating_mul(self.burst)
    }
{%- if openapi %}

    /// How often at once, if the allowance is full again after `full_in`.
    pub fn left(self, full_in: Duration) -> u32 {
        let used = full_in.as_nanos().div_ceil(self.period.as_nanos().max(1));
        self.burst
            .saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
    }
{%- endif %}

    /// How long to wait for the next, if the allowance is full again after `full_in`. Zero: none.
    pub fn wait(self, full_in: Duration) -> Duration {
        (full_in + self.period).saturating_sub(self.window())
    }
}

/// The allowances of this process, told apart by `K`.
#[derive(Debug)]
pub struct RateLimiter<K> {
    entries: Mutex<Entries<K>>,
}

#[derive(Debug)]
struct Entries<K> {
    full_at: HashMap<K, Instant>,
    /// The number of entries at which those that have passed are dropped.
    sweep_at: usize,
}

/// Below so many entries nothing is dropped: they take some kilobytes.
const SWEEP_FROM: usize = 1024;

impl<K> Default for RateLimiter<K> {
    fn default() -> Self {
        let entries = Entries {
            full_at: HashMap::new(),
            sweep_at: SWEEP_FROM,
        };
        Self {
            entries: Mutex::new(entries),
        }
    }
}

impl<K: Eq + Hash> RateLimiter<K> {
    /// Takes one of the allowance of `key`.
    ///
    /// # Errors
    /// How long to wait for the next. Nothing is taken then.
    pub fn take(&self, key: K, rate: Rate, now: Instant) -> Result<(), Duration> {
        let mut entries = self.entries();
        let full_in = entries.full_in(&key, now);
        match rate.wait(full_in) {
            Duration::ZERO => {
                entries.insert(key, now + full_in + rate.period, now);
                Ok(())
            }
            wait => Err(wait),
        }
    }

    /// Whether there is something left of the allowance of `key`. Takes nothing.
    ///
    /// # Errors
    /// How long to wait for the next.
    pub fn check(&self, key: &K, rate: Rate, now: Instant) -> Result<(), Duration> {
        match rate.wait(self.entries().full_in(key, now)) {
            Duration::ZERO => Ok(()),
            wait => Err(wait),
        }
    }
{%- if openapi %}

    /// After which time the allowance of `key` is full again.
    pub fn full_in(&self, key: &K, now: Instant) -> Duration {
        self.entries().full_in(key, now)
    }
{%- endif %}

    /// Remembers that the allowance of `key` is full again after `full_in`, as somebody else has counted it.
    pub fn remember(&self, key: K, full_in: Duration, now: Instant) {
        self.entries().insert(key, now + full_in, now);
    }

    /// Makes the allowance of `key` full.
    pub fn forget(&self, key: &K) {
        self.entries().full_at.remove(key);
    }

    fn entries(&self) -> MutexGuard<'_, Entries<K>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Entries<K> {
    fn full_in(&self, key: &K, now: Instant) -> Duration {
        let full_at = self.full_at.get(key);
        full_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }

    fn insert(&mut self, key: K, full_at: Instant, now: Instant) {
        if self.full_at.len() >= self.sweep_at {
            self.full_at.retain(|_, full_at| *full_at > now);
            self.full_at.shrink_to(SWEEP_FROM);
            self.sweep_at = SWEEP_FROM.max(self.full_at.len() * 2);
        }
        self.full_at.insert(key, full_at);
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
