//! The table `sessions`.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::users::UserRow;
use crate::models::{TokenDigest, User, UserId};

/// Stores a session that expires at `expires_at`.
pub async fn insert(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
    user: UserId,
    expires_at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(token.0)
        .bind(user)
        .bind(expires_at)
        .execute(db)
        .await
        .map(drop)
}

/// The user of the session; `None` if it does not exist or has expired.
pub async fn user(db: impl PgExecutor<'_>, token: TokenDigest) -> sqlx::Result<Option<User>> {
    sqlx::query_as::<_, UserRow>(
        "SELECT users.id, users.email, users.display_name, users.created_at
         FROM sessions JOIN users ON users.id = sessions.user_id
         WHERE sessions.token_hash = $1 AND sessions.expires_at > now()",
    )
    .bind(token.0)
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Deletes a session, if it exists.
pub async fn delete(db: impl PgExecutor<'_>, token: TokenDigest) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(token.0)
        .execute(db)
        .await
        .map(drop)
}

/// Deletes up to `limit` expired sessions, and returns how many.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let result = sqlx::query(
        "DELETE FROM sessions WHERE token_hash IN (
             SELECT token_hash FROM sessions WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await?;
    Ok(result.rows_affected())
}
