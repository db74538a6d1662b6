//! How long something took, many times.

use std::time::Duration;

use hdrhistogram::Histogram;

/// How long the responses to a step took.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    histogram: Option<Histogram<u64>>,
    sum: Duration,
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

    pub(super) fn merge(&mut self, other: &Self) {
        self.sum += other.sum;
        match (&mut self.histogram, &other.histogram) {
            (_, None) => {}
            (Some(mine), Some(theirs)) => mine.add(theirs).expect("both resize by themselves"),
            (none, Some(theirs)) => *none = Some(theirs.clone()),
        }
    }

    /// With what users would have met who came every `interval` and did not wait for each other (*coordinated
    /// omission*): a response that took longer stands for those of the time it took as well.
    #[must_use]
    pub fn corrected(&self, interval: Duration) -> Self {
        let interval = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        let corrected = |all: &Histogram<u64>| all.clone_correct(interval.max(1));
        Self {
            histogram: self.histogram.as_ref().map(corrected),
            sum: self.sum,
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
