//! The table `passkeys`.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use super::corrupt;
use crate::models::{Owner, Passkey, PasskeyId, PasskeyName, UserId};

#[derive(FromRow)]
struct PasskeyRow {
    id: PasskeyId,
    name: String,
    created_at: OffsetDateTime,
    last_used_at: Option<OffsetDateTime>,
}

impl TryFrom<PasskeyRow> for Passkey {
    type Error = sqlx::Error;

    fn try_from(row: PasskeyRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            name: PasskeyName::parse(&row.name).map_err(corrupt("name"))?,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        })
    }
}

/// A passkey with its public key, to verify what its device has signed.
#[derive(FromRow)]
pub struct StoredPasskey {
    /// The passkey's id.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// The public key, the counter and more, as JSON of webauthn-rs.
    pub credential: String,
}

/// Stores a new passkey.
///
/// # Errors
/// A violation of `passkeys_credential_id_key` if it is known already.
pub async fn insert(
    db: impl PgExecutor<'_>,
    owner: Owner,
    name: &PasskeyName,
    credential_id: &[u8],
    credential: &str,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO passkeys (id, user_id, name, credential_id, credential)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(PasskeyId::generate())
    .bind(owner)
    .bind(name.as_str())
    .bind(credential_id)
    .bind(credential)
    .execute(db)
    .await
    .map(drop)
}

/// Up to `limit` passkeys of a user, the oldest first.
pub async fn list(db: impl PgExecutor<'_>, owner: Owner, limit: i64) -> sqlx::Result<Vec<Passkey>> {
    let rows: Vec<PasskeyRow> = sqlx::query_as(
        "SELECT id, name, created_at, last_used_at FROM passkeys
         WHERE user_id = $1 ORDER BY id LIMIT $2",
    )
    .bind(owner)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// By which the devices of a user name up to `limit` passkeys.
pub async fn credential_ids(
    db: impl PgExecutor<'_>,
    owner: Owner,
    limit: i64,
) -> sqlx::Result<Vec<Vec<u8>>> {
    sqlx::query_scalar("SELECT credential_id FROM passkeys WHERE user_id = $1 ORDER BY id LIMIT $2")
        .bind(owner)
        .bind(limit)
        .fetch_all(db)
        .await
}
{%- if oidc %}

/// How many passkeys a user has.
pub async fn count(db: impl PgExecutor<'_>, owner: Owner) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM passkeys WHERE user_id = $1")
        .bind(owner)
        .fetch_one(db)
        .await
}
{%- endif %}

/// The passkey that a device names by `credential_id`.
pub async fn find(
    db: impl PgExecutor<'_>,
    credential_id: &[u8],
) -> sqlx::Result<Option<StoredPasskey>> {
    sqlx::query_as("SELECT id, user_id, credential FROM passkeys WHERE credential_id = $1")
        .bind(credential_id)
        .fetch_optional(db)
        .await
}

/// Records that somebody has logged in with the passkey, whose counter may be another one now. False if it was removed.
pub async fn used(db: impl PgExecutor<'_>, id: PasskeyId, credential: &str) -> sqlx::Result<bool> {
    let result =
        sqlx::query("UPDATE passkeys SET credential = $2, last_used_at = now() WHERE id = $1")
            .bind(id)
            .bind(credential)
            .execute(db)
            .await?;
    Ok(result.rows_affected() > 0)
}

/// Deletes a passkey, and returns its name; `None` if the user has no such passkey.
pub async fn delete(
    db: impl PgExecutor<'_>,
    owner: Owner,
    id: PasskeyId,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("DELETE FROM passkeys WHERE id = $1 AND user_id = $2 RETURNING name")
        .bind(id)
        .bind(owner)
        .fetch_optional(db)
        .await
}
