//! Visits at a rate, several scripts at once, and whether it is the server that was measured.

use std::{
    path::PathBuf,
    sync::Arc,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    playing::{ok, server},
    *,
};
use crate::{
    Plan,
    arrivals::Arrivals,
    generator,
    metrics::{Counts, Latencies, NO_USER_FREE, Results},
    mix::Mix,
    play,
    server_figures::ServerFigures,
};

/// Plays until this is true of the results.
async fn play_until(
    plan: &Plan,
    mix: impl Into<Mix>,
    enough: impl Fn(&Results) -> bool,
) -> Results {
    let target = play::resolve(plan).await.unwrap();
    let profile = tokio::sync::watch::channel(plan.load_profile()).1;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let mut stop = Some(stop);
    let on_sample = |results: &Results| {
        if enough(results)
            && let Some(stop) = stop.take()
        {
            stop.send(()).unwrap();
        }
    };
    let stop = async { stopped.await.unwrap() };
    let played = play::play(plan, mix, &target, profile, stop, on_sample);
    played.await.unwrap()
}

#[test]
fn visits_are_due_at_their_rate_and_those_that_nobody_took_are_known() {
    let began = Instant::now();
    let arrivals = Arrivals::new(began, 4.0);
    let at = |millis| began + Duration::from_millis(millis);
    assert_eq!((arrivals.take(), arrivals.take()), (at(0), at(250)));
    let missed: Vec<_> = arrivals.missed(at(1100)).collect();
    let late = [600, 350, 100].map(Duration::from_millis);
    assert_eq!(missed, late);
    assert_eq!(arrivals.missed(at(400)).count(), 0);
}

#[tokio::test]
async fn visits_begin_at_a_rate_and_those_that_find_no_user_free_are_errors() {
    // Nothing is ever answered: one user is all that there is, and waits.
    let address = server(|_| "").await;
    let mut plan = Plan::new("", format!("http://{address}"));
    (plan.users, plan.rate) = (1, Some(20.0));
    let script = script(&[http(1, "GET", "/a", 200)]);
    let results = play_until(&plan, script, |results| !results.timeline.is_empty()).await;
    let missed = results.counts.errors.get(&(0, NO_USER_FREE.to_owned()));
    assert!(
        missed.is_some_and(|count| *count >= 15),
        "{:?}",
        results.counts.errors
    );
    assert_eq!(results.counts.unanswered(), 1);
    assert_eq!(results.waits().count(), results.counts.error_count());
}

#[tokio::test]
async fn visits_at_a_rate_do_not_wait_for_each_other() {
    let address = server(|_| ok("")).await;
    let mut plan = Plan::new("", format!("http://{address}"));
    (plan.users, plan.rate) = (50, Some(100.0));
    // It holds between the steps of a visit, and not before the first.
    let hour = Duration::from_secs(3600);
    plan.think = Some((hour, hour));
    let script = script(&[http(1, "GET", "/a", 200), http(2, "GET", "/b", 200)]);
    let all = |results: &Results| results.counts.latencies().count() >= 50;
    let results = play_until(&plan, script, all).await;
    assert_eq!(
        results.counts.latencies().count(),
        50,
        "one visit of each user"
    );
}

#[tokio::test]
async fn several_scripts_are_played_by_their_shares() {
    let counts: [Arc<AtomicUsize>; 2] = Default::default();
    let seen = counts.clone();
    let address = server(move |text| {
        let which = usize::from(text.starts_with("GET /rare "));
        seen[which].fetch_add(1, Ordering::Relaxed);
        ok("")
    })
    .await;
    let mut plan = Plan::new("", format!("http://{address}"));
    (plan.users, plan.think) = (8, Some((Duration::ZERO, Duration::ZERO)));
    let common = script(&[http(1, "GET", "/common", 200), http(2, "GET", "/both", 200)]);
    let rare = script(&[http(1, "GET", "/rare", 200), http(2, "GET", "/both", 200)]);
    let mix = Mix::of(vec![(common, 3), (rare, 1)]);
    let target = play::resolve(&plan).await.unwrap();
    let played = play::play_iterations(&plan, mix.clone(), &target, 2).await;
    let results = played.unwrap();
    assert_eq!(
        counts[1].load(Ordering::Relaxed),
        4,
        "two of eight users, twice"
    );
    assert_eq!(mix.names, ["GET /common", "GET /both", "GET /rare"]);
    let of_steps: Vec<u64> = results.counts.steps.iter().map(Latencies::count).collect();
    assert_eq!(
        of_steps,
        [12, 16, 4],
        "steps of one name are counted together"
    );
}

