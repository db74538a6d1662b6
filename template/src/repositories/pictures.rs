//! The pictures in the table `file_objects` that were made here: variants of files, and avatars of users.

use sqlx::{FromRow, PgExecutor};
use stack_files::picture::Picture;

use crate::models::{FileId, ObjectId, StoredPicture, User, UserId, Variant};

#[derive(FromRow)]
struct PictureRow {
    object: ObjectId,
    picture_type: String,
    picture_size: i64,
}

impl From<PictureRow> for StoredPicture {
    fn from(row: PictureRow) -> Self {
        Self {
            object: row.object,
            content_type: row.picture_type,
            size: row.picture_size.unsigned_abs(),
        }
    }
}

/// Gives `object` to a file as one of its variants; false if the file has that or was deleted, or the time of `object` is over.
/// From then on it is removed with the file.
pub async fn keep_variant(
    db: impl PgExecutor<'_>,
    object: ObjectId,
    file: FileId,
    variant: Variant,
    picture: &Picture,
) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "UPDATE file_objects SET file_id = $2, variant = $3, picture_type = $4, picture_size = $5, delete_at = now()
         WHERE id = $1 AND file_id IS NULL AND avatar_of IS NULL AND delete_at > now()
             AND NOT EXISTS (SELECT 1 FROM file_objects WHERE file_id = $2 AND variant = $3)",
    )
    .bind(object)
    .bind(file)
    .bind(variant.name())
    .bind(picture.content_type)
    .bind(size(picture))
    .execute(db)
    .await;
    match result {
        Ok(result) => Ok(result.rows_affected() > 0),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

/// A variant of a file, which the caller has found for its reader.
pub async fn variant(
    db: impl PgExecutor<'_>,
    file: FileId,
    variant: Variant,
) -> sqlx::Result<Option<StoredPicture>> {
    let row: Option<PictureRow> = sqlx::query_as(
        "SELECT id AS object, picture_type, picture_size FROM file_objects
         WHERE file_id = $1 AND variant = $2",
    )
    .bind(file)
    .bind(variant.name())
    .fetch_optional(db)
    .await?;
    Ok(row.map(Into::into))
}

/// Locks the user's row until the end of the transaction: of two who change the avatar, the second one sees that of the first.
pub async fn lock_user(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE")
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}

/// Gives `object` to a user as their avatar; false if its time is over. The user has none, or has just
/// [lost](drop_avatar) it. From then on it is removed with the user.
pub async fn keep_avatar(
    db: impl PgExecutor<'_>,
    object: ObjectId,
    user: UserId,
    picture: &Picture,
) -> sqlx::Result<bool> {
    let result = sqlx::query(
        "UPDATE file_objects SET avatar_of = $2, picture_type = $3, picture_size = $4, delete_at = now()
         WHERE id = $1 AND file_id IS NULL AND avatar_of IS NULL AND delete_at > now()",
    )
    .bind(object)
    .bind(user)
    .bind(picture.content_type)
    .bind(size(picture))
    .execute(db)
    .await?;
    Ok(result.rows_affected() > 0)
}

/// Takes the avatar from a user. It is due for removal then.
pub async fn drop_avatar(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<()> {
    sqlx::query("UPDATE file_objects SET avatar_of = NULL WHERE avatar_of = $1")
        .bind(user)
        .execute(db)
        .await
        .map(drop)
}

/// The avatar of a user, if they have one.
pub async fn avatar_of(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<Option<ObjectId>> {
    sqlx::query_scalar("SELECT id FROM file_objects WHERE avatar_of = $1")
        .bind(user)
        .fetch_optional(db)
        .await
}
{%- if teams %}

/// An avatar, if it is that of `reader` or of somebody who shares a team with them.
{%- else %}

/// An avatar, if it is that of `reader`.
{%- endif %}
pub async fn find_avatar(
    db: impl PgExecutor<'_>,
    reader: &User,
    id: ObjectId,
) -> sqlx::Result<Option<StoredPicture>> {
    let row: Option<PictureRow> = sqlx::query_as(
        "SELECT id AS object, picture_type, picture_size FROM file_objects
{%- if teams %}
         WHERE id = $2 AND (avatar_of = $1 OR avatar_of IN (
             SELECT theirs.user_id FROM memberships theirs JOIN memberships own ON own.team_id = theirs.team_id
             WHERE own.user_id = $1))",
{%- else %}
         WHERE id = $2 AND avatar_of = $1",
{%- endif %}
    )
    .bind(reader.id)
    .bind(id)
    .fetch_optional(db)
    .await?;
    Ok(row.map(Into::into))
}

fn size(picture: &Picture) -> i64 {
    i64::try_from(picture.bytes.len()).unwrap_or(i64::MAX)
}
