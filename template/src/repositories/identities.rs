//! The table `identities`.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use crate::models::{Email, Identity, IdentityId, Owner, PasswordHash, ProviderAccount, UserId};

/// How many accounts at a provider a user can connect.
pub const MAX_IDENTITIES: i64 = 10;

/// The user who has connected this account at the provider.
pub async fn user(
    db: impl PgExecutor<'_>,
    account: &ProviderAccount,
) -> sqlx::Result<Option<UserId>> {
    sqlx::query_scalar("SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2")
        .bind(&account.issuer)
        .bind(&account.subject)
        .fetch_optional(db)
        .await
}

/// Connects an account at the provider with a user.
///
/// # Errors
/// A violation of `identities_issuer_subject_key` if it is connected already.
pub async fn insert(
    db: impl PgExecutor<'_>,
    user: UserId,
    account: &ProviderAccount,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO identities (id, user_id, issuer, subject, email) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(IdentityId::generate())
    .bind(user)
    .bind(&account.issuer)
    .bind(&account.subject)
    .bind(account.email.as_ref().map_or("", Email::as_str))
    .execute(db)
    .await
    .map(drop)
}

/// The accounts that `owner` has connected, the oldest first.
pub async fn list(db: impl PgExecutor<'_>, owner: Owner) -> sqlx::Result<Vec<Identity>> {
    #[derive(FromRow)]
    struct Row {
        id: IdentityId,
        email: String,
        created_at: OffsetDateTime,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, email, created_at FROM identities WHERE user_id = $1 ORDER BY id LIMIT $2",
    )
    .bind(owner)
    .bind(MAX_IDENTITIES)
    .fetch_all(db)
    .await?;
    let identities = rows.into_iter().map(|row| Identity {
        id: row.id,
        email: row.email,
        created_at: row.created_at,
    });
    Ok(identities.collect())
}

/// How many accounts a user has connected.
pub async fn count(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM identities WHERE user_id = $1")
        .bind(user)
        .fetch_one(db)
        .await
}

/// Removes a connection of `owner`; false if there is none.
pub async fn delete(db: impl PgExecutor<'_>, owner: Owner, id: IdentityId) -> sqlx::Result<bool> {
    let result = sqlx::query("DELETE FROM identities WHERE id = $1 AND user_id = $2")
        .bind(id)
        .bind(owner)
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// Whether `owner` has a password.
pub async fn has_password(db: impl PgExecutor<'_>, owner: Owner) -> sqlx::Result<bool> {
    let hash: Option<String> = sqlx::query_scalar("SELECT password_hash FROM users WHERE id = $1")
        .bind(owner)
        .fetch_optional(db)
        .await?;
    Ok(hash.is_some_and(|hash| PasswordHash(hash).is_usable()))
}
