//! The table `recovery_codes`.

use sqlx::PgExecutor;

use crate::models::{RecoveryCode, UserId};

/// Stores codes.
pub async fn insert(
    db: impl PgExecutor<'_>,
    user: UserId,
    codes: &[RecoveryCode],
) -> sqlx::Result<()> {
    let digests: Vec<[u8; 32]> = codes.iter().map(RecoveryCode::digest).collect();
    sqlx::query("INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])")
        .bind(user)
        .bind(digests)
        .execute(db)
        .await
        .map(drop)
}

/// Uses a code up; false if the user has no such code.
pub async fn take(
    db: impl PgExecutor<'_>,
    user: UserId,
    code: &RecoveryCode,
) -> sqlx::Result<bool> {
    let result = sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2")
        .bind(user)
        .bind(code.digest())
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// How many codes the user has left.
pub async fn count(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM recovery_codes WHERE user_id = $1")
        .bind(user)
        .fetch_one(db)
        .await
}

/// Deletes all codes of the user.
pub async fn delete(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}
