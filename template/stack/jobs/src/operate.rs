//! For those who look after the jobs: what waits, runs and has failed; trying again, cancelling, and clearing away.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::table;

/// What becomes of a job, in the order of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum State {
    /// It waits: for a worker, for its time, or for the next attempt.
    Waiting,
    /// A worker holds it.
    Running,
    /// It has failed for good, until somebody tries it again.
    Failed,
    /// Somebody has cancelled it.
    Cancelled,
    /// It is done.
    Done,
}

impl State {
    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
        }
    }
}

/// How many jobs of one kind there are.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Queue {
    /// The kind.
    pub kind: String,
    /// Those that wait.
    pub waiting: i64,
    /// Those that run.
    pub running: i64,
    /// Those that have failed.
    pub failed: i64,
    /// Those that were done in the last hour, unless they were deleted.
    pub done_in_an_hour: i64,
}

/// A job as it is stored.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct StoredJob {
    /// Identifies it.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// Its argument, as JSON.
    pub argument: String,
    /// What became of it.
    pub state: State,
    /// See [`Job::PRIORITY`](crate::Job::PRIORITY).
    pub priority: i32,
    /// How many attempts were begun.
    pub attempts: i32,
    /// How many there may be.
    pub max_attempts: i32,
    /// Of one that waits: when it is due.
    pub run_at: OffsetDateTime,
    /// From 0 to 100, if it says so.
    pub progress: Option<i32>,
    /// What it does, if it says so.
    pub note: Option<String>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: OffsetDateTime,
    /// When the last attempt began.
    pub started_at: Option<OffsetDateTime>,
    /// When it was done, failed or cancelled.
    pub finished_at: Option<OffsetDateTime>,
}

/// All kinds of jobs that there are.
///
/// # Errors
/// Errors of the database.
pub async fn queues(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Queue>> {
    sqlx::query_as(
        "SELECT kind,
             count(*) FILTER (WHERE state = 'waiting') AS waiting,
             count(*) FILTER (WHERE state = 'running') AS running,
             count(*) FILTER (WHERE state = 'failed') AS failed,
             count(*) FILTER (WHERE state = 'done') AS done_in_an_hour
         FROM jobs
         WHERE state IN ('waiting', 'running', 'failed')
             OR (state = 'done' AND finished_at > now() - interval '1 hour')
         GROUP BY kind ORDER BY kind",
    )
    .fetch_all(db)
    .await
}

/// Up to `limit` jobs in this state, the newest first.
///
/// # Errors
/// Errors of the database.
pub async fn list(
    db: impl PgExecutor<'_>,
    state: State,
    limit: i64,
) -> sqlx::Result<Vec<StoredJob>> {
    sqlx::query_as(
        "SELECT id, kind, argument, state, priority, attempts, max_attempts, run_at, progress, note, last_error,
             created_at, started_at, finished_at
         FROM jobs WHERE state = $1 ORDER BY id DESC LIMIT $2",
    )
    .bind(state.name())
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Makes a job due now that has failed, was cancelled, or waits for its next attempt, and gives it all its attempts again. False if
/// it is none of these, or another one with its key waits.
///
/// # Errors
/// Errors of the database.
pub async fn retry(pool: &PgPool, id: Uuid) -> sqlx::Result<bool> {
    let retried = sqlx::query(
        "UPDATE jobs SET state = 'waiting', run_at = now(), attempts = 0, finished_at = NULL
         WHERE id = $1 AND state IN ('waiting', 'failed', 'cancelled')",
    )
    .bind(id)
    .execute(pool)
    .await;
    match retried {
        Ok(retried) => Ok(retried.rows_affected() > 0),
        Err(error) if table::is_taken(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// [`retry`] for all jobs of this kind that have failed, and returns how many wait again. Of those with the same key it is the newest,
/// unless another one with that key waits; the others stay.
///
/// # Errors
/// Errors of the database.
pub async fn retry_failed(pool: &PgPool, kind: &str) -> sqlx::Result<u64> {
    loop {
        let retried = sqlx::query(
            "UPDATE jobs SET state = 'waiting', run_at = now(), attempts = 0, finished_at = NULL
             WHERE state = 'failed' AND id IN (
                 SELECT DISTINCT ON (unique_key, CASE WHEN unique_key IS NULL THEN id END) id FROM jobs AS failed
                 WHERE state = 'failed' AND kind = $1 AND NOT EXISTS (
                     SELECT 1 FROM jobs AS other
                     WHERE other.state = 'waiting' AND other.kind = $1 AND other.unique_key = failed.unique_key
                 )
                 ORDER BY unique_key, CASE WHEN unique_key IS NULL THEN id END, id DESC
             )",
        )
        .bind(kind)
        .execute(pool)
        .await;
        match retried {
            // One with such a key was enqueued meanwhile: it waits now, and is left out.
            Err(error) if table::is_taken(&error) => {}
            retried => return Ok(retried?.rows_affected()),
        }
    }
}

/// Cancels a job that waits or runs: whoever runs it notices within a third of its lease, and drops it. False if it did
/// neither.
///
/// # Errors
/// Errors of the database.
pub async fn cancel(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<bool> {
    let cancelled = sqlx::query(
        "UPDATE jobs SET state = 'cancelled', finished_at = now(), lease = NULL
         WHERE id = $1 AND state IN ('waiting', 'running')",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(cancelled.rows_affected() > 0)
}

/// Deletes up to `limit` jobs that were done or cancelled longer than `age` ago, and returns how many. Those that have failed stay
/// until somebody deals with them.
///
/// # Errors
/// Errors of the database.
pub async fn delete_finished(
    db: impl PgExecutor<'_>,
    age: Duration,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query(
        "DELETE FROM jobs WHERE id IN (
             SELECT id FROM jobs
             WHERE finished_at < now() - $1 * interval '1 second' AND state IN ('done', 'cancelled')
             ORDER BY finished_at LIMIT $2
         )",
    )
    .bind(age.as_secs_f64())
    .bind(limit)
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
