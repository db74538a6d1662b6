//! The table `api_tokens`. The clock is the database's, which all instances share.

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use super::{corrupt, users::UserRow};
use crate::models::{
    ApiToken, ApiTokenDraft, ApiTokenId, ApiTokenName, TokenDigest, TokenScopes, User, UserId,
};

#[derive(FromRow)]
struct TokenRow {
    id: ApiTokenId,
    name: String,
    scopes: String,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    last_used_at: Option<OffsetDateTime>,
}

impl TryFrom<TokenRow> for ApiToken {
    type Error = sqlx::Error;

    fn try_from(row: TokenRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            name: ApiTokenName::parse(&row.name).map_err(corrupt("name"))?,
            scopes: TokenScopes::stored(&row.scopes),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        })
    }
}

/// A valid token that a request has.
pub struct UsedToken {
    /// The token's id.
    pub id: ApiTokenId,
    /// What it may do.
    pub scopes: TokenScopes,
    /// Whether its use has to be stored.
    pub touch_due: bool,
}

/// Stores a new token of a user.
pub async fn insert(
    db: impl PgExecutor<'_>,
    user: UserId,
    secret: TokenDigest,
    draft: &ApiTokenDraft,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO api_tokens (id, user_id, name, token_hash, scopes, expires_at)
         VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 day')",
    )
    .bind(ApiTokenId::generate())
    .bind(user)
    .bind(draft.name.as_str())
    .bind(secret.0)
    .bind(draft.scopes.to_text())
    .bind(draft.days)
    .execute(db)
    .await
    .map(drop)
}

/// How many tokens a user has that have not expired.
pub async fn count(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM api_tokens WHERE user_id = $1 AND expires_at > now()")
        .bind(user)
        .fetch_one(db)
        .await
}

/// Up to `limit` tokens of a user that have not expired, the newest first.
pub async fn list(
    db: impl PgExecutor<'_>,
    user: UserId,
    limit: i64,
) -> sqlx::Result<Vec<ApiToken>> {
    let rows: Vec<TokenRow> = sqlx::query_as(
        "SELECT id, name, scopes, created_at, expires_at, last_used_at FROM api_tokens
         WHERE user_id = $1 AND expires_at > now() ORDER BY id DESC LIMIT $2",
    )
    .bind(user)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The token and its user; `None` if there is none, or it has expired.
pub async fn user(
    db: impl PgExecutor<'_>,
    secret: TokenDigest,
) -> sqlx::Result<Option<(UsedToken, User)>> {
    #[derive(FromRow)]
    struct Row {
        token_id: ApiTokenId,
        scopes: String,
        touch_due: bool,
        #[sqlx(flatten)]
        user: UserRow,
    }
    let row = sqlx::query_as::<_, Row>(
        "SELECT api_tokens.id AS token_id, scopes,
             coalesce(last_used_at < now() - interval '1 minute', true) AS touch_due,
             users.id, users.email, users.display_name, users.created_at
         FROM api_tokens JOIN users ON users.id = api_tokens.user_id
         WHERE token_hash = $1 AND expires_at > now()",
    )
    .bind(secret.0)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let token = UsedToken {
            id: row.token_id,
            scopes: TokenScopes::stored(&row.scopes),
            touch_due: row.touch_due,
        };
        Ok((token, row.user.try_into()?))
    })
    .transpose()
}

/// Records that the token is used now, at most once a minute: of concurrent requests one writes.
pub async fn touch(db: impl PgExecutor<'_>, id: ApiTokenId) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE api_tokens SET last_used_at = now()
         WHERE id = $1 AND coalesce(last_used_at < now() - interval '1 minute', true)",
    )
    .bind(id)
    .execute(db)
    .await
    .map(drop)
}

/// Deletes a token of a user, and returns its name if it existed.
pub async fn delete(
    db: impl PgExecutor<'_>,
    user: UserId,
    id: ApiTokenId,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("DELETE FROM api_tokens WHERE id = $1 AND user_id = $2 RETURNING name")
        .bind(id)
        .bind(user)
        .fetch_optional(db)
        .await
}

/// Deletes all tokens of a user, and returns how many there were.
pub async fn delete_of_user(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<u64> {
    let result = sqlx::query("DELETE FROM api_tokens WHERE user_id = $1")
        .bind(user)
        .execute(db)
        .await?;
    Ok(result.rows_affected())
}

/// Deletes up to `limit` tokens that have expired, and returns how many.
pub async fn delete_expired(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<u64> {
    let result = sqlx::query(
        "DELETE FROM api_tokens WHERE id IN (
             SELECT id FROM api_tokens WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
         )",
    )
    .bind(limit)
    .execute(db)
    .await?;
    Ok(result.rows_affected())
}
