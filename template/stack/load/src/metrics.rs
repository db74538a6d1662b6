//! What is measured: how long responses took, what went wrong, how many users there were.
//!
//! Each thread has counts of its own. Once a second they are taken and added up.

mod latencies;

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

pub use latencies::Latencies;

use crate::{
    server_figures::ServerFigures,
    stalls::{Stall, StallWatch},
};

/// Kinds of errors that are told apart: what a server makes up must not take memory without end.
pub(crate) const MAX_ERROR_KINDS: usize = 200;
/// What further kinds are counted as.
const OTHER_ERRORS: &str = "other errors";
/// What a step is called that waits for its response when the run ends.
pub(crate) const UNANSWERED: &str = "no response when the run ended";

/// What a visit is called that nobody was free for until the run ended.
pub(crate) const NO_USER_FREE: &str = "no user was free for a visit that was due";

/// What one thread measures.
#[derive(Debug)]
pub struct ThreadMetrics {
    counts: Mutex<Counts>,
    /// Steps that wait for their response, by the index of the user: the name, and since when.
    waiting: Mutex<HashMap<usize, (usize, Instant)>>,
    /// That of all threads.
    stalls: Arc<StallWatch>,
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
    /// Steps that got no response in time, or until the end: how long they waited.
    pub waits: Latencies,
    /// How late the generator's threads came to their work.
    pub lag: Latencies,
    /// By the index of a step's name, and kind.
    pub errors: BTreeMap<(usize, String), u64>,
    /// Iterations that were completed.
    pub iterations: u64,
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
    /// When nothing was answered, the longest times first.
    pub stalls: Vec<Stall>,
    /// The mean think time before a step. None where visits begin at a rate, so that nothing has to be corrected.
    pub think: Option<Duration>,
    /// What the server measured itself meanwhile, if it shows that.
    pub server: Option<ServerFigures>,
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
    /// For how many seconds nothing has been answered.
    pub silence: f64,
}

impl ThreadMetrics {
    /// For so many names of steps.
    pub fn new(names: usize, stalls: Arc<StallWatch>) -> Self {
        Self {
            counts: Mutex::new(Counts::new(names)),
            waiting: Mutex::default(),
            stalls,
            users: AtomicI64::new(0),
            connected: AtomicI64::new(0),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<usize, (usize, Instant)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This user begins the step with this name, which is due since `since`. What follows is [`Self::response`],
    /// [`Self::bad_response`] or [`Self::no_response`].
    pub fn begin(&self, user: usize, name: usize, since: Instant, now: Instant) {
        self.waiting().insert(user, (name, since));
        self.stalls.asked(now);
    }

    /// A response to the user's step, so long after it was due.
    pub fn response(&self, user: usize, latency: Duration, now: Instant) {
        let Some((name, _)) = self.waiting().remove(&user) else {
            return;
        };
        self.stalls.answered(now);
        if let Some(step) = self.counts().steps.get_mut(name) {
            step.add(latency);
        }
    }

    /// An answer to the user's step that is not as it should be.
    pub fn bad_response(&self, user: usize, kind: String, now: Instant) {
        let Some((name, _)) = self.waiting().remove(&user) else {
            return;
        };
        self.stalls.answered(now);
        self.error(name, kind);
    }

    /// The user waits no longer for a response that took too long.
    pub fn no_response(&self, user: usize, kind: String, now: Instant) {
        if let Some((name, since)) = self.waiting().remove(&user) {
            self.given_up(name, kind, now.duration_since(since));
        }
    }

    /// The run ends: what still waits will not be answered.
    pub fn end(&self, now: Instant) {
        let waiting = mem::take(&mut *self.waiting());
        for (name, since) in waiting.into_values() {
            self.given_up(name, UNANSWERED.to_owned(), now.duration_since(since));
        }
    }

    /// Nobody was free for a visit that begins with the step of this name.
    pub fn missed(&self, name: usize, waited: Duration) {
        let mut counts = self.counts();
        counts.waits.add(waited);
        counts.error(name, NO_USER_FREE.to_owned(), 1);
    }

    /// A thread came so late to its work.
    pub fn lag(&self, late: Duration) {
        self.counts().lag.add(late);
    }

    fn given_up(&self, name: usize, kind: String, waited: Duration) {
        self.stalls.given_up();
        let mut counts = self.counts();
        counts.waits.add(waited);
        counts.error(name, kind, 1);
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

/// Counts as a user until it is dropped.
#[derive(Debug)]
pub(crate) struct CountedUser(Arc<ThreadMetrics>);

impl CountedUser {
    pub(crate) fn new(metrics: &Arc<ThreadMetrics>) -> Self {
        metrics.users.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(metrics))
    }
}

impl Drop for CountedUser {
    fn drop(&mut self) {
        self.0.users.fetch_sub(1, Ordering::Relaxed);
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
        self.waits.merge(&other.waits);
        self.lag.merge(&other.lag);
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

    /// Steps that still waited for their response when the run ended.
    pub fn unanswered(&self) -> u64 {
        let errors = self.errors.iter();
        let unanswered = errors.filter(|((_, kind), _)| kind == UNANSWERED);
        unanswered.map(|(_, count)| count).sum()
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

impl Results {
    /// How long a user waits who comes at any time: the steps that got no response are in it, and so is what a user who
    /// waited could not ask ([`Latencies::corrected`]).
    pub fn waits(&self) -> Latencies {
        let mut all = self.counts.latencies();
        let usual = Duration::from_secs_f64(all.percentile(50.0) / 1000.0);
        all.merge(&self.counts.waits);
        match self.think {
            Some(think) => all.corrected(think + usual),
            None => all,
        }
    }

    /// The longest wait of all, in milliseconds: for a response, or for none.
    pub fn max(&self) -> f64 {
        self.counts.latencies().max().max(self.counts.waits.max())
    }

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
            silence: 0.0,
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
