//! For tests: what was enqueued, and running it without a worker.

use std::time::Duration;

use sqlx::{PgExecutor, PgPool};
use stack_db::Db;

use crate::{Job, Registry, outcome, schedule, table, worker};

/// A test that is debugged has time.
const LEASE: Duration = Duration::from_secs(3600);

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The kind of the job.
    pub kind: String,
    /// Why the attempt failed, if it has.
    pub outcome: Result<(), String>,
}

/// The jobs of this type that wait, in the order in which they will run.
///
/// # Errors
/// Errors of the database; an argument that is none of this type.
pub async fn enqueued<J: Job>(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<J>> {
    let arguments: Vec<String> = sqlx::query_scalar(
        "SELECT argument FROM jobs WHERE kind = $1 AND state = 'waiting' ORDER BY priority DESC, run_at, id",
    )
    .bind(J::KIND)
    .fetch_all(db)
    .await?;
    let jobs = arguments.iter().map(|json| serde_json::from_str(json));
    let jobs: Result<Vec<J>, serde_json::Error> = jobs.collect();
    jobs.map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Runs what is due, one job after the other, also what these jobs enqueue. One that fails waits for its next attempt, see
/// [`pass_time`].
///
/// # Errors
/// Errors of the database.
pub async fn run_due<S: Clone + Send + Sync + 'static>(
    pool: &PgPool,
    registry: &Registry<S>,
    state: &S,
) -> sqlx::Result<Vec<Ran>> {
    let (kinds, mut ran) = (registry.kinds(), Vec::new());
    while let Some(job) = table::claim(pool, &kinds, 1, LEASE).await?.pop() {
        let attempt = worker::attempt(registry, state.clone(), pool, &job).await;
        outcome::settle(registry, pool, &job, &attempt).await?;
        ran.push(Ran {
            kind: job.kind,
            outcome: attempt.map_err(|failure| failure.text),
        });
    }
    Ok(ran)
}

/// Enqueues what the schedules are due for, as every worker does again and again. A schedule begins with the first call.
///
/// # Errors
/// Errors of the database.
pub async fn tick<S>(db: &Db, registry: &Registry<S>) -> sqlx::Result<()> {
    for schedule in &registry.schedules {
        schedule::tick(db, schedule).await?;
    }
    Ok(())
}

/// Makes everything due: jobs that wait for their time or their next attempt, jobs of workers that were killed, schedules.
///
/// # Errors
/// Errors of the database.
pub async fn pass_time(pool: &PgPool) -> sqlx::Result<()> {
    // One after the other in the order in which a worker stores, so that neither waits for the other.
    sqlx::query(
        "UPDATE jobs SET run_at = now() WHERE id IN (
             SELECT id FROM jobs WHERE state IN ('waiting', 'running') ORDER BY id FOR UPDATE
         )",
    )
    .execute(pool)
    .await?;
    sqlx::query("UPDATE job_schedules SET next_at = now()")
        .execute(pool)
        .await
        .map(drop)
}
