//! The table `note_embeddings` of the vector database. Every statement filters by the owner.

use pgvector::{HalfVector, Vector};
use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::{
    database::vectors::{Metric, VectorDb},
    models::{Note, NoteId, Owner, Version},
};

/// How many rows one statement returns at most.
pub const PAGE: usize = 500;

/// A note and its embedding.
pub struct Embedded {
    /// The note.
    pub note: Note,
    /// [`DIMENSIONS`](crate::services::embedder::DIMENSIONS) numbers.
    pub vector: Vec<f32>,
}

/// The notes that a search considers.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Only notes of this user …
    pub owner: Owner,
    /// … that were last written at this time or later.
    pub since: Option<OffsetDateTime>,
}

/// Up to [`PAGE`] embeddings of `owner` after the note `after`, in the order of the note ids: the note, and the version
/// that was embedded. The version is `None` if the embedding is from another model than `model`.
pub async fn versions(
    vectors: impl PgExecutor<'_>,
    owner: Owner,
    model: &str,
    after: Option<NoteId>,
) -> sqlx::Result<Vec<(NoteId, Option<Version>)>> {
    sqlx::query_as(
        "SELECT note_id, CASE WHEN model = $2 THEN version END FROM note_embeddings
         WHERE user_id = $1 AND ($3::uuid IS NULL OR note_id > $3) ORDER BY note_id LIMIT $4",
    )
    .bind(owner)
    .bind(model)
    .bind(after)
    .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
    .fetch_all(vectors)
    .await
}

/// The embeddings of `owner` among those of the notes `ids`, each as in [`versions`].
pub async fn versions_of(
    vectors: impl PgExecutor<'_>,
    owner: Owner,
    model: &str,
    ids: &[NoteId],
) -> sqlx::Result<Vec<(NoteId, Option<Version>)>> {
    sqlx::query_as(
        "SELECT note_id, CASE WHEN model = $2 THEN version END FROM note_embeddings
         WHERE user_id = $1 AND note_id = ANY($3)",
    )
    .bind(owner)
    .bind(model)
    .bind(ids)
    .fetch_all(vectors)
    .await
}

/// Inserts or updates embeddings in one statement, each of another note. An embedding of a later version is kept, so that
/// a slow task cannot overwrite it with an older one.
pub async fn upsert(
    vectors: impl PgExecutor<'_>,
    model: &str,
    batch: &[Embedded],
) -> sqlx::Result<()> {
    fn column<'a, T>(batch: &'a [Embedded], value: impl Fn(&'a Embedded) -> T) -> Vec<T> {
        batch.iter().map(value).collect()
    }
    if batch.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO note_embeddings (note_id, user_id, version, model, updated_at, words, embedding)
         SELECT note_id, user_id, version, $1, updated_at,
                setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'B'),
                embedding
         FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::vector[])
              AS batch (note_id, user_id, version, updated_at, title, body, embedding)
         ON CONFLICT (note_id) DO UPDATE
         SET version = excluded.version, model = excluded.model, updated_at = excluded.updated_at,
             words = excluded.words, embedding = excluded.embedding
         WHERE note_embeddings.version <= excluded.version",
    )
    .bind(model)
    .bind(column(batch, |row| row.note.id))
{%- if teams %}
    .bind(column(batch, |row| row.note.team_id))
{%- else %}
    .bind(column(batch, |row| row.note.user_id))
{%- endif %}
    .bind(column(batch, |row| row.note.version))
    .bind(column(batch, |row| row.note.updated_at))
    .bind(column(batch, |row| row.note.title.as_str()))
    .bind(column(batch, |row| row.note.body.as_str()))
    .bind(column(batch, |row| Vector::from(row.vector.clone())))
    .execute(vectors)
    .await
    .map(drop)
}

/// Deletes embeddings.
pub async fn delete(
    vectors: impl PgExecutor<'_>,
    owner: Owner,
    ids: &[NoteId],
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM note_embeddings WHERE user_id = $1 AND note_id = ANY($2)")
        .bind(owner)
        .bind(ids)
        .execute(vectors)
        .await
        .map(drop)
}

/// The statement for one operator: the index of half-precision vectors finds twice as many candidates as requested; then
/// they are sorted by the distance in full precision.
macro_rules! nearest_by {
    ($operator:literal) => {
        concat!(
            "SELECT note_id, embedding ",
            $operator,
            " $5 AS distance FROM (
                 SELECT note_id, embedding FROM note_embeddings
                 WHERE user_id = $1 AND ($2::timestamptz IS NULL OR updated_at >= $2) AND model = $3
                 ORDER BY embedding::halfvec(384) ",
            $operator,
            " $4 LIMIT 2 * $6
             ) AS candidates ORDER BY distance, note_id LIMIT $6"
        )
    };
}

/// The statement of [`nearest`], public for tests of its query plan.
pub fn nearest_query(metric: Metric) -> &'static str {
    match metric {
        Metric::Cosine => nearest_by!("<=>"),
        Metric::InnerProduct => nearest_by!("<#>"),
    }
}

/// The `limit` notes nearest to `vector`, nearest first, each with its [similarity](Metric::similarity).
pub async fn nearest(
    vectors: &VectorDb,
    metric: Metric,
    filter: Filter,
    model: &str,
    vector: Vec<f32>,
    limit: i64,
) -> sqlx::Result<Vec<(NoteId, f64)>> {
    let mut tx = vectors.begin_search().await?;
    let found: Vec<(NoteId, f64)> = sqlx::query_as(nearest_query(metric))
        .bind(filter.owner)
        .bind(filter.since)
        .bind(model)
        .bind(HalfVector::from_f32_slice(&vector))
        .bind(Vector::from(vector))
        .bind(limit)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    let found = found.into_iter();
    Ok(found
        .map(|(id, distance)| (id, metric.similarity(distance)))
        .collect())
}

/// The `limit` notes that contain the words of `query`, best first, regardless of the model of their embedding. The query
/// may have the syntax of web search engines: `"in this order"`, `either or`, `-without`.
pub async fn with_words(
    vectors: impl PgExecutor<'_>,
    filter: Filter,
    query: &str,
    limit: i64,
) -> sqlx::Result<Vec<NoteId>> {
    sqlx::query_scalar(
        "SELECT note_id FROM note_embeddings, websearch_to_tsquery('simple', $3) AS wanted
         WHERE user_id = $1 AND ($2::timestamptz IS NULL OR updated_at >= $2) AND words @@ wanted
         ORDER BY ts_rank(words, wanted) DESC, note_id DESC LIMIT $4",
    )
    .bind(filter.owner)
    .bind(filter.since)
    .bind(query)
    .bind(limit)
    .fetch_all(vectors)
    .await
}

/// Up to [`PAGE`] users with embeddings after the user `after`, in the order of their ids.
pub async fn owners(
    vectors: impl PgExecutor<'_>,
    after: Option<Owner>,
) -> sqlx::Result<Vec<Owner>> {
    sqlx::query_scalar(
        "SELECT DISTINCT user_id FROM note_embeddings
         WHERE $1::uuid IS NULL OR user_id > $1 ORDER BY user_id LIMIT $2",
    )
    .bind(after)
    .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
    .fetch_all(vectors)
    .await
}
