//! For those who look after the mails: which could not be sent yet, and sending them now.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Outbox;

/// A mail whose last attempt has failed, and which waits for the next. What it says is not here: its links are as good as passwords.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FailedMail {
    /// Identifies it, also in the log.
    pub id: Uuid,
    /// When it was stored.
    pub created_at: OffsetDateTime,
    /// When it is given up.
    pub expires_at: OffsetDateTime,
    /// When it is due again.
    pub next_attempt_at: OffsetDateTime,
    /// How many attempts were made.
    pub attempts: i32,
    /// Why the last one failed; names no address.
    pub last_error: String,
}

/// The mails, and requests for mails, whose last attempt has failed, up to `limit`, those first that wait longest. One that is being sent
/// is not among them.
///
/// # Errors
/// Errors of the database.
pub async fn failed(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<FailedMail>> {
    sqlx::query_as(
        "SELECT id, created_at, expires_at, next_attempt_at, attempts, last_error FROM outbox
         WHERE last_error IS NOT NULL AND sent_at IS NULL ORDER BY id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await
}

impl Outbox {
    /// Makes all mails due now whose last attempt has failed, and returns how many. A server that cannot be reached is asked again
    /// within a minute, as it is anyway.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn retry_failed(&self, db: impl PgExecutor<'_>) -> sqlx::Result<u64> {
        let due = sqlx::query(
            "UPDATE outbox SET next_attempt_at = now()
             WHERE last_error IS NOT NULL AND sent_at IS NULL",
        )
        .execute(db)
        .await?;
        self.wake();
        Ok(due.rows_affected())
    }
}
