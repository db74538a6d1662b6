//! Whether it is the generator that holds the responses up.

use std::time::Duration;

use crate::metrics::{Results, short};

/// How often a thread looks how late it is.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(20);
/// A thread that comes later than this to its work, in milliseconds, is too busy.
const LATE: f64 = 10.0;
/// The part of the latencies that may be the generator's own.
const SHARE: f64 = 0.2;

/// What holds the responses up besides the server, in words; none if it is the server alone.
pub fn holds_up(results: &Results) -> Option<String> {
    let (lag, latencies) = (&results.counts.lag, results.counts.latencies());
    let late = lag.percentile(99.0);
    if late < LATE || late < SHARE * latencies.percentile(99.0) {
        return None;
    }
    Some(format!(
        "the generator itself is too busy: its threads came to their work up to {} ms late (p99; {} ms at most), which is in the \
         latencies\nhint: fewer users, more `--threads`, or another machine for it",
        short(late),
        short(lag.max()),
    ))
}