#[test]
fn recordings_are_named_with_their_shares() {
    let mut plan = Plan::new("a.jsonl", "http://localhost");
    assert_eq!(plan.names(), "a.jsonl");
    plan.recordings.push((PathBuf::from("b.har"), 3));
    assert_eq!(plan.names(), "a.jsonl, b.har (3 times)");
}

#[test]
fn a_generator_that_is_too_busy_is_named() {
    let results = |lag: u64, latency: u64| {
        let mut counts = Counts {
            steps: vec![Latencies::default()],
            ..Counts::default()
        };
        counts.lag.add(Duration::from_millis(lag));
        counts.steps[0].add(Duration::from_millis(latency));
        Results {
            counts,
            ..Results::default()
        }
    };
    assert_eq!(generator::holds_up(&results(1, 3)), None);
    assert_eq!(
        generator::holds_up(&results(20, 900)),
        None,
        "the server is slower by far"
    );
    let words = generator::holds_up(&results(40, 50)).unwrap();
    assert!(
        words.contains("too busy") && words.contains("--threads"),
        "{words}"
    );
}

const BEFORE: &str = r#"# HELP http_request_duration_seconds From the head of a request to the head of its answer.
http_request_duration_seconds_bucket{le="0.001",method="GET",route="/"} 5
http_request_duration_seconds_bucket{le="0.01",method="GET",route="/"} 6
http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/"} 6
"#;

const AFTER: &str = r#"http_request_duration_seconds_bucket{le="0.001",method="GET",route="/"} 55
http_request_duration_seconds_bucket{le="0.01",method="GET",route="/"} 106
http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/"} 106
http_request_duration_seconds_count{method="GET",route="/"} 106
live_event_duration_seconds_bucket{le="0.001",page="/"} 10
live_event_duration_seconds_bucket{le="+Inf",page="/"} 10
"#;

#[test]
fn the_figures_of_the_server_are_those_of_the_run() {
    let figures = ServerFigures::parse(AFTER).since(&ServerFigures::parse(BEFORE));
    assert_eq!(figures.requests(), 100);
    assert!(
        (figures.percentile(50.0) - 1.0).abs() < 0.01,
        "{}",
        figures.percentile(50.0)
    );
    assert!(
        (figures.percentile(75.0) - 5.5).abs() < 0.01,
        "{}",
        figures.percentile(75.0)
    );
    let words = figures.to_string();
    assert!(
        words.starts_with("100 requests, p50 1 ms") && words.contains("10 events of live pages"),
        "{words}"
    );
    assert_eq!(ServerFigures::default().to_string(), "no request");
}

#[tokio::test]
async fn the_server_is_asked_for_its_figures_before_and_after() {
    let asked = AtomicUsize::new(0);
    let address = server(move |text| {
        if !text.starts_with("GET /metrics ") {
            return ok("");
        }
        let shown = [BEFORE, AFTER][asked.fetch_add(1, Ordering::Relaxed).min(1)];
        ok(shown).replacen("text/html", "application/openmetrics-text", 1)
    })
    .await;
    let mut plan = Plan::new("", format!("http://{address}"));
    plan.metrics = Some(plan.url.clone());
    let script = script(&[http(1, "GET", "/a", 200)]);
    let results = play_until(&plan, script, |_| true).await;
    assert_eq!(results.server.unwrap().requests(), 100);
}
