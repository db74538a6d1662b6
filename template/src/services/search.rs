//! Searching notes by meaning and by words.
//!
//! A search combines two queries: a vector search for notes with a similar meaning, and a full-text search for notes with
//! its words, which also finds names, numbers and rare words that a model does not know. [`fusion`] merges the results.
//! Vectors and words are both in the vector database, which is always PostgreSQL, so search does not depend on the
//! database of the notes.
//!
//! [`index()`] updates the embeddings of one user; [`reembed()`] those of all users, and reports its progress.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use stack_db::Db;
use time::OffsetDateTime;
use tokio::sync::Mutex;

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

mod forget;
pub mod fusion;
mod index;
mod reembed;

pub use forget::forget_in_background;
pub use index::{index, index_in_background, repair, repair_hourly};
pub use reembed::reembed;

/// How long a search waits for the newest notes to be indexed; after that it searches without them.
const INDEX_TIMEOUT: Duration = Duration::from_secs(3);
/// How many notes each of the two queries returns: more than a search returns, since a note that is far down in both
/// lists may be the best one of the merged list.
const CANDIDATES: i64 = 50;
/// The number of index locks, and so of users whose notes are indexed at the same time.
const LOCKS: usize = 16;

/// Searches notes. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    db: Db,
    vectors: Option<VectorDb>,
    embedder: Arc<dyn Embedder>,
    /// A user's notes are indexed by one task at a time, so that no note is embedded twice.
    locks: Arc<[Mutex<()>; LOCKS]>,
}

/// A result of a search.
#[derive(Serialize)]
pub struct Hit {
    /// The note.
    pub note: Note,
    /// Only for sorting, see [`fusion::fuse`].
    pub score: f64,
}

impl Search {
    /// Searches the notes of `db`, with the vectors of `embedder`.
    pub fn new(db: Db, vectors: Option<VectorDb>, embedder: Arc<dyn Embedder>) -> Self {
        Self {
            db,
            vectors,
            embedder,
            locks: Arc::new(std::array::from_fn(|_| Mutex::default())),
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

    fn lock_of(&self, owner: Owner) -> &Mutex<()> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        owner.hash(&mut hasher);
        let lock = hasher.finish() % (LOCKS as u64);
        &self.locks[usize::try_from(lock).unwrap_or_default()]
    }

    async fn embed(&self, note: &Note) -> Result<Vec<f32>, EmbedError> {
        let text = format!("{}\n{}", note.title.as_str(), note.body.as_str());
        self.embedder.embed(&text).await
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
    match tokio::time::timeout(INDEX_TIMEOUT, index(search, owner)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(?error, "searching without the newest notes"),
        Err(_) => tracing::warn!("searching without the newest notes: indexing timed out"),
    }
    let vector = embedder.embed(query).await.map_err(Error::Unavailable)?;
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
