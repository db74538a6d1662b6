//! The page that shows a run while it goes on, and changes it: a small server for whoever sits at this machine.
//!
//! It listens on the loopback address alone. Pages of other sites cannot use it: it answers only to a name of this machine
//! and takes orders only from its own page.

mod server;

use std::{
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use crate::{
    Error, Plan, Script,
    crowd::{Aim, Measured},
    report,
};

/// What the page and the run tell each other. Cheap to clone.
#[derive(Clone)]
pub struct Board(Arc<Shared>);

struct Shared {
    /// What is wanted.
    aim: watch::Sender<Aim>,
    start: Notify,
    stop: Notify,
    /// The text of the next event; those who listen are told.
    news: watch::Sender<String>,
    past: Mutex<Past>,
}

#[derive(Default)]
struct Past {
    running: bool,
    about: Value,
    moments: Vec<Value>,
    summary: Value,
    report: Option<String>,
}

impl Board {
    /// For this plan.
    pub fn new(plan: &Plan) -> Self {
        let about = json!({ "file": plan.file.to_string_lossy(), "url": plan.url });
        Self(Arc::new(Shared {
            aim: watch::Sender::new(plan.aim()),
            start: Notify::new(),
            stop: Notify::new(),
            news: watch::Sender::new(String::new()),
            past: Mutex::new(Past {
                about,
                ..Past::default()
            }),
        }))
    }

    /// Serves the page until the program ends; its address comes back.
    ///
    /// # Errors
    /// If nobody can listen there.
    pub async fn serve(&self, port: u16) -> Result<String, Error> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .map_err(|error| {
                let other = port.saturating_add(1);
                Error::new(format!("the page cannot be at port {port}: {error}")).hint(format!(
                    "`--port {other}` for another one, `--headless` for no page"
                ))
            })?;
        let port = listener.local_addr().map_or(port, |address| address.port());
        tokio::spawn(server::run(listener, self.clone()));
        Ok(format!("http://127.0.0.1:{port}"))
    }

    /// What is wanted, as it changes.
    pub fn aim(&self) -> watch::Receiver<Aim> {
        self.0.aim.subscribe()
    }

    /// Ready when somebody wants a run to begin.
    pub async fn started(&self) {
        self.0.start.notified().await;
    }

    /// Ready when somebody wants it to end.
    pub async fn stopped(&self) {
        self.0.stop.notified().await;
    }

    /// A run begins. Who has clicked twice before has not meant this one.
    pub fn begin(&self) {
        for order in [&self.0.start, &self.0.stop] {
            // Takes the second click, if there was one.
            pin!(order.notified()).enable();
        }
        let mut past = self.past();
        past.running = true;
        past.moments.clear();
        past.report = None;
        drop(past);
        self.tell(true);
    }

    /// A second has passed.
    pub fn moment(&self, script: &Script, measured: &Measured) {
        let mut past = self.past();
        past.moments
            .extend(measured.moments.last().map(report::moment));
        past.summary = summary(script, measured);
        drop(past);
        self.tell(false);
    }

    /// A run has ended; this is its report.
    pub fn end(&self, page: String) {
        let mut past = self.past();
        past.running = false;
        past.report = Some(page);
        drop(past);
        self.tell(true);
    }

    fn past(&self) -> std::sync::MutexGuard<'_, Past> {
        self.0.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything, for a page that was just opened or has to begin anew; else the last second.
    fn event(&self, all: bool) -> String {
        let Aim { users, ramp } = *self.0.aim.borrow();
        let past = self.past();
        let moments = if all {
            past.moments.as_slice()
        } else {
            &past.moments[past.moments.len().saturating_sub(1)..]
        };
        json!({
            "all": all, "running": past.running, "about": past.about, "users": users, "ramp": ramp,
            "moments": moments, "summary": past.summary, "report": past.report.is_some(),
        })
        .to_string()
    }

    fn tell(&self, all: bool) {
        let event = self.event(all);
        self.0.news.send_replace(event);
    }

    fn order(&self, path: &str, body: &Value) -> bool {
        match path {
            "/aim" => {
                let (users, ramp) = (body["users"].as_u64(), body["ramp"].as_f64());
                let (Some(users), Some(ramp)) = (users, ramp) else {
                    return false;
                };
                let Ok(users) = usize::try_from(users.min(1_000_000)) else {
                    return false;
                };
                if !(ramp > 0.0 && ramp <= 100_000.0) {
                    return false;
                }
                self.0.aim.send_replace(Aim { users, ramp });
                self.tell(false);
            }
            "/start" if !self.past().running => self.0.start.notify_one(),
            "/stop" => self.0.stop.notify_one(),
            // It runs already.
            "/start" => {}
            _ => return false,
        }
        true
    }
}

fn summary(script: &Script, measured: &Measured) -> Value {
    let counts = &measured.counts;
    let all = counts.all();
    let mut errors: Vec<_> = counts.errors.iter().collect();
    errors.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let errors = errors.into_iter().take(20).map(|((name, kind), count)| {
        json!({ "step": script.names.get(*name), "kind": kind, "count": count })
    });
    json!({
        "answers": all.count(), "errors": counts.failures(), "rounds": counts.rounds, "seconds": measured.took.as_secs_f64(),
        "p50_ms": all.percentile(50.0), "p99_ms": all.percentile(99.0), "errors_by_kind": errors.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether an order waits to be followed.
    fn waits(order: &Notify) -> bool {
        pin!(order.notified()).enable()
    }

    #[test]
    fn a_second_click_is_not_kept_for_the_next_run() {
        let board = Board::new(&Plan::new("", "http://localhost"));
        let click = |order| assert!(board.order(order, &Value::Null));
        click("/start");
        click("/start");
        assert!(waits(&board.0.start));
        click("/start");
        board.begin();
        click("/start");
        click("/stop");
        assert!(waits(&board.0.stop));
        click("/stop");
        board.end(String::new());
        assert!(!waits(&board.0.start));
        click("/start");
        assert!(waits(&board.0.start));
        board.begin();
        assert!(!waits(&board.0.stop));
    }
}
