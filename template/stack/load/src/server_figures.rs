//! What the application itself measured meanwhile, from what it shows to Prometheus: the difference to what users met is the
//! network, what waits before the application, and the generator.

use std::{collections::BTreeMap, fmt};

use crate::metrics::short;

/// The histograms that are read, and what is in them.
const HISTOGRAMS: [(&str, &str); 2] = [
    ("http_request_duration_seconds_bucket{", "requests"),
    (
        "live_event_duration_seconds_bucket{",
        "events of live pages",
    ),
];

/// The histograms at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerFigures([Buckets; 2]);

/// Upper bound in nanoseconds → how many were at most so long. The last one is all of them.
type Buckets = BTreeMap<u64, u64>;

impl ServerFigures {
    /// Reads what is shown to Prometheus.
    pub fn parse(text: &str) -> Self {
        let mut figures = Self::default();
        for line in text.lines() {
            for ((name, _), buckets) in HISTOGRAMS.iter().zip(&mut figures.0) {
                let bucket = line.strip_prefix(name).and_then(bucket);
                if let Some((bound, count)) = bucket {
                    *buckets.entry(bound).or_default() += count;
                }
            }
        }
        figures
    }

    /// What was added since `before`.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let mut added = self.clone();
        for (now, before) in added.0.iter_mut().zip(&before.0) {
            for (bound, count) in now {
                *count = count.saturating_sub(before.get(bound).copied().unwrap_or_default());
            }
        }
        added
    }

    /// How many requests were answered.
    pub fn requests(&self) -> u64 {
        count(&self.0[0])
    }

    /// What so many percent of the requests took at most, in milliseconds; between two bounds it is a guess.
    pub fn percentile(&self, percent: f64) -> f64 {
        percentile(&self.0[0], percent)
    }
}

impl fmt::Display for ServerFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = HISTOGRAMS.iter().zip(&self.0);
        let shown = shown.filter(|(_, buckets)| count(buckets) > 0);
        let shown = shown.map(|((_, what), buckets)| {
            let [p50, p99] = [50.0, 99.0].map(|percent| short(percentile(buckets, percent)));
            format!("{} {what}, p50 {p50} ms, p99 {p99} ms", count(buckets))
        });
        let shown = shown.collect::<Vec<_>>();
        if shown.is_empty() {
            return f.write_str("no request");
        }
        f.write_str(&shown.join("; "))
    }
}

/// The bound and the count of `le="0.1",route="/"} 7`.
fn bucket(labels: &str) -> Option<(u64, u64)> {
    let (_, bound) = labels.split_once("le=\"")?;
    let (bound, _) = bound.split_once('"')?;
    let (_, count) = labels.rsplit_once("} ")?;
    let bound: f64 = bound.parse().ok()?;
    // `+Inf` is the highest number.
    let bound = (bound * 1e9) as u64;
    Some((bound, count.split(' ').next()?.parse().ok()?))
}

fn count(buckets: &Buckets) -> u64 {
    buckets.values().next_back().copied().unwrap_or_default()
}

fn percentile(buckets: &Buckets, percent: f64) -> f64 {
    let wanted = count(buckets) as f64 * percent / 100.0;
    let (mut below, mut before) = (0.0, 0.0);
    for (bound, count) in buckets {
        let (bound, count) = (*bound as f64 / 1e6, *count as f64);
        if count >= wanted && count > before {
            let is_open = bound > 1e9;
            let share = (wanted - before) / (count - before);
            return if is_open {
                below
            } else {
                below + (bound - below) * share
            };
        }
        (below, before) = (bound, count);
    }
    below
}
