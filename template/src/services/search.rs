//! Searching notes by meaning and by words.
//!
//! A search combines two queries: a vector search for notes with a similar meaning, and a full-text search for notes with
//! its words, which also finds names, numbers and rare words that a model does not know. [`fusion`] merges the results.
//! Vectors and words are both in the vector database, which is always PostgreSQL, so search does not depend on the
//! database of the notes.
//!
//! [`Search::changed`] indexes a note in the background. [`index()`] compares all embeddings of one user; [`reembed()`] those
//! of all users, and reports its progress.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use stack_db::Db;
use time::OffsetDateTime;

use super::embedder::{EmbedError, Embedder, METRIC};
use crate::{
    database::vectors::VectorDb,
    error::{Error, Result},
    models::{Note, NoteId, Owner},
    repositories::{
        embeddings::{self, Filter},
        notes,
    },
};

pub mod fusion;
mod index;
mod marks;
mod reembed;
mod worker;

use marks::Marks;

pub use index::{index, repair, repair_hourly};
pub use reembed::reembed;

/// How long a search waits for the newest notes to be indexed; after that it searches without them.
const INDEX_TIMEOUT: Duration = Duration::from_secs(3);
/// How many notes each of the two queries returns: more than a search returns, since a note that is far down in both
/// lists may be the best one of the merged list.
const CANDIDATES: i64 = 50;
/// How long the embedder may take for a text; after that it counts as failed.
const EMBED_TIMEOUT: Duration = Duration::from_secs(10);

/// Searches notes. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    db: Db,
    vectors: Option<VectorDb>,
    embedder: Arc<dyn Embedder>,
    /// The notes that have changed and are not indexed yet.
    marks: Arc<Marks>,
}

/// A result of a search.
{%- if openapi %}
#[derive(Serialize, utoipa::ToSchema)]
{%- else %}
#[derive(Serialize)]
{%- endif %}
pub struct Hit {
    /// The note.
    pub note: Note,
    /// Only for sorting, see [`fusion::fuse`].
    pub score: f64,
}

impl Search {
    /// Searches the notes of `db`, with the vectors of `embedder`.
    pub fn new(db: Db, vectors: Option<VectorDb>, embedder: Arc<dyn Embedder>) -> Self {
        let connections = db.pool().options().get_max_connections();
        Self {
            db,
            vectors,
            embedder,
            marks: Arc::new(Marks::new(worker::max_workers(connections))),
        }
    }

    /// The vector database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if search is disabled, see [`open`](crate::database::vectors::open).
    pub fn vectors(&self) -> Result<&VectorDb> {
        let disabled = "search is disabled: `VECTOR_DATABASE_URL` is not set";
        self.vectors
            .as_ref()
            .ok_or_else(|| Error::Unavailable(disabled.into()))
    }

    async fn embed(&self, note: &Note) -> Result<Vec<f32>, EmbedError> {
        let text = format!("{}\n{}", note.title.as_str(), note.body.as_str());
        self.embed_text(&text).await
    }

    async fn embed_text(&self, text: &str) -> Result<Vec<f32>, EmbedError> {
        let embedding = tokio::time::timeout(EMBED_TIMEOUT, self.embedder.embed(text)).await;
        embedding.map_err(|_| "the embedder does not respond")?
    }
}

/// The `limit` notes of `owner`, at most 50, that match `query` best, best first; only those written since `since`.
///
/// # Errors
/// [`Error::Unavailable`] if search is disabled or the embedder fails.
pub async fn find_notes(
    search: &Search,
    owner: Owner,
    query: &str,
    since: Option<OffsetDateTime>,
    limit: i64,
) -> Result<Vec<Hit>> {
    let (embedder, vectors) = (&search.embedder, search.vectors()?);
    // Indexing first finds a note that was just written. If it fails, the search still finds the notes indexed before.
    match tokio::time::timeout(INDEX_TIMEOUT, worker::catch_up(search, owner)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(?error, "searching without the newest notes"),
        Err(_) => tracing::warn!("searching without the newest notes: indexing timed out"),
    }
    let vector = search.embed_text(query).await.map_err(Error::Unavailable)?;
    let (filter, model) = (Filter { owner, since }, embedder.model());
    let (near, with_words) = tokio::try_join!(
        embeddings::nearest(vectors, METRIC, filter, model, vector, CANDIDATES),
        embeddings::with_words(vectors.pool(), filter, query, CANDIDATES),
    )?;
    let near: Vec<NoteId> = near
        .into_iter()
        .filter(|(_, similarity)| *similarity >= embedder.min_similarity())
        .map(|(id, _)| id)
        .collect();
    let mut ranking = fusion::fuse(&[near, with_words]);
    ranking.truncate(usize::try_from(limit).unwrap_or_default());
    let ids: Vec<NoteId> = ranking.iter().map(|(id, _)| *id).collect();
    // The notes are read from their own database, so one that was just deleted is not in the result.
    let mut found = notes::by_id::find(search.db.pool(), owner, &ids).await?;
    let hits = ranking.into_iter().filter_map(|(id, score)| {
        let position = found.iter().position(|note| note.id == id)?;
        let note = found.swap_remove(position);
        Some(Hit { note, score })
    });
    Ok(hits.collect())
}
