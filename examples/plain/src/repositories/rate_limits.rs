//! The table `rate_limits`. The clock is the database's, which all instances share.

use std::time::Duration;

use sqlx::PgExecutor;
use stack_web::rate_limit::Rate;

/// SHA-256 of what is limited and for whom.
pub type LimitKey = [u8; 32];

/// Takes one of the allowance of `key`, in one statement; false if nothing is left of it.
pub async fn take(db: impl PgExecutor<'_>, key: &LimitKey, rate: Rate) -> sqlx::Result<bool> {
    let taken = sqlx::query(
        "INSERT INTO rate_limits (key, full_at) VALUES ($1, now() + $2)
         ON CONFLICT (key) DO UPDATE SET full_at = greatest(rate_limits.full_at, now()) + $2
         WHERE greatest(rate_limits.full_at, now()) + $2 <= now() + $3",
    )
    .bind(key)
    .bind(rate.period)
    .bind(rate.window())
    .execute(db)
    .await?;
    Ok(taken.rows_affected() > 0)
}

/// After which time the allowance of `key` is full again. Zero if it is.
pub async fn full_in(db: impl PgExecutor<'_>, key: &LimitKey) -> sqlx::Result<Duration> {
    let seconds: Option<f64> = sqlx::query_scalar(
        "SELECT CAST(extract(epoch FROM full_at - now()) AS float8) FROM rate_limits WHERE key = $1",
    )
    .bind(key)
    .fetch_optional(db)
    .await?;
    Ok(Duration::try_from_secs_f64(seconds.unwrap_or_default()).unwrap_or_default())
}

/// Makes the allowance of `key` one that is full after `time`, whatever it was.
pub async fn set(db: impl PgExecutor<'_>, key: &LimitKey, time: Duration) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO rate_limits (key, full_at) VALUES ($1, now() + $2)
         ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at",
    )
    .bind(key)
    .bind(time)
    .execute(db)
    .await
    .map(drop)
}

/// Makes the allowance of `key` full.
pub async fn forget(db: impl PgExecutor<'_>, key: &LimitKey) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM rate_limits WHERE key = $1")
        .bind(key)
        .execute(db)
        .await
        .map(drop)
}

/// Deletes up to `limit` rows of allowances that are full, and returns how many. Others stay, however many there are: to
/// drop one would be to give its attempts back.
pub async fn delete_full(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let result = sqlx::query(
        "DELETE FROM rate_limits WHERE key IN (
             SELECT key FROM rate_limits WHERE full_at <= now() ORDER BY full_at LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await?;
    Ok(result.rows_affected())
}
