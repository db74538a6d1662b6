//! What is measured, and what is made of it.

use std::time::Duration;

use serde_json::json;

use crate::{
    Plan, Script,
    metrics::{Counts, MAX_ERROR_KINDS, Results, Sample, ThreadMetrics},
    plan::ErrorLimit,
    report::{self, chart::axis_end, charts},
    thresholds::failed,
};

#[test]
fn the_counts_of_threads_are_added_without_loss() {
    let threads = [ThreadMetrics::new(2), ThreadMetrics::new(2)];
    for (metrics, millis) in threads.iter().zip([1, 3]) {
        metrics.response(1, Duration::from_millis(millis));
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
    let metrics = ThreadMetrics::new(1);
    for number in 0..10_000 {
        metrics.error(0, format!("kind {number}"));
    }
    let all = metrics.take();
    assert_eq!(all.error_count(), 10_000);
    assert!(all.errors.len() <= MAX_ERROR_KINDS + 1);
}

fn results(responses: u64, errors: u64) -> Results {
    let metrics = ThreadMetrics::new(1);
    for number in 0..responses {
        metrics.response(
            0,
            Duration::from_millis(if number % 10 == 0 { 400 } else { 10 }),
        );
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

fn example() -> (Plan, Script, Results) {
    let names = vec!["GET /".to_owned(), "click <b>".to_owned()];
    let script = Script {
        names,
        ..Script::default()
    };
    let metrics = ThreadMetrics::new(2);
    for millis in [1, 2, 30] {
        metrics.response(0, Duration::from_millis(millis));
    }
    metrics.error(1, "expected a patch, got <script>".into());
    let counts = metrics.take();
    let timeline = (0..3)
        .map(|at| Sample::of(Duration::from_secs(at), 1.0, &counts, (2, 1)))
        .collect();
    (
        Plan::new("demo.jsonl", "http://localhost"),
        script,
        Results {
            counts,
            timeline,
            duration: Duration::from_secs(3),
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
