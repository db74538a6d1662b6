//! The table `email_tokens`. Whether a token has expired is decided by the clock of the database.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};

use super::corrupt;
use crate::models::{Email, Invalid, LinkPurpose, TokenDigest, UserId};

#[derive(FromRow)]
struct Row {
    user_id: UserId,
    purpose: String,
    new_email: Option<String>,
}

impl TryFrom<Row> for (UserId, LinkPurpose) {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let purpose = match (&*row.purpose, &row.new_email) {
            ("confirm", None) => LinkPurpose::Confirm,
            ("reset", None) => LinkPurpose::Reset,
            ("log_in", None) => LinkPurpose::LogIn,
            ("change", Some(email)) => {
                LinkPurpose::Change(Email::parse(email).map_err(corrupt("new_email"))?)
            }
            _ => return Err(corrupt("purpose")(Invalid::new("is not known"))),
        };
        Ok((row.user_id, purpose))
    }
}

/// Stores a token that expires after `lifetime`.
pub async fn insert(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
    user: UserId,
    purpose: &LinkPurpose,
    lifetime: Duration,
) -> sqlx::Result<()> {
    let (purpose, new_email) = match purpose {
        LinkPurpose::Confirm => ("confirm", None),
        LinkPurpose::Reset => ("reset", None),
        LinkPurpose::Change(email) => ("change", Some(email.as_str())),
        LinkPurpose::LogIn => ("log_in", None),
    };
    sqlx::query(
        "INSERT INTO email_tokens (token_hash, user_id, purpose, new_email, expires_at)
         VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')",
    )
    .bind(token.0)
    .bind(user)
    .bind(purpose)
    .bind(new_email)
    .bind(lifetime.as_secs_f64())
    .execute(db)
    .await
    .map(drop)
}

/// Whose token this is and what for; `None` if it does not exist or has expired.
pub async fn find(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
) -> sqlx::Result<Option<(UserId, LinkPurpose)>> {
    sqlx::query_as::<_, Row>(
        "SELECT user_id, purpose, new_email FROM email_tokens WHERE token_hash = $1 AND expires_at > now()",
    )
    .bind(token.0)
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// The same, and uses the token up: of several callers one gets it.
pub async fn take(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
) -> sqlx::Result<Option<(UserId, LinkPurpose)>> {
    sqlx::query_as::<_, Row>(
        "DELETE FROM email_tokens WHERE token_hash = $1 AND expires_at > now()
         RETURNING user_id, purpose, new_email",
    )
    .bind(token.0)
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Deletes all tokens of a user.
pub async fn delete_of_user(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM email_tokens WHERE user_id = $1")
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}

/// Deletes up to `limit` expired tokens, and returns how many.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let result = sqlx::query(
        "DELETE FROM email_tokens WHERE token_hash IN (
             SELECT token_hash FROM email_tokens WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await?;
    Ok(result.rows_affected())
}
