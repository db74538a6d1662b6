//! A virtual user: plays the script again and again, as a browser would.
//!
//! The next step begins when the response to the one before is complete and the think time is over: a closed loop. With a
//! rate, a visit begins when it is due ([`crate::arrivals`]). A response of another kind than the recorded one ends the iteration; after a while the user starts again as a new visitor.

mod browser;
pub(crate) mod checks;
mod events;
mod live;
mod request;
mod scenario;
mod steps;
mod upload;

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use fastrand::Rng;
use tokio::sync::watch;

use crate::{
    Script,
    arrivals::Arrivals,
    metrics::{CountedUser, ThreadMetrics},
    variables::Variables,
};
use browser::Browser;
pub(crate) use scenario::Scenario;

/// The longest wait after an error; the random part comes on top and is at most as long again.
const MAX_BACKOFF: Duration = Duration::from_secs(5);

pub(crate) struct User {
    scenario: Arc<Scenario>,
    script: Arc<Script>,
    metrics: Arc<ThreadMetrics>,
    /// Counted from 0.
    index: usize,
    active_users: watch::Receiver<usize>,
    rng: Rng,
    /// How many visitors this user has been.
    visits: usize,
    variables: Variables,
    browser: Browser,
}

/// Why an iteration was not completed.
pub(crate) enum Abort {
    /// A response was not as expected; what happened, for the report.
    Error(String),
    /// The user is not active any more.
    Inactive,
}

impl From<String> for Abort {
    fn from(kind: String) -> Self {
        Self::Error(kind)
    }
}

impl From<&str> for Abort {
    fn from(kind: &str) -> Self {
        Self::Error(kind.to_owned())
    }
}

impl User {
    pub(crate) fn new(scenario: Arc<Scenario>, metrics: Arc<ThreadMetrics>, index: usize) -> Self {
        let variables = Variables::new(&scenario.run_id, index + 1, 0, &scenario.set);
        Self {
            active_users: scenario.active_users.clone(),
            browser: Browser::new(scenario.target.origin.url(), Arc::clone(&metrics)),
            script: scenario.mix.script(index),
            scenario,
            metrics,
            index,
            rng: Rng::with_seed(index as u64),
            visits: 0,
            variables,
        }
    }

    /// Plays until the user is not active any more, or all iterations are done.
    pub(crate) async fn play(mut self) {
        let mut backoff = self.backoff();
        let mut iterations = 0;
        let mut start = 0;
        while self.is_active() && self.scenario.iterations.is_none_or(|max| iterations < max) {
            iterations += 1;
            let due = self.scenario.arrivals.as_ref().map(Arrivals::take);
            if let Some(due) = due
                && self.wait_until(due).await.is_err()
            {
                return;
            }
            let _counted = due.map(|_| CountedUser::new(&self.metrics));
            if start == 0 {
                self.become_new_visitor();
            } else {
                self.variables.forget_tokens();
                self.browser.forget_documents();
            }
            let outcome = self.iteration(start, due).await;
            self.browser.disconnect_all().await;
            match outcome {
                Ok(()) => {
                    self.metrics.iteration();
                    backoff = self.backoff();
                    start = if self.scenario.fresh {
                        0
                    } else {
                        self.script.loop_start
                    };
                }
                Err(Abort::Inactive) => return,
                Err(Abort::Error(_)) => {
                    self.browser.http = None;
                    start = 0;
                    let wait = backoff.next().unwrap_or(MAX_BACKOFF);
                    if self.pause(wait).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn become_new_visitor(&mut self) {
        self.visits += 1;
        let scenario = &self.scenario;
        self.variables =
            Variables::new(&scenario.run_id, self.index + 1, self.visits, &scenario.set);
        self.browser
            .become_new_visitor(scenario.target.origin.url());
    }

    /// Twice as long after each error, and not as long for all users, so that they do not come back at once.
    fn backoff(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(125))
            .with_max_delay(MAX_BACKOFF)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(self.index as u64)
            .build()
    }

    fn is_active(&self) -> bool {
        self.index < *self.active_users.borrow()
    }
}
