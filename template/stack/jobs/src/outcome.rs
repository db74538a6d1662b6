//! What came of the jobs of a worker. One task stores it, since each commit waits for the disk: all that ended while it stored
//! the ones before is one statement, and meanwhile other jobs run.

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::{sync::mpsc, time::sleep};

use crate::{
    Failure, Registry,
    job::exponential,
    table::{self, Claimed},
};

/// How many jobs may have ended and wait to be stored. When there are more, their places are taken until they are.
pub(crate) const BATCH: usize = 32;
/// The pauses while what came of jobs cannot be stored.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// The pause before the next attempt of a job that panics when it is asked for one.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// How many characters of an error are stored.
const ERROR: usize = 2000;

/// A job that runs no more.
pub(crate) struct Ended {
    pub(crate) job: Claimed,
    /// None if the worker had to leave it to others.
    pub(crate) outcome: Option<Result<(), Failure>>,
}

impl Ended {
    fn is_done(&self) -> bool {
        matches!(self.outcome, Some(Ok(())))
    }
}

/// Stores what came of jobs, until there are no more of them, or it cannot and nobody may wait for it.
pub(crate) async fn store<S: Clone + Send + Sync + 'static>(
    registry: Arc<Registry<S>>,
    pool: PgPool,
    lease: Duration,
    mut outcomes: mpsc::Receiver<Ended>,
    gives_up: impl Fn() -> bool + Send,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while outcomes.recv_many(&mut batch, BATCH).await > 0 {
        let mut failures = 0;
        while let Err(error) = settle_all(&registry, &pool, &mut batch).await {
            tracing::warn!(jobs = batch.len(), %error, "cannot store what came of jobs");
            if gives_up() {
                return;
            }
            failures += 1;
            sleep(exponential(SHORTEST_WAIT, LONGEST_WAIT, failures)).await;
            while let Ok(ended) = outcomes.try_recv() {
                batch.push(ended);
            }
            // So that a job which is done does not run again because the database was away.
            let jobs: Vec<&Claimed> = batch.iter().map(|ended| &ended.job).collect();
            table::extend(&pool, &jobs, lease).await.ok();
        }
    }
}

/// Stores what came of these jobs, and leaves those of which it could not.
async fn settle_all<S: Clone + Send + Sync + 'static>(
    registry: &Registry<S>,
    pool: &PgPool,
    batch: &mut Vec<Ended>,
) -> sqlx::Result<()> {
    let done = batch.iter().filter(|ended| ended.is_done());
    let done: Vec<&Claimed> = done.map(|ended| &ended.job).collect();
    if !done.is_empty() {
        table::finish(pool, &done).await?;
        done.into_iter().for_each(log_done);
    }
    batch.retain(|ended| !ended.is_done());
    while let Some(ended) = batch.pop() {
        let stored = match &ended.outcome {
            Some(outcome) => settle(registry, pool, &ended.job, outcome).await,
            None => table::release(pool, &ended.job).await,
        };
        if let Err(error) = stored {
            // The others go first the next time.
            batch.insert(0, ended);
            return Err(error);
        }
    }
    Ok(())
}

fn log_done(job: &Claimed) {
    tracing::debug!(id = %job.id, kind = job.kind, attempt = job.attempt(), "a job is done");
}

/// Stores what came of an attempt, and logs it.
pub(crate) async fn settle<S: Clone + Send + Sync + 'static>(
    registry: &Registry<S>,
    pool: &PgPool,
    job: &Claimed,
    outcome: &Result<(), Failure>,
) -> sqlx::Result<()> {
    let (id, kind, attempt) = (job.id, &*job.kind, job.attempt());
    match outcome {
        Ok(()) => {
            table::finish(pool, &[job]).await?;
            log_done(job);
        }
        Err(failure) => {
            let error: String = failure
                .text
                .chars()
                .filter(|c| *c != '\0')
                .take(ERROR)
                .collect();
            if failure.is_final || job.attempts >= job.max_attempts {
                table::fail(pool, job, &error).await?;
                tracing::error!(%id, kind, attempt, error, "a job has failed");
            } else {
                table::defer(pool, job, pause(registry, job), &error).await?;
                tracing::warn!(%id, kind, attempt, error, "a job failed; it will be tried again");
            }
        }
    }
    Ok(())
}

/// The pause before the next attempt, as the type of the job says: code of the application, which may panic.
fn pause<S: Clone + Send + Sync + 'static>(registry: &Registry<S>, job: &Claimed) -> Duration {
    let Some(pause) = registry.kind(&job.kind).map(|kind| kind.pause) else {
        return Duration::ZERO;
    };
    let attempt = job.attempt();
    std::panic::catch_unwind(move || pause(attempt)).unwrap_or(PAUSE)
}
