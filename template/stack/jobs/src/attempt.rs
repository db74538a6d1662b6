//! One attempt to do a job.

use std::{error::Error, fmt, sync::Arc};

use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use crate::table::{self, Claimed};

/// Why an attempt failed. Every error becomes one by `?`, and the job is tried again.
#[derive(Debug)]
pub struct Failure {
    pub(crate) text: String,
    pub(crate) is_final: bool,
}

impl Failure {
    /// The job has failed: another attempt would as well.
    pub fn give_up(why: impl fmt::Display) -> Self {
        Self {
            text: why.to_string(),
            is_final: true,
        }
    }

    pub(crate) fn again(text: String) -> Self {
        Self {
            text,
            is_final: false,
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self::again(text)
    }
}

/// One attempt to do a job. Cheap to clone.
#[derive(Clone)]
pub struct Attempt(Arc<Inner>);

struct Inner {
    pool: PgPool,
    job: Claimed,
}

impl Attempt {
    pub(crate) fn new(pool: PgPool, job: Claimed) -> Self {
        Self(Arc::new(Inner { pool, job }))
    }

    /// The id of the job, the same in each attempt: by which others can tell that they were asked before.
    pub fn id(&self) -> Uuid {
        self.0.job.id
    }

    /// Which attempt it is, from 1.
    pub fn number(&self) -> u16 {
        self.0.job.attempt()
    }

    /// Whether there is no other attempt after this one.
    pub fn is_last(&self) -> bool {
        self.0.job.attempts >= self.0.job.max_attempts
    }

    /// Shows how far the job is, from 0 to 100 if it knows, and what it does. Each call writes to the database: a few in a second
    /// are enough. It does not fail: progress is no reason to stop.
    pub async fn progress(&self, percent: Option<u8>, note: &str) {
        let stored = table::progress(&self.0.pool, &self.0.job, percent, note).await;
        if let Err(error) = stored {
            tracing::debug!(id = %self.id(), %error, "cannot store the progress of a job");
        }
    }

    /// The job is done once this transaction is committed: with the effects that the job has in it, or not at all. Return
    /// `Ok(())` after the commit.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] if the job was cancelled or another worker has it: roll back. Errors of the database.
    pub async fn complete(&self, tx: impl PgExecutor<'_>) -> sqlx::Result<()> {
        match table::finish(tx, &[&self.0.job]).await? {
            0 => Err(sqlx::Error::RowNotFound),
            _ => Ok(()),
        }
    }
}
