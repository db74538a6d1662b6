//! The table `jobs`, for those who enqueue and for the worker. What is due is decided by the clock of the database, which all
//! processes share.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor, PgPool};
use uuid::Uuid;

use crate::Options;

/// A job that is held by a worker.
#[derive(Clone, FromRow)]
pub(crate) struct Claimed {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) argument: String,
    pub(crate) attempts: i32,
    pub(crate) max_attempts: i32,
    pub(crate) lease: Uuid,
}

impl Claimed {
    /// The number of this attempt, from 1.
    pub(crate) fn attempt(&self) -> u16 {
        u16::try_from(self.attempts).unwrap_or(u16::MAX)
    }
}
{%- if cockroach %}

/// Workers look for new jobs by themselves: CockroachDB has no NOTIFY.
const INSERT: &str = "
     INSERT INTO jobs (id, kind, argument, priority, run_at, unique_key, max_attempts)
     VALUES ($1, $2, $3, $4, coalesce($5, now()), $6, $7)
     ON CONFLICT DO NOTHING RETURNING id";
{%- else %}

/// The commit notifies workers of the new job, see [`wake`](crate::wake).
const INSERT: &str = "WITH added AS (
         INSERT INTO jobs (id, kind, argument, priority, run_at, unique_key, max_attempts)
         VALUES ($1, $2, $3, $4, coalesce($5, now()), $6, $7)
         ON CONFLICT DO NOTHING RETURNING id
     )
     SELECT id FROM added, pg_notify('jobs', '')";
{%- endif %}

pub(crate) async fn insert(
    db: impl PgExecutor<'_>,
    kind: &str,
    argument: &str,
    options: &Options,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar(INSERT)
        .bind(Uuid::now_v7())
        .bind(kind)
        .bind(argument)
        .bind(options.priority)
        .bind(options.run_at)
        .bind(&options.unique_key)
        .bind(i32::from(options.attempts))
        .fetch_optional(db)
        .await
}

/// Takes up to `limit` jobs that are due for `time`: those that wait, and those whose worker has let its lease end. Jobs that
/// another worker is taking are skipped.
pub(crate) async fn claim(
    db: impl PgExecutor<'_>,
    kinds: &[&str],
    limit: usize,
    time: Duration,
) -> sqlx::Result<Vec<Claimed>> {
    sqlx::query_as(
        "WITH due AS MATERIALIZED (
             SELECT id FROM jobs
             WHERE state IN ('waiting', 'running') AND run_at <= now() AND kind = ANY ($1)
             ORDER BY priority DESC, run_at LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE jobs SET state = 'running', attempts = attempts + 1, lease = $3, progress = NULL, note = NULL,
             started_at = now(), run_at = now() + $4 * interval '1 second'
         FROM due WHERE jobs.id = due.id
         RETURNING jobs.id, kind, argument, attempts, max_attempts, lease",
    )
    .bind(kinds)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind(Uuid::now_v7())
    .bind(time.as_secs_f64())
    .fetch_all(db)
    .await
}

/// Extends the leases, and returns how many of these jobs the worker still holds.
pub(crate) async fn extend(
    db: impl PgExecutor<'_>,
    jobs: &[&Claimed],
    time: Duration,
) -> sqlx::Result<u64> {
    let (ids, leases) = held(jobs);
    let extended = sqlx::query(
        "UPDATE jobs SET run_at = now() + $3 * interval '1 second'
         FROM unnest($1::uuid[], $2::uuid[]) AS held (id, lease)
         WHERE jobs.id = held.id AND jobs.lease = held.lease",
    )
    .bind(ids)
    .bind(leases)
    .bind(time.as_secs_f64())
    .execute(db)
    .await?;
    Ok(extended.rows_affected())
}

/// The jobs are done. Returns how many of them the worker still held.
pub(crate) async fn finish(db: impl PgExecutor<'_>, jobs: &[&Claimed]) -> sqlx::Result<u64> {
    let (ids, leases) = held(jobs);
    let finished = sqlx::query(
        "UPDATE jobs SET state = 'done', finished_at = now(), lease = NULL, last_error = NULL
         FROM unnest($1::uuid[], $2::uuid[]) AS held (id, lease)
         WHERE jobs.id = held.id AND jobs.lease = held.lease",
    )
    .bind(ids)
    .bind(leases)
    .execute(db)
    .await?;
    Ok(finished.rows_affected())
}

/// Their ids and leases in the order of ids, so that statements which lock several wait for each other in turn.
fn held(jobs: &[&Claimed]) -> (Vec<Uuid>, Vec<Uuid>) {
    let mut held: Vec<(Uuid, Uuid)> = jobs.iter().map(|job| (job.id, job.lease)).collect();
    held.sort_unstable();
    held.into_iter().unzip()
}

/// Stores how far the job is.
pub(crate) async fn progress(
    db: impl PgExecutor<'_>,
    job: &Claimed,
    percent: Option<u8>,
    note: &str,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE jobs SET progress = $3, note = $4 WHERE id = $1 AND lease = $2")
        .bind(job.id)
        .bind(job.lease)
        .bind(percent.map(|percent| i32::from(percent.min(100))))
        .bind(note)
        .execute(db)
        .await
        .map(drop)
}

/// There is no other attempt: the job has failed until somebody tries it again.
pub(crate) async fn fail(db: impl PgExecutor<'_>, job: &Claimed, error: &str) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE jobs SET state = 'failed', finished_at = now(), lease = NULL, last_error = $3
         WHERE id = $1 AND lease = $2",
    )
    .bind(job.id)
    .bind(job.lease)
    .bind(error)
    .execute(db)
    .await
    .map(drop)
}

/// A pause that is longer is this one: PostgreSQL has no time for every duration.
const LONGEST_PAUSE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Another attempt follows after `pause`.
pub(crate) async fn defer(
    pool: &PgPool,
    job: &Claimed,
    pause: Duration,
    error: &str,
) -> sqlx::Result<()> {
    let deferred = sqlx::query(
        "UPDATE jobs SET state = 'waiting', run_at = now() + $3 * interval '1 second', lease = NULL, last_error = $4
         WHERE id = $1 AND lease = $2",
    )
    .bind(job.id)
    .bind(job.lease)
    .bind(pause.min(LONGEST_PAUSE).as_secs_f64())
    .bind(error)
    .execute(pool)
    .await;
    unless_superseded(pool, job, deferred.map(drop)).await
}

/// The job was interrupted: another worker may take it at once, and the attempt does not count.
pub(crate) async fn release(pool: &PgPool, job: &Claimed) -> sqlx::Result<()> {
    let released = sqlx::query(
        "UPDATE jobs SET state = 'waiting', run_at = now(), lease = NULL, attempts = attempts - 1
         WHERE id = $1 AND lease = $2",
    )
    .bind(job.id)
    .bind(job.lease)
    .execute(pool)
    .await;
    unless_superseded(pool, job, released.map(drop)).await
}

/// A job cannot wait again if another one with its key waits. That one does the work.
async fn unless_superseded(
    pool: &PgPool,
    job: &Claimed,
    outcome: sqlx::Result<()>,
) -> sqlx::Result<()> {
    match outcome {
        Err(error) if is_taken(&error) => sqlx::query(
            "UPDATE jobs SET state = 'cancelled', finished_at = now(), lease = NULL,
                 last_error = 'another job with the same key waits'
             WHERE id = $1 AND lease = $2",
        )
        .bind(job.id)
        .bind(job.lease)
        .execute(pool)
        .await
        .map(drop),
        outcome => outcome,
    }
}

/// Whether a job with the same key waits.
pub(crate) fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}
