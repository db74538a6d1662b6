//! Results as JSON.

use serde_json::{Value, json};

use crate::{
    metrics::{Latencies, Results, Sample},
    mix::Mix,
    plan::Plan,
    thresholds,
};

/// All results as JSON.
pub fn json(plan: &Plan, mix: &Mix, results: &Results) -> Value {
    let counts = &results.counts;
    let steps = mix.names.iter().zip(&counts.steps).enumerate();
    let steps = steps.map(|(index, (name, step))| {
        let mut step = latencies(step);
        step["name"] = json!(name);
        step["errors"] = json!(counts.step_errors(index));
        step
    });
    let errors = counts.errors.iter().map(|((name, kind), count)| {
        json!({ "step": mix.step_name(*name), "kind": kind, "count": count })
    });
    let server = results.server.as_ref().map(|server| {
        let [p50, p99] = [50.0, 99.0].map(|percent| server.percentile(percent));
        json!({ "requests": server.requests(), "p50_ms": p50, "p99_ms": p99 })
    });
    let stalls = results.stalls.iter();
    let stalls = stalls.map(|stall| {
        json!({ "at": stall.at.as_secs_f64(), "seconds": stall.length.as_secs_f64(), "open": stall.is_open })
    });
    json!({
        "plan": plan,
        "seconds": results.duration.as_secs_f64(),
        "iterations": counts.iterations,
        "responses": counts.latencies().count(),
        "responses_per_second": results.responses_per_second(),
        "errors": counts.error_count(),
        "errors_percent": counts.error_percent(),
        "all": latencies(&counts.latencies()),
        "waits": latencies(&results.waits()),
        "max_ms": results.max(),
        "unanswered": counts.unanswered(),
        "generator_lag": latencies(&counts.lag),
        "server": server,
        "stalls": stalls.collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
        "errors_by_kind": errors.collect::<Vec<_>>(),
        "timeline": results.timeline.iter().map(sample).collect::<Vec<_>>(),
        "failed_thresholds": thresholds::failed(plan, results),
    })
}

fn latencies(of: &Latencies) -> Value {
    json!({
        "count": of.count(),
        "mean_ms": of.mean(),
        "p50_ms": of.percentile(50.0),
        "p90_ms": of.percentile(90.0),
        "p99_ms": of.percentile(99.0),
        "max_ms": of.max(),
    })
}

/// A second of the timeline as JSON.
pub fn sample(of: &Sample) -> Value {
    json!({
        "at": of.at, "responses": of.responses, "errors": of.errors, "p50_ms": of.p50, "p90_ms": of.p90, "p99_ms": of.p99,
        "users": of.users, "connected": of.connected, "silence": of.silence,
    })
}
