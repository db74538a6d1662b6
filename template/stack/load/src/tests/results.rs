//! What is measured, and what is made of it.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::time::Instant;

use crate::{
    Plan, Script,
    metrics::{Counts, MAX_ERROR_KINDS, Results, Sample, ThreadMetrics},
    mix::Mix,
    plan::ErrorLimit,
    report::{self, chart::axis_end, charts},
    stalls::{Stall, StallWatch},
    thresholds::failed,
};

fn metrics(names: usize) -> ThreadMetrics {
    ThreadMetrics::new(names, Arc::new(StallWatch::new(Instant::now())))
}

/// A response to the step with this name after so many milliseconds.
fn respond(metrics: &ThreadMetrics, name: usize, millis: u64) {
    let began = Instant::now();
    let latency = Duration::from_millis(millis);
    metrics.begin(0, name, began, began);
    metrics.response(0, latency, began + latency);
}

#[test]
fn the_counts_of_threads_are_added_without_loss() {
    let threads = [metrics(2), metrics(2)];
    for (metrics, millis) in threads.iter().zip([1, 3]) {
        respond(metrics, 1, millis);
        metrics.error(0, "connection refused".into());
        metrics.iteration();
    }
    let mut all = Counts::default();
    threads.iter().for_each(|metrics| all.add(metrics.take()));
    assert_eq!(
        (all.latencies().count(), all.error_count(), all.iterations),
        (2, 2, 2)
    );
    assert_eq!(all.steps[0].count(), 0);
    assert!((all.steps[1].mean() - 2.0).abs() < 0.01);
    assert!(
        (all.steps[1].max() - 3.0).abs() < 0.05,
        "{}",
        all.steps[1].max()
    );
    assert_eq!(
        threads[0].take().error_count(),
        0,
        "what was taken is not counted twice"
    );
}

#[test]
fn too_many_kinds_of_errors_are_counted_as_one() {
    let metrics = metrics(1);
    for number in 0..10_000 {
        metrics.error(0, format!("kind {number}"));
    }
    let all = metrics.take();
    assert_eq!(all.error_count(), 10_000);
    assert!(all.errors.len() <= MAX_ERROR_KINDS + 1);
}

fn results(responses: u64, errors: u64) -> Results {
    let metrics = metrics(1);
    for number in 0..responses {
        respond(&metrics, 0, if number % 10 == 0 { 400 } else { 10 });
    }
    for _ in 0..errors {
        metrics.error(0, "connection refused".into());
    }
    Results {
        counts: metrics.take(),
        ..Results::default()
    }
}

#[test]
fn a_failed_threshold_has_its_figures() {
    let mut plan = Plan::new("f", "http://localhost");
    assert_eq!(failed(&plan, &results(100, 5)), Vec::<String>::new());
    plan.max_p99 = Some(Duration::from_millis(300));
    plan.max_errors = Some(ErrorLimit::Percent(1.0));
    let words = failed(&plan, &results(100, 5)).join("; ");
    assert!(
        words.contains("more than 300 ms") && words.contains("4.76 % of all"),
        "{words}"
    );
    plan.max_errors = Some(ErrorLimit::Count(5));
    plan.max_p99 = Some(Duration::from_secs(1));
    assert_eq!(failed(&plan, &results(100, 5)), Vec::<String>::new());
    assert_eq!(failed(&plan, &results(100, 6)).len(), 1);
}

#[test]
fn a_run_without_one_good_response_fails() {
    assert_eq!(failed(&Plan::new("f", "u"), &results(0, 3)).len(), 1);
}

fn example() -> (Plan, Mix, Results) {
    let names = vec!["GET /".to_owned(), "click <b>".to_owned()];
    let script = Script {
        names,
        ..Script::default()
    };
    let metrics = metrics(2);
    for millis in [1, 2, 30] {
        respond(&metrics, 0, millis);
    }
    metrics.error(1, "expected a patch, got <script>".into());
    let counts = metrics.take();
    let timeline = (0..3)
        .map(|at| Sample::of(Duration::from_secs(at), 1.0, &counts, (2, 1)))
        .collect();
    (
        Plan::new("demo.jsonl", "http://localhost"),
        Mix::of(vec![(script, 1)]),
        Results {
            counts,
            timeline,
            duration: Duration::from_secs(3),
            ..Results::default()
        },
    )
}

