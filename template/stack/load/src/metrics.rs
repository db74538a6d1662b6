//! What is measured: how long responses took, what went wrong, how many users there were.
//!
//! Each thread has counts of its own. Once a second they are taken and added up.

use std::{
    collections::BTreeMap,
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use hdrhistogram::Histogram;

/// Kinds of errors that are told apart: what a server makes up must not take memory without end.
pub(crate) const MAX_ERROR_KINDS: usize = 200;
/// What further kinds are counted as.
const OTHER_ERRORS: &str = "other errors";

/// What one thread measures.
#[derive(Debug)]
pub struct ThreadMetrics {
    counts: Mutex<Counts>,
    /// Users that play.
    pub users: AtomicI64,
    /// Live pages that are connected.
    pub connected: AtomicI64,
}

/// What was measured in some time.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// By the index of a step's name.
    pub steps: Vec<Latencies>,
    /// By the index of a step's name, and kind.
    pub errors: BTreeMap<(usize, String), u64>,
    /// Iterations that were completed.
    pub iterations: u64,
}

/// How long the responses to a step took.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    histogram: Option<Histogram<u64>>,
    sum: Duration,
}

/// What a run measured.
#[derive(Clone, Debug, Default)]
pub struct Results {
    /// All of it.
    pub counts: Counts,
    /// Second by second.
    pub timeline: Vec<Sample>,
    /// How long it took.
    pub duration: Duration,
}

/// One second of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// Seconds since the beginning.
    pub at: f64,
    /// Responses per second.
    pub responses: f64,
    /// Errors per second.
    pub errors: f64,
    /// The median latency, in milliseconds.
    pub p50: f64,
    /// The 90th percentile.
    pub p90: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// Users that play.
    pub users: i64,
    /// Live pages that are connected.
    pub connected: i64,
}

impl ThreadMetrics {
    /// For so many names of steps.
    pub fn new(names: usize) -> Self {
        Self {
            counts: Mutex::new(Counts::new(names)),
            users: AtomicI64::new(0),
            connected: AtomicI64::new(0),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A response to the step with this name.
    pub fn response(&self, name: usize, latency: Duration) {
        if let Some(step) = self.counts().steps.get_mut(name) {
            step.add(latency);
        }
    }

    /// An error at the step with this name.
    pub fn error(&self, name: usize, kind: String) {
        self.counts().error(name, kind, 1);
    }

    /// An iteration was completed.
    pub fn iteration(&self) {
        self.counts().iterations += 1;
    }

    /// What was measured since the last call.
    pub fn take(&self) -> Counts {
        let mut counts = self.counts();
        let empty = Counts::new(counts.steps.len());
        mem::replace(&mut counts, empty)
    }

    /// Users, and live pages that are connected.
    pub fn gauges(&self) -> (i64, i64) {
        (
            self.users.load(Ordering::Relaxed),
            self.connected.load(Ordering::Relaxed),
        )
    }
}

impl Counts {
    fn new(names: usize) -> Self {
        Self {
            steps: vec![Latencies::default(); names],
            ..Self::default()
        }
    }

    fn error(&mut self, name: usize, kind: String, count: u64) {
        let key = (name, kind);
        let is_known = self.errors.len() < MAX_ERROR_KINDS || self.errors.contains_key(&key);
        let key = if is_known {
            key
        } else {
            (name, OTHER_ERRORS.to_owned())
        };
        *self.errors.entry(key).or_default() += count;
    }

    /// Adds other counts.
    pub fn add(&mut self, other: Self) {
        if self.steps.len() < other.steps.len() {
            self.steps.resize(other.steps.len(), Latencies::default());
        }
        for (step, more) in self.steps.iter_mut().zip(&other.steps) {
            step.merge(more);
        }
        for ((name, kind), count) in other.errors {
            self.error(name, kind, count);
        }
        self.iterations += other.iterations;
    }

    /// The latencies of all steps.
    pub fn latencies(&self) -> Latencies {
        let mut all = Latencies::default();
        self.steps.iter().for_each(|step| all.merge(step));
        all
    }

    /// Errors of all kinds.
    pub fn error_count(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Errors at the step with this name.
    pub fn step_errors(&self, name: usize) -> u64 {
        let errors = self.errors.iter().filter(|((of, _), _)| *of == name);
        errors.map(|(_, count)| count).sum()
    }

    /// Errors in percent of all steps.
    pub fn error_percent(&self) -> f64 {
        let errors = self.error_count() as f64;
        let all = errors + self.latencies().count() as f64;
        if all == 0.0 {
            0.0
        } else {
            100.0 * errors / all
        }
    }

    /// Name of the step, kind and count of errors, the most frequent first.
    pub fn frequent_errors(&self) -> Vec<(usize, &str, u64)> {
        let errors = self.errors.iter();
        let mut errors: Vec<_> = errors
            .map(|((name, kind), count)| (*name, kind.as_str(), *count))
            .collect();
        errors.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
        errors
    }
}

impl Latencies {
    /// One response.
    pub fn add(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros())
            .unwrap_or(u64::MAX)
            .clamp(1, 3_600_000_000);
        // Two digits: what is shown is at most 1 % beside the truth, and a histogram takes some kilobytes.
        self.histogram
            .get_or_insert_with(|| Histogram::new(2).expect("two digits are allowed"))
            .record(micros)
            .expect("a histogram that resizes has room for an hour");
        self.sum += latency;
    }

    fn merge(&mut self, other: &Self) {
        self.sum += other.sum;
        match (&mut self.histogram, &other.histogram) {
            (_, None) => {}
            (Some(mine), Some(theirs)) => mine.add(theirs).expect("both resize by themselves"),
            (none, Some(theirs)) => *none = Some(theirs.clone()),
        }
    }

    /// How many responses.
    pub fn count(&self) -> u64 {
        self.histogram.as_ref().map_or(0, Histogram::len)
    }

    /// What so many percent of the responses took at most, in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        let value = self
            .histogram
            .as_ref()
            .map_or(0, |all| all.value_at_percentile(percent).min(all.max()));
        value as f64 / 1000.0
    }

    /// The slowest response, in milliseconds.
    pub fn max(&self) -> f64 {
        self.histogram.as_ref().map_or(0, Histogram::max) as f64 / 1000.0
    }

    /// The mean, in milliseconds.
    pub fn mean(&self) -> f64 {
        let count = self.count().max(1) as f64;
        self.sum.as_secs_f64() * 1000.0 / count
    }
}

impl Results {
    /// Responses per second, over the whole run.
    pub fn responses_per_second(&self) -> f64 {
        self.counts.latencies().count() as f64 / self.duration.as_secs_f64().max(0.001)
    }
}

impl Sample {
    /// From what was measured in the last `seconds`.
    pub fn of(at: Duration, seconds: f64, counts: &Counts, (users, connected): (i64, i64)) -> Self {
        let latencies = counts.latencies();
        let seconds = seconds.max(0.001);
        Self {
            at: at.as_secs_f64(),
            responses: latencies.count() as f64 / seconds,
            errors: counts.error_count() as f64 / seconds,
            p50: latencies.percentile(50.0),
            p90: latencies.percentile(90.0),
            p99: latencies.percentile(99.0),
            users,
            connected,
        }
    }
}

/// A number with as many digits as people read.
pub fn short(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 || size.fract() == 0.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}
