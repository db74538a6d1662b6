//! The table `pending_log_ins`.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};

use super::users::UserRow;
use crate::models::{SessionId, TokenDigest, User, UserId};

/// Stores a log-in that lacks the second factor: of `session`, which is confirmed, or for a new one.
pub async fn insert(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
    user: UserId,
    session: Option<SessionId>,
    lifetime: Duration,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO pending_log_ins (token_hash, user_id, session_id, expires_at)
         VALUES ($1, $2, $3, now() + $4::interval)",
    )
    .bind(token.0)
    .bind(user)
    .bind(session)
    .bind(lifetime)
    .execute(db)
    .await
    .map(drop)
}

/// Whose log-in it is, and the session that it confirms; `None` if it does not exist or has expired.
pub async fn find(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
) -> sqlx::Result<Option<(User, Option<SessionId>)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: UserRow,
        session_id: Option<SessionId>,
    }
    let row = sqlx::query_as::<_, Row>(
        "SELECT users.id, users.email, users.display_name, users.created_at, session_id
         FROM pending_log_ins JOIN users ON users.id = pending_log_ins.user_id
         WHERE token_hash = $1 AND pending_log_ins.expires_at > now()",
    )
    .bind(token.0)
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.user.try_into()?, row.session_id)))
        .transpose()
}

/// Uses a log-in up; false if it does not exist any more.
pub async fn delete(db: impl PgExecutor<'_>, token: TokenDigest) -> sqlx::Result<bool> {
    let result = sqlx::query("DELETE FROM pending_log_ins WHERE token_hash = $1")
        .bind(token.0)
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// Deletes all of a user, whose password is another one now.
pub async fn delete_of_user(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM pending_log_ins WHERE user_id = $1")
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}

/// Deletes up to `limit` log-ins that have expired.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM pending_log_ins WHERE token_hash IN (
             SELECT token_hash FROM pending_log_ins WHERE expires_at <= now() LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await
    .map(drop)
}
