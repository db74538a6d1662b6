//! The table `totp_secrets`.

use sqlx::PgExecutor;
use stack_web::sealed::{Sealed, SealedColumn};

use crate::models::{TotpSecret, UserId};

/// The column `totp_secrets.secret`, which is encrypted.
pub struct SecretColumn;

impl SealedColumn for SecretColumn {
    type Value = TotpSecret;
    type Row = UserId;
    const TABLE: &'static str = "totp_secrets";
    const COLUMN: &'static str = "secret";

    fn text(value: &TotpSecret) -> &str {
        value.as_str()
    }

    fn parse(text: &str) -> Option<TotpSecret> {
        TotpSecret::parse(text)
    }
}

/// Stores a secret that no code has confirmed yet, in the place of another one of that kind. False if the user has one that
/// is confirmed.
pub async fn insert(
    db: impl PgExecutor<'_>,
    user: UserId,
    secret: &Sealed<SecretColumn>,
) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "INSERT INTO totp_secrets (user_id, secret) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = now()
         WHERE totp_secrets.confirmed_at IS NULL",
    )
    .bind(user)
    .bind(secret)
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// The secret of the user, and whether a code has confirmed it.
pub async fn find(
    db: impl PgExecutor<'_>,
    user: UserId,
) -> sqlx::Result<Option<(Sealed<SecretColumn>, bool)>> {
    sqlx::query_as("SELECT secret, confirmed_at IS NOT NULL FROM totp_secrets WHERE user_id = $1")
        .bind(user)
        .fetch_optional(db)
        .await
}

/// Whether the user has a secret that is confirmed.
pub async fn is_on(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM totp_secrets WHERE user_id = $1 AND confirmed_at IS NOT NULL)",
    )
    .bind(user)
    .fetch_one(db)
    .await
}

/// Records that the code of a time step was accepted; false if that one or a later one was accepted before.
pub async fn accept(db: impl PgExecutor<'_>, user: UserId, step: i64) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "UPDATE totp_secrets SET last_step = $2
         WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL",
    )
    .bind(user)
    .bind(step)
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Confirms the secret `sealed` by the code of a time step; false if it is confirmed already, or another one by now.
pub async fn confirm(
    db: impl PgExecutor<'_>,
    user: UserId,
    sealed: &Sealed<SecretColumn>,
    step: i64,
) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "UPDATE totp_secrets SET confirmed_at = now(), last_step = $3
         WHERE user_id = $1 AND secret = $2 AND confirmed_at IS NULL",
    )
    .bind(user)
    .bind(sealed)
    .bind(step)
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Deletes the secret; false if there is none.
pub async fn delete(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<bool> {
    let result = sqlx::query("DELETE FROM totp_secrets WHERE user_id = $1")
        .bind(user)
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// Up to `limit` secrets after that of the user `after`, in the order of their users, which are *not* in the range from `first`
/// to before `after_last`, see [`Vault::current_range`](stack_web::sealed::Vault::current_range).
pub async fn outside(
    db: impl PgExecutor<'_>,
    (first, after_last): &(Vec<u8>, Vec<u8>),
    after: Option<UserId>,
    limit: i64,
) -> sqlx::Result<Vec<(UserId, Sealed<SecretColumn>)>> {
    sqlx::query_as(
        "SELECT user_id, secret FROM totp_secrets
         WHERE (secret < $1 OR secret >= $2) AND ($3::uuid IS NULL OR user_id > $3)
         ORDER BY user_id LIMIT $4",
    )
    .bind(first)
    .bind(after_last)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// The number of secrets that [`outside`] returns in total.
pub async fn count_outside(
    db: impl PgExecutor<'_>,
    (first, after_last): &(Vec<u8>, Vec<u8>),
) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM totp_secrets WHERE secret < $1 OR secret >= $2")
        .bind(first)
        .bind(after_last)
        .fetch_one(db)
        .await
}

/// Replaces the secret `old` by `new`, unless it was changed in the meantime.
pub async fn replace(
    db: impl PgExecutor<'_>,
    user: UserId,
    old: &Sealed<SecretColumn>,
    new: &Sealed<SecretColumn>,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE totp_secrets SET secret = $3 WHERE user_id = $1 AND secret = $2")
        .bind(user)
        .bind(old)
        .bind(new)
        .execute(db)
        .await
        .map(drop)
}
