//! The times when nothing was answered although something was asked.
//!
//! Percentiles hide them: users who wait ask nothing new, so a second without an answer is one slow response for each
//! user, and the end of a server is none at all.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// A shorter time without an answer is no stall.
pub const MIN_STALL: Duration = Duration::from_secs(1);
/// So many are kept, the longest ones.
const MAX_STALLS: usize = 100;

/// A time when nothing was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// When it began, since the beginning of the run.
    pub at: Duration,
    /// How long it was.
    pub length: Duration,
    /// Whether it lasted until the end of the run.
    pub is_open: bool,
}

/// Watches what is asked and answered, on all threads.
#[derive(Debug)]
pub struct StallWatch {
    began: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many steps wait for a response.
    waiting: usize,
    /// Since when something was asked and nothing answered.
    since: Option<Instant>,
    stalls: Vec<Stall>,
}

impl StallWatch {
    /// For a run that began at this time.
    pub fn new(began: Instant) -> Self {
        Self {
            began,
            state: Mutex::default(),
        }
    }

    /// Something is asked.
    pub fn asked(&self, now: Instant) {
        let mut state = self.state();
        state.waiting += 1;
        state.since.get_or_insert(now);
    }

    /// A response came, good or bad.
    pub fn answered(&self, now: Instant) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(1);
        if let Some(since) = state.since.take() {
            self.note(&mut state, since, now, false);
        }
        state.since = (state.waiting > 0).then_some(now);
    }

    /// Nobody waits for a response any more that has not come.
    pub fn given_up(&self) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(1);
    }

    /// How long nothing has been answered by now.
    pub fn silence(&self, now: Instant) -> Duration {
        let since = self.state().since;
        since.map_or(Duration::ZERO, |since| now.duration_since(since))
    }

    /// All stalls of a run that ends now, the longest ones first.
    pub fn finish(&self, now: Instant) -> Vec<Stall> {
        let mut state = self.state();
        if let Some(since) = state.since.take() {
            self.note(&mut state, since, now, true);
        }
        longest_first(&mut state.stalls);
        std::mem::take(&mut state.stalls)
    }

    fn note(&self, state: &mut State, since: Instant, now: Instant, is_open: bool) {
        let length = now.duration_since(since);
        if length < MIN_STALL {
            return;
        }
        state.stalls.push(Stall {
            at: since.duration_since(self.began),
            length,
            is_open,
        });
        if state.stalls.len() > 2 * MAX_STALLS {
            longest_first(&mut state.stalls);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn longest_first(stalls: &mut Vec<Stall>) {
    stalls.sort_by_key(|stall| std::cmp::Reverse(stall.length));
    stalls.truncate(MAX_STALLS);
}

impl std::fmt::Display for Stall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (length, at) = (self.length.as_secs_f64(), self.at.as_secs_f64());
        write!(f, "nothing answered for {length:.1} s, from {at:.1} s on")?;
        if self.is_open {
            f.write_str(" until the end")?;
        }
        Ok(())
    }
}
