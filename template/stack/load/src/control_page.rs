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

use crate::{Error, Plan, load_profile::LoadProfile, metrics::Results, mix::Mix, report};

/// The state that page and run share. Cheap to clone.
#[derive(Clone)]
pub struct ControlPage(Arc<Shared>);

struct Shared {
    load_profile: watch::Sender<LoadProfile>,
    start: Notify,
    stop: Notify,
    /// Tells open pages that there is something new.
    changes: watch::Sender<()>,
    run: Mutex<RunState>,
}

/// What a page that is opened now has to show.
#[derive(Default)]
struct RunState {
    /// How many runs there were before it.
    number: usize,
    is_running: bool,
    /// What is played, and where.
    about: Value,
    timeline: Vec<Value>,
    summary: Value,
    report: Option<String>,
}

/// What an open page shows already.
#[derive(Clone, Copy)]
struct Shown {
    /// The number of the run.
    run: usize,
    /// How many seconds of it.
    seconds: usize,
}

impl ControlPage {
    /// For this plan.
    pub fn new(plan: &Plan) -> Self {
        let about = json!({ "file": plan.names(), "url": plan.url });
        Self(Arc::new(Shared {
            load_profile: watch::Sender::new(plan.load_profile()),
            start: Notify::new(),
            stop: Notify::new(),
            changes: watch::Sender::new(()),
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
        run.number += 1;
        run.is_running = true;
        run.timeline.clear();
        run.report = None;
        drop(run);
        self.changed();
    }

    /// A second has passed.
    pub fn sample(&self, mix: &Mix, results: &Results) {
        let mut run = self.run();
        let sample = results.timeline.last().map(report::sample);
        run.timeline.extend(sample);
        run.summary = summary(mix, results);
        drop(run);
        self.changed();
    }

    /// A run has ended; this is its report.
    pub fn end(&self, report: String) {
        let mut run = self.run();
        run.is_running = false;
        run.report = Some(report);
        drop(run);
        self.changed();
    }

    fn run(&self) -> MutexGuard<'_, RunState> {
        self.0.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The event after which a page shows the current state, with the seconds that it does not show yet. A page that was just
    /// opened, or shows another run, begins anew.
    fn event(&self, shown: Option<Shown>) -> (String, Shown) {
        let LoadProfile { users, ramp } = *self.0.load_profile.borrow();
        let run = self.run();
        let seconds = shown
            .filter(|shown| shown.run == run.number)
            .map(|shown| shown.seconds);
        let event = json!({
            "all": seconds.is_none(), "running": run.is_running, "about": run.about, "users": users, "ramp": ramp,
            "timeline": run.timeline[seconds.unwrap_or_default()..], "summary": run.summary, "report": run.report.is_some(),
        });
        let shown = Shown {
            run: run.number,
            seconds: run.timeline.len(),
        };
        (event.to_string(), shown)
    }

    fn changed(&self) {
        self.0.changes.send_replace(());
    }

    pub(crate) fn set_load_profile(&self, profile: LoadProfile) {
        self.0.load_profile.send_replace(profile);
        self.changed();
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

fn summary(mix: &Mix, results: &Results) -> Value {
    let counts = &results.counts;
    let latencies = counts.latencies();
    let errors = counts.frequent_errors();
    let errors = errors.iter().take(20).map(
        |(name, kind, count)| json!({ "step": mix.step_name(*name), "kind": kind, "count": count }),
    );
    json!({
        "responses": latencies.count(), "errors": counts.error_count(), "seconds": results.duration.as_secs_f64(),
        "p50_ms": latencies.percentile(50.0), "p99_ms": latencies.percentile(99.0),
        "errors_by_kind": errors.collect::<Vec<_>>(),
    })
}
