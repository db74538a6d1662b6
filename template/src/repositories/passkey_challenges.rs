//! The table `passkey_challenges`.

use std::time::Duration;

use sqlx::PgExecutor;

use crate::models::{Owner, TokenDigest};

/// Stores a challenge: to add a passkey of `owner`, or to log in.
pub async fn insert(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
    owner: Option<Owner>,
    state: &str,
    lifetime: Duration,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO passkey_challenges (token_hash, user_id, state, expires_at)
         VALUES ($1, $2, $3, now() + $4::interval)",
    )
    .bind(token.0)
    .bind(owner)
    .bind(state)
    .bind(lifetime)
    .execute(db)
    .await
    .map(drop)
}

/// Uses up a challenge that was made for `owner`, or for a log-in; `None` if there is none, or it has expired.
pub async fn take(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
    owner: Option<Owner>,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "DELETE FROM passkey_challenges
         WHERE token_hash = $1 AND user_id IS NOT DISTINCT FROM $2 AND expires_at > now()
         RETURNING state",
    )
    .bind(token.0)
    .bind(owner)
    .fetch_optional(db)
    .await
}

/// Deletes up to `limit` challenges that have expired.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM passkey_challenges WHERE token_hash IN (
             SELECT token_hash FROM passkey_challenges WHERE expires_at <= now() LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await
    .map(drop)
}
