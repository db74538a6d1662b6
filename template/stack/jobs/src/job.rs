//! Jobs as they are enqueued.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::PgExecutor;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::table;

/// The pause after the first attempt that failed; it doubles with each, with a random part.
const SHORTEST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The argument of a job. What it says is stored as JSON, and may be read by a later release: add fields with
/// `#[serde(default)]`.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Names the job in the table. It must never change while jobs of this kind wait.
    const KIND: &'static str;

    /// How often it is tried before it has failed.
    const ATTEMPTS: u16 = 20;

    /// Of the jobs that are due, those with the highest priority run first.
    const PRIORITY: i32 = 0;

    /// Of the jobs of this kind that wait with the same key, there is one: the second is not enqueued. One that runs does not
    /// count, since it may have read already what has changed.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// The pause after attempt number `attempt`, from 1: 15 seconds, doubling up to an hour, with a random part.
    fn pause(attempt: u16) -> Duration {
        exponential(SHORTEST_PAUSE, LONGEST_PAUSE, attempt)
    }
}

/// How a job is enqueued, if not as its type says.
#[derive(Clone, Debug)]
pub struct Options {
    /// See [`Job::PRIORITY`].
    pub priority: i32,
    /// Not before this time; at once if there is none.
    pub run_at: Option<OffsetDateTime>,
    /// See [`Job::unique_key`].
    pub unique_key: Option<String>,
    /// See [`Job::ATTEMPTS`].
    pub attempts: u16,
}

impl Options {
    /// What the type of the job says.
    pub fn of<J: Job>(job: &J) -> Self {
        Self {
            priority: J::PRIORITY,
            run_at: None,
            unique_key: job.unique_key(),
            attempts: J::ATTEMPTS,
        }
    }
}

/// Enqueues a job: within a transaction it exists from the commit on, and never if that does not come. Returns its id, or `None`
/// if one with its [`unique_key`](Job::unique_key) waits already.
///
/// # Errors
/// Errors of the database.
pub async fn enqueue<J: Job>(db: impl PgExecutor<'_>, job: &J) -> sqlx::Result<Option<Uuid>> {
    enqueue_with(db, job, Options::of(job)).await
}

/// [`enqueue`] with other options than those of its type:
///
/// ```ignore
/// enqueue_with(&mut *tx, &job, Options { priority: 10, ..Options::of(&job) }).await?;
/// ```
///
/// # Errors
/// Errors of the database.
pub async fn enqueue_with<J: Job>(
    db: impl PgExecutor<'_>,
    job: &J,
    options: Options,
) -> sqlx::Result<Option<Uuid>> {
    let argument = serde_json::to_string(job).map_err(|error| sqlx::Error::Encode(error.into()))?;
    table::insert(db, J::KIND, &argument, &options).await
}

/// The pause after the failure number `failures`, from 1.
pub(crate) fn exponential(shortest: Duration, longest: Duration, failures: u16) -> Duration {
    let pauses = ExponentialBuilder::new()
        .with_min_delay(shortest)
        .with_max_delay(longest)
        .with_jitter()
        .without_max_times();
    let before = usize::from(failures.saturating_sub(1));
    pauses.build().nth(before).unwrap_or(longest)
}
