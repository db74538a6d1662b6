//! What is measured: how long answers took, what went wrong, how many users there were.
//!
//! Each thread has a share of its own, which nobody else touches but for a moment once a second, when they are put
//! together.

use std::{
    collections::BTreeMap,
    mem,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use hdrhistogram::Histogram;

/// Kinds of errors that are told apart; what a server makes up must not cost memory without end.
const KINDS: usize = 200;

/// What one thread has measured.
#[derive(Debug)]
pub struct Share {
    now: Mutex<Counts>,
    /// Users that play.
    pub users: AtomicI64,
    /// Live pages that are connected.
    pub connected: AtomicI64,
}

/// What was measured in some time.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// By the number of a step's name.
    pub steps: Vec<Latencies>,
    /// By name of a step and kind.
    pub errors: BTreeMap<(usize, String), u64>,
    /// Rounds that were played to the end.
    pub rounds: u64,
}

/// How long the answers to a step took.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    histogram: Option<Histogram<u64>>,
    sum: Duration,
}

impl Share {
    /// For steps of so many names.
    pub fn new(names: usize) -> Self {
        let steps = vec![Latencies::default(); names];
        Self {
            now: Mutex::new(Counts {
                steps,
                ..Counts::default()
            }),
            users: AtomicI64::new(0),
            connected: AtomicI64::new(0),
        }
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer to the step with this name.
    pub fn answered(&self, name: usize, took: Duration) {
        if let Some(step) = self.counts().steps.get_mut(name) {
            step.add(took);
        }
    }

    /// An error at the step with this name.
    pub fn failed(&self, name: usize, kind: String) {
        self.counts().error(name, kind, 1);
    }

    /// A round was played to the end.
    pub fn round(&self) {
        self.counts().rounds += 1;
    }

    /// What was measured since the last time.
    pub fn take(&self) -> Counts {
        let mut now = self.counts();
        let fresh = Counts {
            steps: vec![Latencies::default(); now.steps.len()],
            ..Counts::default()
        };
        mem::replace(&mut now, fresh)
    }

    /// Users and connected pages.
    pub fn gauges(&self) -> (i64, i64) {
        (
            self.users.load(Ordering::Relaxed),
            self.connected.load(Ordering::Relaxed),
        )
    }
}

impl Counts {
    fn error(&mut self, name: usize, kind: String, count: u64) {
        let known = self.errors.len() < KINDS || self.errors.contains_key(&(name, kind.clone()));
        let kind = if known {
            kind
        } else {
            "something else".to_owned()
        };
        *self.errors.entry((name, kind)).or_default() += count;
    }

    /// Puts `other` in.
    pub fn add(&mut self, other: Self) {
        if self.steps.len() < other.steps.len() {
            self.steps.resize(other.steps.len(), Latencies::default());
        }
        for (step, more) in self.steps.iter_mut().zip(other.steps) {
            step.merge(more);
        }
        for ((name, kind), count) in other.errors {
            self.error(name, kind, count);
        }
        self.rounds += other.rounds;
    }

    /// All steps together.
    pub fn all(&self) -> Latencies {
        let mut all = Latencies::default();
        for step in &self.steps {
            all.merge(step.clone());
        }
        all
    }

    /// Errors of all kinds.
    pub fn failures(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl Latencies {
    fn histogram(&mut self) -> &mut Histogram<u64> {
        // Two digits: what is shown is at most 1 % beside the truth, and a histogram takes some kilobytes.
        self.histogram
            .get_or_insert_with(|| Histogram::new(2).expect("two digits can be kept"))
    }

    /// One answer, in microseconds.
    pub fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros())
            .unwrap_or(u64::MAX)
            .clamp(1, 3_600_000_000);
        // It grows as it needs to.
        self.histogram()
            .record(micros)
            .expect("a histogram that grows has place for an hour");
        self.sum += took;
    }

    fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        let Some(theirs) = other.histogram else {
            return;
        };
        match &mut self.histogram {
            Some(mine) => mine.add(&theirs).expect("both grow by themselves"),
            none => *none = Some(theirs),
        }
    }

    /// How many answers.
    pub fn count(&self) -> u64 {
        self.histogram.as_ref().map_or(0, Histogram::len)
    }

    /// What so many percent of the answers took at most, in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        let value = self
            .histogram
            .as_ref()
            .map_or(0, |all| all.value_at_percentile(percent).min(all.max()));
        value as f64 / 1000.0
    }

    /// The slowest answer, in milliseconds.
    pub fn max(&self) -> f64 {
        self.histogram.as_ref().map_or(0, Histogram::max) as f64 / 1000.0
    }

    /// The mean, in milliseconds.
    pub fn mean(&self) -> f64 {
        let count = self.count().max(1) as f64;
        self.sum.as_secs_f64() * 1000.0 / count
    }
}

/// One second of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Seconds since the beginning.
    pub at: f64,
    /// Answers a second.
    pub answers: f64,
    /// Errors a second.
    pub errors: f64,
    /// Percentiles of the second, in milliseconds.
    pub p50: f64,
    /// 90 of 100.
    pub p90: f64,
    /// 99 of 100.
    pub p99: f64,
    /// Users that play.
    pub users: i64,
    /// Live pages that are connected.
    pub connected: i64,
}

impl Moment {
    /// From what was measured in the last `seconds`.
    pub fn of(at: Duration, seconds: f64, counts: &Counts, (users, connected): (i64, i64)) -> Self {
        let all = counts.all();
        let seconds = seconds.max(0.001);
        Self {
            at: at.as_secs_f64(),
            answers: all.count() as f64 / seconds,
            errors: counts.failures() as f64 / seconds,
            p50: all.percentile(50.0),
            p90: all.percentile(90.0),
            p99: all.percentile(99.0),
            users,
            connected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_put_together_without_loss() {
        let shares = [Share::new(2), Share::new(2)];
        for (share, millis) in shares.iter().zip([1, 3]) {
            share.answered(1, Duration::from_millis(millis));
            share.failed(0, "connection refused".into());
            share.round();
        }
        let mut all = Counts::default();
        shares.iter().for_each(|share| all.add(share.take()));
        assert_eq!((all.all().count(), all.failures(), all.rounds), (2, 2, 2));
        assert_eq!(all.steps[0].count(), 0);
        assert!((all.steps[1].mean() - 2.0).abs() < 0.01);
        assert!(
            (all.steps[1].max() - 3.0).abs() < 0.05,
            "{}",
            all.steps[1].max()
        );
        assert_eq!(
            shares[0].take().failures(),
            0,
            "what was taken is not there twice"
        );
    }

    #[test]
    fn kinds_of_errors_without_end_are_counted_as_one() {
        let share = Share::new(1);
        for number in 0..10_000 {
            share.failed(0, format!("kind {number}"));
        }
        let all = share.take();
        assert_eq!(all.failures(), 10_000);
        assert!(all.errors.len() <= KINDS + 1);
    }
}
