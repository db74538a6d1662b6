//! Finding notes by what they say.
//!
//! A search is two: for notes that mean what the query means (vectors), and for notes that have its words (full text).
//! The one finds other words for the same thing, the other names, numbers and rare words that a model never saw.
//! [`fusion`] makes one list of both. Vectors and words stand side by side in the vector database, which is always
//! PostgreSQL, so search is the same whatever database the notes are in.
//!
//! [`index()`] keeps that database up to date; [`reembed()`] does so for everybody, for a person who waits.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use stack_db::Db;
use time::OffsetDateTime;
use tokio::sync::Mutex;

use super::embedder::{EmbedError, Embedder, METRIC};
use crate::{
    database::vectors::VectorDb,
    error::{Error, Result},
    models::{Note, NoteId, UserId},
    repositories::{
        embeddings::{self, Filter},
        notes,
    },
};

pub mod fusion;
mod index;
mod reembed;

pub use index::{index, index_soon, keep_repaired, repair};
pub use reembed::reembed;

/// How long a search waits for embeddings to be brought up to date before it does without.
const CATCH_UP: Duration = Duration::from_secs(3);
/// How many notes each half of the search finds at most: more than are wanted, so that one which is far down in both
/// lists can still come first.
const CANDIDATES: i64 = 50;
/// How many users' embeddings can be brought up to date at once.
const LANES: usize = 16;

/// What notes are found with. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    db: Db,
    vectors: Option<VectorDb>,
    embedder: Arc<dyn Embedder>,
    /// One at a time for each user, so that nothing is embedded twice.
    lanes: Arc<[Mutex<()>; LANES]>,
}

/// A note that was found.
#[derive(Serialize)]
pub struct Hit {
    /// The note.
    pub note: Note,
    /// For the order only, see [`fusion::fuse`].
    pub score: f64,
}

impl Search {
    /// Finds the notes of `db`, with vectors by `embedder`.
    pub fn new(db: Db, vectors: Option<VectorDb>, embedder: Arc<dyn Embedder>) -> Self {
        Self {
            db,
            vectors,
            embedder,
            lanes: Arc::new(std::array::from_fn(|_| Mutex::default())),
        }
    }

    /// The vector database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is none, see [`open`](crate::database::vectors::open).
    pub fn vectors(&self) -> Result<&VectorDb> {
        let none = "there is no vector database: `VECTOR_DATABASE_URL` is not set";
        self.vectors
            .as_ref()
            .ok_or_else(|| Error::Unavailable(none.into()))
    }

    fn lane(&self, owner: UserId) -> &Mutex<()> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        owner.hash(&mut hasher);
        let lane = hasher.finish() % (LANES as u64);
        &self.lanes[usize::try_from(lane).unwrap_or_default()]
    }

    async fn embed(&self, note: &Note) -> Result<Vec<f32>, EmbedError> {
        let text = format!("{}\n{}", note.title.as_str(), note.body.as_str());
        self.embedder.embed(&text).await
    }
}

/// The `limit` notes of `owner`, at most 50, that `query` describes best, best first; only those written since `since`.
///
/// # Errors
/// [`Error::Unavailable`] if search is off or the embedder does not answer.
pub async fn find(
    search: &Search,
    owner: UserId,
    query: &str,
    since: Option<OffsetDateTime>,
    limit: i64,
) -> Result<Vec<Hit>> {
    let (embedder, vectors) = (&search.embedder, search.vectors()?);
    // Who has just written a note wants to find it. If that cannot be, what was embedded before is found still.
    match tokio::time::timeout(CATCH_UP, index(search, owner)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(?error, "searching without the newest notes"),
        Err(_) => tracing::warn!("searching without the newest notes: embedding them takes long"),
    }
    let vector = embedder.embed(query).await.map_err(Error::Unavailable)?;
    let (filter, model) = (Filter { owner, since }, embedder.model());
    let (near, with_words) = tokio::try_join!(
        embeddings::nearest(vectors, METRIC, filter, model, vector, CANDIDATES),
        embeddings::with_words(vectors.pool(), filter, query, CANDIDATES),
    )?;
    let near: Vec<NoteId> = near
        .into_iter()
        .filter(|(_, similarity)| *similarity >= embedder.least_score())
        .map(|(id, _)| id)
        .collect();
    let mut ranking = fusion::fuse(&[near, with_words]);
    ranking.truncate(usize::try_from(limit).unwrap_or_default());
    let ids: Vec<NoteId> = ranking.iter().map(|(id, _)| *id).collect();
    // The notes themselves are the truth: one that was deleted a moment ago is not among them.
    let mut found = notes::by_id::find(search.db.pool(), owner, &ids).await?;
    let hits = ranking.into_iter().filter_map(|(id, score)| {
        let place = found.iter().position(|note| note.id == id)?;
        let note = found.swap_remove(place);
        Some(Hit { note, score })
    });
    Ok(hits.collect())
}
