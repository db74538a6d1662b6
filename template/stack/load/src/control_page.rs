//! The page that shows a run while it goes on, and changes it: for the person at this machine.
//!
//! It listens on the loopback address alone. Pages of other sites cannot use it: it only answers to a name of this machine, and
//! takes commands only from its own page ([`server`]).

pub(crate) mod server;

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use crate::{Error, Plan, Script, load_profile::LoadProfile, metrics::Results, report};

/// The state that page and run share. Cheap to clone.
#[derive(Clone)]
pub struct ControlPage(Arc<Shared>);

struct Shared {
    load_profile: watch::Sender<LoadProfile>,
    start: Notify,
    stop: Notify,
    /// The last event for open pages.
    events: watch::Sender<String>,
    run: Mutex<RunState>,
}

/// What a page that is opened now has to show.
#[derive(Default)]
struct RunState {
    is_running: bool,
    /// What is played, and where.
    about: Value,
    timeline: Vec<Value>,
    summary: Value,
    report: Option<String>,
}

impl ControlPage {
    /// For this plan.
    pub fn new(plan: &Plan) -> Self {
        let about = json!({ "file": plan.file, "url": plan.url });
        Self(Arc::new(Shared {
            load_profile: watch::Sender::new(plan.load_profile()),
            start: Notify::new(),
            stop: Notify::new(),
            events: watch::Sender::new(String::new()),
            run: Mutex::new(RunState {
                about,
                ..RunState::default()
            }),
        }))
    }

    /// Serves the page until the program ends; its address comes back.
    ///
    /// # Errors
    /// If the port is taken.
    pub async fn serve(&self, port: u16) -> Result<String, Error> {
        let cannot = |error| {
            let other = port.saturating_add(1);
            Error::new(format!("the page cannot be served at port {port}: {error}")).hint(format!(
                "`--port {other}` for another one, `--headless` for no page"
            ))
        };
        let bound = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = bound.map_err(cannot)?;
        let port = listener.local_addr().map_or(port, |address| address.port());
        let router = server::router(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(format!("http://127.0.0.1:{port}"))
    }

    /// The load profile, as it changes.
    pub fn load_profile(&self) -> watch::Receiver<LoadProfile> {
        self.0.load_profile.subscribe()
    }

    /// Ready when a run is to begin.
    pub async fn started(&self) {
        self.0.start.notified().await;
    }

    /// Ready when the run is to end.
    pub async fn stopped(&self) {
        self.0.stop.notified().await;
    }

    /// A run begins. A second click on a button before it is not for this run.
    pub fn begin(&self) {
        for command in [&self.0.start, &self.0.stop] {
            // Takes the second click, if there was one.
            pin!(command.notified()).enable();
        }
        let mut run = self.run();
        run.is_running = true;
        run.timeline.clear();
        run.report = None;
        drop(run);
        self.send_event(true);
    }

    /// A second has passed.
    pub fn sample(&self, script: &Script, results: &Results) {
        let mut run = self.run();
        let sample = results.timeline.last().map(report::sample);
        run.timeline.extend(sample);
        run.summary = summary(script, results);
        drop(run);
        self.send_event(false);
    }

    /// A run has ended; this is its report.
    pub fn end(&self, report: String) {
        let mut run = self.run();
        run.is_running = false;
        run.report = Some(report);
        drop(run);
        self.send_event(true);
    }

    fn run(&self) -> MutexGuard<'_, RunState> {
        self.0.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything, for a page that was just opened or has to begin anew; else the last second.
    fn event(&self, is_all: bool) -> String {
        let LoadProfile { users, ramp } = *self.0.load_profile.borrow();
        let run = self.run();
        let timeline = if is_all {
            run.timeline.as_slice()
        } else {
            &run.timeline[run.timeline.len().saturating_sub(1)..]
        };
        json!({
            "all": is_all, "running": run.is_running, "about": run.about, "users": users, "ramp": ramp,
            "timeline": timeline, "summary": run.summary, "report": run.report.is_some(),
        })
        .to_string()
    }

    fn send_event(&self, is_all: bool) {
        let event = self.event(is_all);
        self.0.events.send_replace(event);
    }

    fn set_load_profile(&self, profile: LoadProfile) {
        self.0.load_profile.send_replace(profile);
        self.send_event(false);
    }

    pub(crate) fn start(&self) {
        if !self.run().is_running {
            self.0.start.notify_one();
        }
    }

    pub(crate) fn stop(&self) {
        self.0.stop.notify_one();
    }
}

fn summary(script: &Script, results: &Results) -> Value {
    let counts = &results.counts;
    let latencies = counts.latencies();
    let errors = counts.frequent_errors();
    let errors = errors.iter().take(20).map(
        |(name, kind, count)| json!({ "step": script.step_name(*name), "kind": kind, "count": count }),
    );
    json!({
        "responses": latencies.count(), "errors": counts.error_count(), "seconds": results.duration.as_secs_f64(),
        "p50_ms": latencies.percentile(50.0), "p99_ms": latencies.percentile(99.0),
        "errors_by_kind": errors.collect::<Vec<_>>(),
    })
}