#[test]
fn the_json_has_each_step_and_each_kind_of_error() {
    let (plan, script, results) = example();
    let json = report::json(&plan, &script, &results);
    assert_eq!(
        (&json["responses"], &json["errors"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(json["steps"][0]["count"], 3);
    assert_eq!(
        json["errors_by_kind"][0]["kind"],
        "expected a patch, got <script>"
    );
    assert_eq!(json["timeline"].as_array().unwrap().len(), 3);
}

#[test]
fn the_page_needs_no_other_file_and_runs_no_script() {
    let (plan, script, results) = example();
    let page = report::html(&plan, &script, &results, "now");
    assert!(page.contains("click &lt;b&gt;") && page.contains("got &lt;script&gt;"));
    for foreign in ["<script", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(foreign), "`{foreign}` is in\n{page}");
    }
    assert_eq!(page.matches("<svg").count(), 4);
}

#[test]
fn the_top_of_a_chart_is_round_and_not_below_what_is_in_it() {
    for (number, top) in [
        (0.0, 1.0),
        (0.3, 0.4),
        (7.0, 8.0),
        (10.0, 10.0),
        (101.0, 200.0),
        (4100.0, 5000.0),
    ] {
        assert!(
            (axis_end(number) - top).abs() < 1e-9,
            "{number}: {}",
            axis_end(number)
        );
    }
}

#[test]
fn a_long_run_and_none_at_all_can_be_drawn() {
    let long: Vec<Sample> = (0..10_000)
        .map(|at| Sample {
            at: f64::from(at),
            p99: 2.0,
            ..Sample::default()
        })
        .collect();
    assert!(charts(&long).into_string().len() < 60_000);
    assert!(!charts(&[]).into_string().contains("NaN"));
}

#[test]
fn a_server_that_stops_answering_fails_its_thresholds() {
    let metrics = metrics(1);
    let began = Instant::now();
    // Ten users ask every second for eight seconds, then nothing is answered until the end, 12.5 seconds later.
    for _ in 0..80 {
        respond(&metrics, 0, 4);
    }
    for user in 0..10 {
        metrics.begin(user, 0, began, began);
    }
    metrics.end(began + Duration::from_millis(12_500));
    let results = Results {
        counts: metrics.take(),
        think: Some(Duration::from_secs(1)),
        ..Results::default()
    };
    assert_eq!(
        (results.counts.unanswered(), results.counts.error_count()),
        (10, 10)
    );
    assert!(
        (results.max() - 12_500.0).abs() < 125.0,
        "{}",
        results.max()
    );
    let waits = results.waits();
    // Each of the ten stands for the eleven that its user could not ask meanwhile as well.
    assert_eq!(waits.count(), 80 + 10 * 12);
    assert!(
        waits.percentile(99.0) > 11_000.0,
        "{}",
        waits.percentile(99.0)
    );
    let mut plan = Plan::new("f", "http://localhost");
    plan.max_p99 = Some(Duration::from_millis(300));
    plan.max_errors = Some(ErrorLimit::Percent(1.0));
    let words = failed(&plan, &results).join("; ");
    assert!(
        words.contains("p99 is") && words.contains("% of all"),
        "{words}"
    );
}

#[test]
fn responses_that_come_in_time_are_not_corrected() {
    let metrics = metrics(1);
    for millis in [1, 2, 3, 900] {
        respond(&metrics, 0, millis);
    }
    let mut results = Results {
        counts: metrics.take(),
        think: Some(Duration::from_secs(1)),
        ..Results::default()
    };
    assert_eq!(results.waits().count(), 4);
    results.think = Some(Duration::ZERO);
    assert!(
        results.waits().count() > 400,
        "without a pause the user would have asked more"
    );
}

#[test]
fn times_without_an_answer_are_found_across_users_and_pauses() {
    let began = Instant::now();
    let at = |millis: u64| began + Duration::from_millis(millis);
    let watch = StallWatch::new(began);
    // Nobody asks for ten seconds: that is no stall.
    watch.asked(at(10_000));
    watch.asked(at(10_100));
    watch.answered(at(10_200));
    watch.answered(at(12_200));
    assert_eq!(watch.silence(at(20_000)), Duration::ZERO);
    watch.asked(at(20_000));
    // Giving up, and asking once more after a pause, is no answer.
    watch.given_up();
    watch.asked(at(24_000));
    assert_eq!(watch.silence(at(25_000)), Duration::from_secs(5));
    let stall = |at: u64, length: u64, is_open| Stall {
        at: Duration::from_millis(at),
        length: Duration::from_millis(length),
        is_open,
    };
    let stalls = watch.finish(at(26_000));
    assert_eq!(
        stalls,
        [stall(20_000, 6_000, true), stall(10_200, 2_000, false)]
    );
    assert_eq!(
        stalls[0].to_string(),
        "nothing answered for 6.0 s, from 20.0 s on until the end"
    );
}

#[test]
fn a_time_without_an_answer_fails_a_run_with_thresholds() {
    let mut results = results(1000, 0);
    results.stalls = vec![Stall {
        at: Duration::from_secs(8),
        length: Duration::from_secs(6),
        is_open: false,
    }];
    let mut plan = Plan::new("f", "http://localhost");
    assert_eq!(failed(&plan, &results), Vec::<String>::new());
    plan.max_errors = Some(ErrorLimit::Count(0));
    assert_eq!(
        failed(&plan, &results),
        ["nothing answered for 6.0 s, from 8.0 s on, more than 5s"]
    );
    plan.max_stall = Some(Duration::from_secs(10));
    assert_eq!(failed(&plan, &results), Vec::<String>::new());
}
