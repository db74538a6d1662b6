//! The table `note_embeddings`, which is in the vector database. Every statement names the owner.

use std::collections::HashMap;

use pgvector::Vector;
use sqlx::PgPool;

use crate::{
    database::vectors::VectorDb,
    models::{Note, NoteId, UserId, Version},
};

/// How many users [`owners`] names at once.
pub const OWNERS_AT_ONCE: usize = 500;

/// Which notes of `owner` have an embedding by `model`, and of which version. One by another model counts as made
/// of no version at all.
pub async fn versions(
    vectors: &PgPool,
    owner: UserId,
    model: &str,
) -> sqlx::Result<HashMap<NoteId, Option<Version>>> {
    let rows: Vec<(NoteId, Option<Version>)> = sqlx::query_as(
        "SELECT note_id, CASE WHEN model = $2 THEN version END
         FROM note_embeddings WHERE user_id = $1",
    )
    .bind(owner)
    .bind(model)
    .fetch_all(vectors)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Stores the embedding of a note, unless there is one of a later version: whoever embeds an old version and is
/// late must not win.
pub async fn put(vectors: &PgPool, note: &Note, model: &str, vector: Vec<f32>) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO note_embeddings (note_id, user_id, version, model, embedding)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (note_id) DO UPDATE
         SET version = excluded.version, model = excluded.model, embedding = excluded.embedding
         WHERE note_embeddings.version <= excluded.version",
    )
    .bind(note.id)
    .bind(note.user_id)
    .bind(note.version)
    .bind(model)
    .bind(Vector::from(vector))
    .execute(vectors)
    .await
    .map(drop)
}

/// Removes embeddings.
pub async fn delete(vectors: &PgPool, owner: UserId, ids: &[NoteId]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM note_embeddings WHERE user_id = $1 AND note_id = ANY($2)")
        .bind(owner)
        .bind(ids)
        .execute(vectors)
        .await
        .map(drop)
}

/// The notes of `owner` nearest to `vector`, with the cosine of the angle between them.
pub async fn nearest(
    vectors: &VectorDb,
    owner: UserId,
    model: &str,
    vector: Vec<f32>,
    limit: i64,
) -> sqlx::Result<Vec<(NoteId, f64)>> {
    let mut tx = vectors.begin_search().await?;
    let found = sqlx::query_as(
        "SELECT note_id, 1 - (embedding <=> $3) FROM note_embeddings
         WHERE user_id = $1 AND model = $2
         ORDER BY embedding <=> $3 LIMIT $4",
    )
    .bind(owner)
    .bind(model)
    .bind(Vector::from(vector))
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

/// Up to [`OWNERS_AT_ONCE`] users with embeddings, in the order of their ids: those after `after`.
pub async fn owners(vectors: &PgPool, after: Option<UserId>) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar(
        "SELECT DISTINCT user_id FROM note_embeddings
         WHERE $1::uuid IS NULL OR user_id > $1 ORDER BY user_id LIMIT $2",
    )
    .bind(after)
    .bind(i64::try_from(OWNERS_AT_ONCE).unwrap_or(i64::MAX))
    .fetch_all(vectors)
    .await
}
