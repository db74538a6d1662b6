//! The phone number of a user.

use sqlx::PgExecutor;
use stack_web::sealed::{Sealed, SealedColumn};

use crate::models::{Phone, UserId};

/// The column `users.phone`, which is encrypted.
pub struct PhoneColumn;

impl SealedColumn for PhoneColumn {
    type Value = Phone;
    type Row = UserId;
    const TABLE: &'static str = "users";
    const COLUMN: &'static str = "phone";

    fn text(value: &Phone) -> &str {
        value.as_str()
    }

    fn parse(text: &str) -> Option<Phone> {
        Phone::parse(text).ok()
    }
}

/// The encrypted phone number of the user, if there is one.
pub async fn get(db: impl PgExecutor<'_>, id: UserId) -> sqlx::Result<Option<Sealed<PhoneColumn>>> {
    let phone = sqlx::query_scalar("SELECT phone FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(phone.flatten())
}

/// Stores the phone number of the user; `None` removes it.
pub async fn set(
    db: impl PgExecutor<'_>,
    id: UserId,
    phone: Option<&Sealed<PhoneColumn>>,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE users SET phone = $2 WHERE id = $1")
        .bind(id)
        .bind(phone)
        .execute(db)
        .await
        .map(drop)
}

/// Up to `limit` users after the user `after`, in the order of their ids, whose encrypted phone number is *not* in the
/// range from `first` to before `after_last`, see [`Vault::current_range`](stack_web::sealed::Vault::current_range).
pub async fn outside(
    db: impl PgExecutor<'_>,
    (first, after_last): &(Vec<u8>, Vec<u8>),
    after: Option<UserId>,
    limit: i64,
) -> sqlx::Result<Vec<(UserId, Sealed<PhoneColumn>)>> {
    sqlx::query_as(
        "SELECT id, phone FROM users
         WHERE (phone < $1 OR phone >= $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
    )
    .bind(first)
    .bind(after_last)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// The number of users that [`outside`] returns in total.
pub async fn count_outside(
    db: impl PgExecutor<'_>,
    (first, after_last): &(Vec<u8>, Vec<u8>),
) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM users WHERE phone < $1 OR phone >= $2")
        .bind(first)
        .bind(after_last)
        .fetch_one(db)
        .await
}

/// Replaces the phone number `old` by `new`, unless it was changed in the meantime.
pub async fn replace(
    db: impl PgExecutor<'_>,
    id: UserId,
    old: &Sealed<PhoneColumn>,
    new: &Sealed<PhoneColumn>,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE users SET phone = $3 WHERE id = $1 AND phone = $2")
        .bind(id)
        .bind(old)
        .bind(new)
        .execute(db)
        .await
        .map(drop)
}
