//! The worker of a process: sends what is due, one mail at a time.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use stack_db::Db;
use tokio::{sync::watch, time::sleep};

use super::{
    Content, Outbox, Requests, Transport,
    table::{self, Row},
};
use crate::{Failure, server::Client};

/// How often the worker looks for mails of other processes, and for those that are due again.
const POLL: Duration = Duration::from_secs(5);

/// For how long a worker has a mail for itself beyond the time-out of the server. If it was killed, another one sends the mail
/// then.
const LEASE_MARGIN: Duration = Duration::from_secs(180);

/// The pause before the second attempt of a mail; it doubles with each, with a random part.
const SHORTEST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The pauses of the worker while the server takes no mails at all.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

pub(super) struct Worker<R> {
    outbox: Outbox,
    db: Db,
    requests: R,
    client: Option<Client>,
    keep: bool,
    lease: Duration,
    stopping: watch::Receiver<bool>,
}

/// What came of a row.
enum Outcome {
    /// The mail is sent, or the request carried out.
    Done,
    /// Another attempt follows.
    Deferred(String),
    /// As before, and the next mail would fail as well.
    Unavailable(String),
    /// There is no other attempt.
    GivenUp(String),
}

impl<R: Requests> Worker<R> {
    pub(super) fn new(outbox: Outbox, db: Db, requests: R) -> Self {
        let (client, keep, limit) = match &*outbox.transport {
            Transport::None | Transport::Development => (None, true, Duration::ZERO),
            Transport::Server { server, keep } => {
                (Some(Client::new(server.clone())), *keep, server.timeout())
            }
        };
        Self {
            stopping: outbox.stopping.subscribe(),
            outbox,
            db,
            requests,
            client,
            keep,
            lease: limit + LEASE_MARGIN,
        }
    }

    pub(super) async fn run(mut self, sent: impl Fn()) {
        let mut failures = 0;
        while !*self.stopping.borrow() {
            let wait = match self.next().await {
                Ok(Some(Outcome::Unavailable(_))) => {
                    failures += 1;
                    pause(SHORTEST_WAIT, LONGEST_WAIT, failures)
                }
                Ok(Some(_)) => {
                    failures = 0;
                    sent();
                    continue;
                }
                Ok(None) => POLL,
                Err(error) => {
                    tracing::warn!(%error, "cannot read the outbox");
                    POLL
                }
            };
            if let Some(client) = &mut self.client {
                client.close().await;
            }
            let added = self.outbox.added.notified();
            let mut stopping = self.stopping.clone();
            tokio::select! {
                // A new mail does not make a server answer.
                () = added, if failures == 0 => {}
                _ = stopping.wait_for(|stopping| *stopping) => {}
                () = sleep(wait) => {}
            }
        }
        if let Some(client) = &mut self.client {
            client.close().await;
        }
    }

    /// Deals with the row that is due, if there is one.
    async fn next(&mut self) -> sqlx::Result<Option<Outcome>> {
        let row = table::claim(self.db.pool(), &["mail", "request"], self.lease).await?;
        let Some(row) = row else {
            if self.keep {
                table::delete_kept(self.db.pool()).await?;
            }
            return Ok(None);
        };
        let outcome = match row.expired {
            true => {
                let last = row.last_error.as_deref().unwrap_or("no attempt was made");
                Outcome::GivenUp(format!("not in time: {last}"))
            }
            false => self.attempt(&row).await,
        };
        // What was sent is never sent again because this could not be stored at once.
        let mut failures = 0;
        while let Err(error) = self.record(&row, &outcome).await {
            if *self.stopping.borrow() {
                return Err(error);
            }
            tracing::warn!(id = %row.id, %error, "cannot store what came of a mail; trying again");
            failures += 1;
            sleep(pause(SHORTEST_WAIT, LONGEST_WAIT, failures)).await;
        }
        Ok(Some(outcome))
    }

    async fn attempt(&mut self, row: &Row) -> Outcome {
        let content = match content(&self.outbox, row) {
            Ok(content) => content,
            Err(error) => return Outcome::Deferred(error),
        };
        match (content, &mut self.client) {
            (Content::Request(request), _) => {
                let done = carry_out(&self.outbox, &self.db, &self.requests, row, request);
                done.await
                    .map_or_else(|error| Outcome::Deferred(chain(&error)), |()| Outcome::Done)
            }
            (Content::Mail(_), None) => Outcome::Done,
            (Content::Mail(mail), Some(client)) => {
                match client.send(&mail, row.id, row.created_at).await {
                    Ok(()) => Outcome::Done,
                    Err(Failure::Refused(error)) => Outcome::GivenUp(error),
                    Err(Failure::Deferred(error)) => Outcome::Deferred(error),
                    Err(Failure::Unavailable(error)) => Outcome::Unavailable(error),
                }
            }
        }
    }

    /// Stores what came of a row, and logs it.
    async fn record(&self, row: &Row, outcome: &Outcome) -> sqlx::Result<()> {
        let (id, attempt) = (row.id, row.attempts);
        match outcome {
            Outcome::Done if self.keep => {
                table::keep(self.db.pool(), id).await?;
                tracing::debug!(%id, "done");
            }
            Outcome::Done => {
                table::delete(self.db.pool(), id).await?;
                tracing::debug!(%id, "done");
            }
            Outcome::Deferred(error) | Outcome::Unavailable(error) => {
                let attempts = usize::try_from(attempt).unwrap_or(1);
                let pause = pause(SHORTEST_PAUSE, LONGEST_PAUSE, attempts);
                table::defer(self.db.pool(), row, pause, error).await?;
                tracing::warn!(%id, attempt, error, "a mail was not sent; it will be tried again");
            }
            Outcome::GivenUp(error) => {
                table::delete(self.db.pool(), id).await?;
                tracing::error!(%id, attempt, error, "a mail was given up");
            }
        }
        Ok(())
    }
}

/// Decrypts a row.
fn content(outbox: &Outbox, row: &Row) -> Result<Content, String> {
    let json = outbox.vault.open(&row.id, &row.content);
    let json = json.map_err(|error| error.to_string())?;
    serde_json::from_str(&json).map_err(|_| "its content is from another version".to_owned())
}

/// Carries out a request, and deletes its row in the same transaction.
async fn carry_out<R: Requests>(
    outbox: &Outbox,
    db: &Db,
    requests: &R,
    row: &Row,
    request: serde_json::Value,
) -> Result<(), R::Error> {
    let request: R::Request =
        serde_json::from_value(request).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let request = &request;
    db.run(|tx| {
        Box::pin(async move {
            requests.carry_out(&mut *tx, request).await?;
            Ok::<_, R::Error>(table::delete(&mut **tx, row.id).await?)
        })
    })
    .await?;
    outbox.wake();
    Ok(())
}

pub(super) async fn carry_out_all<R: Requests>(
    outbox: &Outbox,
    db: &Db,
    requests: &R,
) -> Result<(), R::Error> {
    while let Some(row) = table::claim(db.pool(), &["request"], LEASE_MARGIN).await? {
        if let Ok(Content::Request(request)) = content(outbox, &row) {
            carry_out(outbox, db, requests, &row, request).await?;
        }
    }
    Ok(())
}

/// The pause after the attempt number `attempts`.
fn pause(shortest: Duration, longest: Duration, attempts: usize) -> Duration {
    let pauses = ExponentialBuilder::new()
        .with_min_delay(shortest)
        .with_max_delay(longest)
        .with_jitter()
        .without_max_times();
    let mut pauses = pauses.build();
    pauses.nth(attempts.saturating_sub(1)).unwrap_or(longest)
}

/// An error and its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
