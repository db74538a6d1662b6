//! The table `idempotency_keys`. The clock is the database's, which all instances share.

use sqlx::{FromRow, PgConnection, PgExecutor};

use crate::models::UserId;

/// SHA-256 of something that a client has sent.
pub type Fingerprint = [u8; 32];

/// A key of a user that was used already.
#[derive(FromRow)]
pub struct Used {
    /// The digest of the request that it was used for.
    pub request_hash: Vec<u8>,
    /// The status of the answer.
    pub status: i16,
    /// The header `Location` of the answer; may be empty.
    pub location: String,
    /// The body of the answer.
    pub body: Vec<u8>,
}

/// Takes a key for a day; false if it is taken. Waits for another transaction that has taken it and has not ended, but not
/// for long, since that takes a connection; the same holds for what the transaction waits for afterwards.
pub async fn take(
    db: &mut PgConnection,
    user: UserId,
    key: &Fingerprint,
    request: &Fingerprint,
) -> sqlx::Result<bool> {
    sqlx::query("SET LOCAL lock_timeout = '2s'")
        .execute(&mut *db)
        .await?;
    let taken = sqlx::query(
        "INSERT INTO idempotency_keys (user_id, key_hash, request_hash, expires_at)
         VALUES ($1, $2, $3, now() + interval '1 day')
         ON CONFLICT (user_id, key_hash) DO UPDATE
         SET request_hash = excluded.request_hash, expires_at = excluded.expires_at
         WHERE idempotency_keys.expires_at <= now()",
    )
    .bind(user)
    .bind(key)
    .bind(request)
    .execute(db)
    .await?;
    Ok(taken.rows_affected() > 0)
}

/// Whether [`take`] has waited too long: another transaction holds the key.
pub fn is_in_use(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.as_deref() == Some("55P03")
}

/// What a key was used for.
pub async fn find(
    db: impl PgExecutor<'_>,
    user: UserId,
    key: &Fingerprint,
) -> sqlx::Result<Option<Used>> {
    sqlx::query_as(
        "SELECT request_hash, status, location, body FROM idempotency_keys
         WHERE user_id = $1 AND key_hash = $2",
    )
    .bind(user)
    .bind(key)
    .fetch_optional(db)
    .await
}

/// Stores the answer to the request that has taken the key, in the transaction that has taken it.
pub async fn store(
    db: impl PgExecutor<'_>,
    user: UserId,
    key: &Fingerprint,
    status: i16,
    location: &str,
    body: &[u8],
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE idempotency_keys SET status = $3, location = $4, body = $5
         WHERE user_id = $1 AND key_hash = $2",
    )
    .bind(user)
    .bind(key)
    .bind(status)
    .bind(location)
    .bind(body)
    .execute(db)
    .await
    .map(drop)
}

/// Deletes up to `limit` keys whose day is over, and returns how many.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let result = sqlx::query(
        "DELETE FROM idempotency_keys WHERE (user_id, key_hash) IN (
             SELECT user_id, key_hash FROM idempotency_keys WHERE expires_at <= now()
             ORDER BY expires_at LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await?;
    Ok(result.rows_affected())
}
