//! The steps of an iteration, and the time between them.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::{Abort, User};
use crate::{
    connection::no_response,
    http::NO_CONNECTION,
    step::{Action, Step},
};

impl User {
    /// Plays the script from the step with this index on. Its first step began when the visit was `due`, if that is said.
    pub(super) async fn iteration(
        &mut self,
        start: usize,
        mut due: Option<Instant>,
    ) -> Result<(), Abort> {
        let (scenario, script) = (Arc::clone(&self.scenario), Arc::clone(&self.script));
        for (index, step) in script.steps.iter().enumerate().skip(start) {
            // Who comes when it is time has thought already.
            if due.is_none() {
                self.think(step, index == start).await?;
            }
            if let Action::Disconnect(connections) = &step.action {
                for connection in connections {
                    self.browser.disconnect(*connection).await;
                }
                continue;
            }
            let now = Instant::now();
            let began = due.take().unwrap_or(now);
            self.metrics.begin(self.index, step.name, began, now);
            let done = timeout(scenario.timeout, self.step(step)).await;
            let late = |_| Err(no_response(scenario.timeout).into());
            let done = done.unwrap_or_else(late);
            self.measured(&done, began);
            done?;
        }
        Ok(())
    }

    /// Notes how a step ended that began at this time.
    fn measured(&self, done: &Result<(), Abort>, began: Instant) {
        let now = Instant::now();
        match done {
            Ok(()) => {
                let latency = now.duration_since(began);
                self.metrics.response(self.index, latency, now);
            }
            Err(Abort::Error(kind)) if is_silence(kind, self.scenario.timeout) => {
                self.metrics.no_response(self.index, kind.clone(), now);
            }
            Err(Abort::Error(kind)) => self.metrics.bad_response(self.index, kind.clone(), now),
            Err(Abort::Inactive) => {}
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), Abort> {
        match &step.action {
            Action::Request(request) => self.request(request).await,
            Action::Connect {
                connection,
                url,
                reconnect,
                time_zone,
                expect,
            } => {
                let time_zone = time_zone.as_deref();
                self.join(*connection, url, *reconnect, time_zone, *expect)
                    .await
            }
            Action::Message(message) => self.message(message).await,
            Action::Disconnect(_) => Ok(()),
        }
    }

    fn failed(&self, step: &Step, abort: Abort) -> Abort {
        if let Abort::Error(kind) = &abort {
            self.metrics.error(step.name, kind.clone());
        }
        abort
    }

    /// Waits as long as the recorded visitor did, or as the plan says.
    async fn think(&mut self, step: &Step, is_first: bool) -> Result<(), Abort> {
        let time = match self.scenario.think {
            None => step.think,
            Some(_) if step.is_automatic && !is_first => Duration::ZERO,
            Some((min, max)) => min + max.saturating_sub(min).mul_f64(self.rng.f64()),
        };
        if time.is_zero() {
            return if self.is_active() {
                Ok(())
            } else {
                Err(Abort::Inactive)
            };
        }
        let paused = self.pause(time).await;
        paused.map_err(|abort| self.failed(step, abort))
    }

    /// Waits for this time, unless it is over already.
    pub(super) async fn wait_until(&mut self, time: Instant) -> Result<(), Abort> {
        match time.checked_duration_since(Instant::now()) {
            Some(left) => self.pause(left).await,
            None => Ok(()),
        }
    }

    /// Waits, while live pages receive messages and send pings.
    pub(super) async fn pause(&mut self, time: Duration) -> Result<(), Abort> {
        let end = Instant::now() + time;
        loop {
            let pings = self.browser.live.values().map(|live| live.ping_due());
            let next = pings.min().map_or(end, |ping| ping.min(end));
            tokio::select! {
                () = sleep_until(next) => {
                    let now = Instant::now();
                    if now >= end {
                        return Ok(());
                    }
                    let live = self.browser.live.values_mut();
                    for connection in live.filter(|live| now >= live.ping_due()) {
                        connection.ping().await?;
                    }
                }
                () = inactive(&mut self.active_users, self.index) => return Err(Abort::Inactive),
                message = self.browser.next_message() => self.receive(message).await?,
            }
        }
    }
}

/// Whether a step failed because the server did nothing at all.
fn is_silence(kind: &str, timeout: Duration) -> bool {
    kind == NO_CONNECTION || kind == no_response(timeout)
}

/// Ready when the user with this index is not active any more.
async fn inactive(active_users: &mut watch::Receiver<usize>, index: usize) {
    // Without a sender no user is active.
    active_users.wait_for(|users| *users <= index).await.ok();
}
