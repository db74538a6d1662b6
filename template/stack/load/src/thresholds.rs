//! Whether a run was good enough.

use std::time::Duration;

use crate::{
    metrics::{Results, short},
    plan::{ErrorLimit, Plan},
};

/// How long nothing may be answered in a run with another threshold, if the plan does not say.
const USUAL_MAX_STALL: Duration = Duration::from_secs(5);

/// How long nothing may be answered; none if the plan has no threshold at all.
fn max_stall(plan: &Plan) -> Option<Duration> {
    let has_other = plan.max_p99.is_some() || plan.max_errors.is_some();
    plan.max_stall
        .or_else(|| has_other.then_some(USUAL_MAX_STALL))
}

/// The thresholds of the plan that the results failed, in words; empty if they passed.
pub fn failed(plan: &Plan, results: &Results) -> Vec<String> {
    let counts = &results.counts;
    let (latencies, errors) = (counts.latencies(), counts.error_count());
    let mut failed = Vec::new();
    if latencies.count() == 0 {
        failed.push("no response was as expected".to_owned());
    }
    if let Some(max) = plan.max_p99 {
        let (max, p99) = (max.as_secs_f64() * 1000.0, results.waits().percentile(99.0));
        if p99 > max {
            let (p99, max) = (short(p99), short(max));
            failed.push(format!("p99 is {p99} ms, more than {max} ms"));
        }
    }
    if let Some(max) = max_stall(plan) {
        let longest = results.stalls.iter().filter(|stall| stall.length > max);
        failed.extend(longest.map(|stall| format!("{stall}, more than {max:?}")));
    }
    match plan.max_errors {
        Some(ErrorLimit::Count(max)) if errors > max => {
            failed.push(format!("{errors} errors, more than {max}"));
        }
        Some(ErrorLimit::Percent(max)) if counts.error_percent() > max => {
            let percent = short(counts.error_percent());
            failed.push(format!(
                "{percent} % of all steps were errors, more than {max} %"
            ));
        }
        _ => {}
    }
    failed
}
