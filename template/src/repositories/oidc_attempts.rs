//! The table `oidc_attempts`. Whether an attempt has expired is decided by the clock of the database.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};

use super::corrupt;
use crate::models::{Invalid, LogInAttempt, Purpose, TokenDigest, UserId};

/// Stores an attempt of the browser with this token, which expires after `lifetime`.
pub async fn insert(
    db: impl PgExecutor<'_>,
    state: TokenDigest,
    browser: TokenDigest,
    attempt: &LogInAttempt,
    lifetime: Duration,
) -> sqlx::Result<()> {
    let (purpose, user) = match attempt.purpose {
        Purpose::LogIn => ("log_in", None),
        Purpose::Connect(user) => ("connect", Some(user)),
        Purpose::Confirm(user) => ("confirm", Some(user)),
    };
    sqlx::query(
        "INSERT INTO oidc_attempts
             (state_hash, browser_hash, purpose, user_id, next, nonce, code_verifier, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, now() + $8::interval)",
    )
    .bind(state.0)
    .bind(browser.0)
    .bind(purpose)
    .bind(user)
    .bind(&attempt.next)
    .bind(&attempt.nonce)
    .bind(&attempt.code_verifier)
    .bind(lifetime)
    .execute(db)
    .await
    .map(drop)
}

/// The attempt, which is used up by this: of several callers one gets it, and a browser that did not begin it does not.
pub async fn take(
    db: impl PgExecutor<'_>,
    state: TokenDigest,
    browser: TokenDigest,
) -> sqlx::Result<Option<LogInAttempt>> {
    #[derive(FromRow)]
    struct Row {
        purpose: String,
        user_id: Option<UserId>,
        next: String,
        nonce: String,
        code_verifier: String,
    }
    let row: Option<Row> = sqlx::query_as(
        "DELETE FROM oidc_attempts WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > now()
         RETURNING purpose, user_id, next, nonce, code_verifier",
    )
    .bind(state.0)
    .bind(browser.0)
    .fetch_optional(db)
    .await?;
    let attempt = row.map(|row| {
        let purpose = match (&*row.purpose, row.user_id) {
            ("log_in", None) => Purpose::LogIn,
            ("connect", Some(user)) => Purpose::Connect(user),
            ("confirm", Some(user)) => Purpose::Confirm(user),
            _ => return Err(corrupt("purpose")(Invalid::new("is not known"))),
        };
        Ok(LogInAttempt {
            purpose,
            next: row.next,
            nonce: row.nonce,
            code_verifier: row.code_verifier,
        })
    });
    attempt.transpose()
}

/// Deletes up to `limit` expired attempts.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM oidc_attempts WHERE state_hash IN (
             SELECT state_hash FROM oidc_attempts WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await
    .map(drop)
}
