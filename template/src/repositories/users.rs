//! The table `users`.

use serde::Serialize;
use sqlx::{FromRow, PgExecutor};
use time::OffsetDateTime;

use crate::models::{DisplayName, Email, PasswordHash, User, UserId};

pub mod addresses;
{%- if phone %}
pub mod phones;
{%- endif %}

/// The columns of a [`User`].
#[derive(FromRow)]
pub(super) struct UserRow {
    id: UserId,
    email: String,
    display_name: String,
    created_at: OffsetDateTime,
}

impl TryFrom<UserRow> for User {
    type Error = sqlx::Error;

    fn try_from(row: UserRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            email: Email::stored(row.email),
            display_name: DisplayName::stored(row.display_name),
            created_at: row.created_at,
        })
    }
}

/// The public data of a user.
{%- if openapi %}
#[derive(Debug, FromRow, Serialize, utoipa::ToSchema)]
{%- else %}
#[derive(Debug, FromRow, Serialize)]
{%- endif %}
pub struct Profile {
    /// The user's id.
    pub id: UserId,
    /// The public name.
    pub display_name: String,
    /// When the account was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Stores a new user.
///
/// # Errors
/// A violation of `users_email_key` if the address already has an account.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: UserId,
    email: &Email,
    display_name: &DisplayName,
    password: &PasswordHash,
) -> sqlx::Result<User> {
    sqlx::query_as::<_, UserRow>(
{%- if teams %}
        // A user has a team to themselves, with the same id.
        "WITH new AS (
             INSERT INTO users (id, email, display_name, password_hash) VALUES ($1, $2, $3, $4)
             RETURNING id, email, display_name, created_at
         ), team AS (
             INSERT INTO teams (id, name, user_id) SELECT id, display_name, id FROM new
         ), membership AS (
             INSERT INTO memberships (team_id, user_id, role) SELECT id, id, 'owner' FROM new
         )
         SELECT id, email, display_name, created_at FROM new",
{%- else %}
        "INSERT INTO users (id, email, display_name, password_hash) VALUES ($1, $2, $3, $4)
         RETURNING id, email, display_name, created_at",
{%- endif %}
    )
    .bind(id)
    .bind(email.as_str())
    .bind(display_name.as_str())
    .bind(&password.0)
    .fetch_one(db)
    .await?
    .try_into()
}

/// The public data of the user, if there is one with this `id`.
pub async fn profile(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<Profile>> {
    sqlx::query_as("SELECT id, display_name, created_at FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// The user with this address in NFC or NFD, and the hash of their password; if `confirmed`, only if the address is confirmed.
pub async fn credentials(
    db: impl PgExecutor<'_>,
    email: &Email,
    confirmed: bool,
) -> sqlx::Result<Option<(User, PasswordHash)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: UserRow,
        password_hash: String,
    }
    let row = sqlx::query_as::<_, Row>(
        "SELECT id, email, display_name, created_at, password_hash FROM users
         WHERE email IN ($1, $3) AND (email_confirmed_at IS NOT NULL OR NOT $2)
         ORDER BY email = $1 DESC LIMIT 1",
    )
    .bind(email.as_str())
    .bind(confirmed)
    .bind(email.decomposed())
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.user.try_into()?, PasswordHash(row.password_hash))))
        .transpose()
}

/// Replaces the hash of the password; false if there is no such user any more.
pub async fn set_password(
    db: impl PgExecutor<'_>,
    id: UserId,
    password: &PasswordHash,
) -> sqlx::Result<bool> {
    let result = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
        .bind(id)
        .bind(&password.0)
        .execute(db)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// Replaces the hash of the password by another one of the same password; false if it is not `old` any more.
pub async fn replace_hash(
    db: impl PgExecutor<'_>,
    id: UserId,
    old: &PasswordHash,
    new: &PasswordHash,
) -> sqlx::Result<bool> {
    let result =
        sqlx::query("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
            .bind(id)
            .bind(&old.0)
            .bind(&new.0)
            .execute(db)
            .await?;
    Ok(result.rows_affected() > 0)
}

/// The hash of the user's password, whose row is locked until the end of the transaction: of two that change how the user
/// can log in, the second one sees what the first one did.
pub async fn lock_password(
    db: impl PgExecutor<'_>,
    id: UserId,
) -> sqlx::Result<Option<PasswordHash>> {
    let hash: Option<String> =
        sqlx::query_scalar("SELECT password_hash FROM users WHERE id = $1 FOR UPDATE")
            .bind(id)
            .fetch_optional(db)
            .await?;
    Ok(hash.map(PasswordHash))
}

/// Deletes the user, and with it, by foreign keys, everything that is theirs.
pub async fn delete(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM users WHERE id = $1")
        .bind(id)
        .execute(db)
        .await
        .map(drop)
}
