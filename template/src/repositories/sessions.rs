//! The table `sessions`.
//!
//! The clock of the database alone decides whether a session has expired: that of the application may differ from it, and
//! from that of another instance.

use std::time::Duration;

use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use super::users::UserRow;
use crate::models::{ClientInfo, Owner, Session, SessionId, TokenDigest, User, UserId};

/// The columns of a [`SessionRow`].
macro_rules! session_columns {
    () => {
        "sessions.id AS session_id, user_agent, address, sessions.created_at AS started_at, last_used_at,
         last_used_at < now() - interval '1 minute' AS touch_due,
         coalesce(authenticated_at > now() - interval '10 minutes', false) AS recently_authenticated"
    };
}

/// A row of a [`Session`].
#[derive(FromRow)]
struct SessionRow {
    session_id: SessionId,
    user_agent: String,
    address: String,
    started_at: OffsetDateTime,
    last_used_at: OffsetDateTime,
    touch_due: bool,
    recently_authenticated: bool,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.session_id,
            client: ClientInfo::from_row(&row.address, &row.user_agent),
            created_at: row.started_at,
            last_used_at: row.last_used_at,
            touch_due: row.touch_due,
            recently_authenticated: row.recently_authenticated,
        }
    }
}

/// Stores a session of `user`, who has just proved who they are. It expires after `lifetime`.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: SessionId,
    token: TokenDigest,
    user: UserId,
    client: &ClientInfo,
    lifetime: Duration,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO sessions (id, token_hash, user_id, user_agent, address, expires_at, authenticated_at)
         VALUES ($1, $2, $3, $4, $5, now() + $6::interval, now())",
    )
    .bind(id)
    .bind(token.0)
    .bind(user)
    .bind(client.user_agent.as_str())
    .bind(client.address_text())
    .bind(lifetime)
    .execute(db)
    .await
    .map(drop)
}

/// The session and its user; `None` if it does not exist, has expired, or was not used for the time `idle`.
pub async fn user(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
    idle: Duration,
) -> sqlx::Result<Option<(Session, User)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        session: SessionRow,
        #[sqlx(flatten)]
        user: UserRow,
    }
    let row = sqlx::query_as::<_, Row>(concat!(
        "SELECT ",
        session_columns!(),
        ", users.id, users.email, users.display_name, users.created_at
         FROM sessions JOIN users ON users.id = sessions.user_id
         WHERE token_hash = $1 AND expires_at > now() AND last_used_at > now() - $2::interval",
    ))
    .bind(token.0)
    .bind(idle)
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.session.into(), row.user.try_into()?)))
        .transpose()
}

/// Whether the session exists and has not expired, as [`user`].
pub async fn is_valid(
    db: impl PgExecutor<'_>,
    id: SessionId,
    idle: Duration,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sessions
             WHERE id = $1 AND expires_at > now() AND last_used_at > now() - $2::interval)",
    )
    .bind(id)
    .bind(idle)
    .fetch_one(db)
    .await
}

/// Records that `client` uses the session now, at most once a minute: of concurrent requests one writes.
pub async fn touch(
    db: impl PgExecutor<'_>,
    id: SessionId,
    client: &ClientInfo,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE sessions SET last_used_at = now(), user_agent = $2, address = $3
         WHERE id = $1 AND last_used_at < now() - interval '1 minute'",
    )
    .bind(id)
    .bind(client.user_agent.as_str())
    .bind(client.address_text())
    .execute(db)
    .await
    .map(drop)
}
{%- if teams %}

/// All sessions of a user.
pub async fn of_user(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar("SELECT id FROM sessions WHERE user_id = $1")
        .bind(user)
        .fetch_all(db)
        .await
}
{%- endif %}

/// Up to `limit` valid sessions of `owner`, the last used first.
pub async fn list(
    db: impl PgExecutor<'_>,
    owner: Owner,
    idle: Duration,
    limit: i64,
) -> sqlx::Result<Vec<Session>> {
    let rows: Vec<SessionRow> = sqlx::query_as(concat!(
        "SELECT ",
        session_columns!(),
        " FROM sessions
         WHERE user_id = $1 AND expires_at > now() AND last_used_at > now() - $2::interval
         ORDER BY last_used_at DESC LIMIT $3",
    ))
    .bind(owner)
    .bind(idle)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Records that the user of the session has just proved who they are, and gives it a new token. False if there is no
/// such session any more.
pub async fn authenticate(
    db: impl PgExecutor<'_>,
    id: SessionId,
    token: TokenDigest,
) -> sqlx::Result<bool> {
    let result =
        sqlx::query("UPDATE sessions SET token_hash = $2, authenticated_at = now() WHERE id = $1")
            .bind(id)
            .bind(token.0)
            .execute(db)
            .await?;
    Ok(result.rows_affected() > 0)
}

/// Whether the user of the session has proved in the last ten minutes who they are.
pub async fn recently_authenticated(db: impl PgExecutor<'_>, id: SessionId) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sessions
             WHERE id = $1 AND authenticated_at > now() - interval '10 minutes')",
    )
    .bind(id)
    .fetch_one(db)
    .await
}

/// Deletes the session `id` of `owner`; false if there is none.
pub async fn delete_one(
    db: impl PgExecutor<'_>,
    owner: Owner,
    id: SessionId,
) -> sqlx::Result<bool> {
    let result = sqlx::query("DELETE FROM sessions WHERE id = $1 AND user_id = $2")
        .bind(id)
        .bind(owner)
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// Deletes up to `limit` sessions of `user`, except `kept`, and returns their ids.
pub async fn delete_others(
    db: impl PgExecutor<'_>,
    user: UserId,
    kept: Option<SessionId>,
    limit: i64,
) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar(
        "DELETE FROM sessions WHERE id IN (
             SELECT id FROM sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2) LIMIT $3
         ) RETURNING id",
    )
    .bind(user)
    .bind(kept)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Deletes a session, and returns its id and its user if it existed.
pub async fn delete(
    db: impl PgExecutor<'_>,
    token: TokenDigest,
) -> sqlx::Result<Option<(SessionId, UserId)>> {
    sqlx::query_as("DELETE FROM sessions WHERE token_hash = $1 RETURNING id, user_id")
        .bind(token.0)
        .fetch_optional(db)
        .await
}

/// Deletes up to `limit` sessions that have expired, or were not used for the time `idle`, and returns their ids.
pub async fn delete_expired(
    db: impl PgExecutor<'_>,
    idle: Duration,
    limit: i64,
) -> sqlx::Result<Vec<SessionId>> {
    sqlx::query_scalar(
        "DELETE FROM sessions WHERE id IN (
             SELECT id FROM sessions
             WHERE expires_at <= now() OR last_used_at <= now() - $1::interval LIMIT $2
         ) RETURNING id",
    )
    .bind(idle)
    .bind(limit)
    .fetch_all(db)
    .await
}
