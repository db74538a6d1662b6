//! The address of a user: whether it is confirmed, and its change.

use sqlx::{FromRow, PgExecutor};

use super::UserRow;
use crate::models::{DisplayName, Email, PasswordHash, User, UserId};

/// The user with this address in NFC or NFD, and whether the address is confirmed.
pub async fn by_email(
    db: impl PgExecutor<'_>,
    email: &Email,
) -> sqlx::Result<Option<(User, bool)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: UserRow,
        confirmed: bool,
    }
    let row = sqlx::query_as::<_, Row>(
        "SELECT id, email, display_name, created_at, email_confirmed_at IS NOT NULL AS confirmed
         FROM users WHERE email IN ($1, $2) ORDER BY email = $1 DESC LIMIT 1",
    )
    .bind(email.as_str())
    .bind(email.decomposed())
    .fetch_optional(db)
    .await?;
    row.map(|row| Ok((row.user.try_into()?, row.confirmed)))
        .transpose()
}

/// The user with this id.
pub async fn by_id(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<User>> {
    sqlx::query_as::<_, UserRow>(
        "SELECT id, email, display_name, created_at FROM users WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(db)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Stores that the address belongs to the user, unless that is known already.
pub async fn confirm_email(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE users SET email_confirmed_at = now() WHERE id = $1 AND email_confirmed_at IS NULL",
    )
    .bind(id)
    .execute(db)
    .await
    .map(drop)
}

/// Changes the address of the user to one that is confirmed.
///
/// # Errors
/// A violation of `users_email_key` if the address has an account by now.
pub async fn change_email(db: impl PgExecutor<'_>, id: UserId, email: &Email) -> sqlx::Result<()> {
    sqlx::query("UPDATE users SET email = $2, email_confirmed_at = now() WHERE id = $1")
        .bind(id)
        .bind(email.as_str())
        .execute(db)
        .await
        .map(drop)
}

/// Replaces name and password of an account whose address nobody has confirmed: whoever registers an address first has no
/// claim to it.
pub async fn replace_unconfirmed(
    db: impl PgExecutor<'_>,
    id: UserId,
    display_name: &DisplayName,
    password: &PasswordHash,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE users SET display_name = $2, password_hash = $3
         WHERE id = $1 AND email_confirmed_at IS NULL",
    )
    .bind(id)
    .bind(display_name.as_str())
    .bind(&password.0)
    .execute(db)
    .await
    .map(drop)
}
