//! Notes by their ids, as search needs them.

use sqlx::PgPool;

use super::{Note, NoteId, NoteRow, UserId, Version};
use crate::repositories::embeddings::OWNERS_AT_ONCE;

/// Those of `ids` that are notes of `owner`, in no particular order.
pub async fn find(db: &PgPool, owner: UserId, ids: &[NoteId]) -> sqlx::Result<Vec<Note>> {
    let rows: Vec<NoteRow> = sqlx::query_as(
        "SELECT id, user_id, title, body, version, created_at, updated_at
         FROM notes WHERE user_id = $1 AND id = ANY($2)",
    )
    .bind(owner)
    .bind(ids)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// All notes of `owner`, each with its version.
pub async fn versions(db: &PgPool, owner: UserId) -> sqlx::Result<Vec<(NoteId, Version)>> {
    sqlx::query_as("SELECT id, version FROM notes WHERE user_id = $1")
        .bind(owner)
        .fetch_all(db)
        .await
}

/// Up to [`OWNERS_AT_ONCE`] users with notes, in the order of their ids: those after `after`.
pub async fn owners(db: &PgPool, after: Option<UserId>) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar(
        "SELECT DISTINCT user_id FROM notes
         WHERE $1::uuid IS NULL OR user_id > $1 ORDER BY user_id LIMIT $2",
    )
    .bind(after)
    .bind(i64::try_from(OWNERS_AT_ONCE).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await
}
