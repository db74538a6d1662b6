//! Finding notes by what they say.
//!
//! Notes and their embeddings are in two databases, and nothing spans both: a transaction over two servers would
//! make writing a note as slow, and as often unavailable, as the slower of them. Instead the note is written, and
//! its embedding follows. [`index`] compares the versions on both sides and embeds what is missing or outdated,
//! removes what is left over. It runs after each write, before each search, and once an hour for everybody, so
//! an embedding that failed, was lost, or was made by another model is found and made again. Running it twice
//! does no harm.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde::Serialize;
use tokio::sync::Mutex;

use super::embedder::{EmbedError, Embedder};
use crate::{
    app::AppState,
    error::{Error, Result},
    models::{Note, NoteId, TokenDigest, UserId},
    repositories::{embeddings, notes, sessions},
};

/// How long a search waits for embeddings to be brought up to date before it does without.
const CATCH_UP: Duration = Duration::from_secs(3);
/// How often everybody's embeddings are looked through.
const REPAIR_EVERY: Duration = Duration::from_secs(60 * 60);
/// After so many failures in a row the embedder is taken to be down.
const GIVE_UP_AFTER: u32 = 3;
/// How many users' embeddings can be brought up to date at once.
const LANES: usize = 16;

/// What search needs besides the databases.
pub struct Search {
    embedder: Arc<dyn Embedder>,
    /// One at a time for each user, so that nothing is embedded twice.
    lanes: [Mutex<()>; LANES],
}

/// A note that was found.
#[derive(Serialize)]
pub struct Hit {
    /// The note.
    pub note: Note,
    /// How near it is: 1 says the same, 0 has nothing to do with it.
    pub score: f64,
}

impl Search {
    /// Search with vectors by `embedder`.
    pub fn new(embedder: Arc<dyn Embedder>) -> Self {
        Self {
            embedder,
            lanes: std::array::from_fn(|_| Mutex::default()),
        }
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

/// The notes of `owner` that are nearest to `query`, nearest first.
///
/// # Errors
/// [`Error::Unavailable`] if search is off or the embedder does not answer.
pub async fn find(state: &AppState, owner: UserId, query: &str, limit: i64) -> Result<Vec<Hit>> {
    let (search, vectors) = (&state.search, state.vectors()?);
    // Who has just written a note wants to find it. If that cannot be, what was embedded before is found still.
    match tokio::time::timeout(CATCH_UP, index(state, owner)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(?error, "searching without the newest notes"),
        Err(_) => tracing::warn!("searching without the newest notes: embedding them takes long"),
    }
    let vector = search.embedder.embed(query).await.map_err(Error::Unavailable)?;
    let model = search.embedder.model();
    let near = embeddings::nearest(vectors, owner, model, vector, limit).await?;
    let scores: HashMap<NoteId, f64> = near
        .into_iter()
        .filter(|(_, score)| *score >= search.embedder.least_score())
        .collect();
    let ids: Vec<NoteId> = scores.keys().copied().collect();
    // The notes themselves are the truth: one that was deleted a moment ago is not among them.
    let found = notes::by_id::find(state.db.pool(), owner, &ids).await?;
    let mut hits: Vec<Hit> = found
        .into_iter()
        .filter_map(|note| {
            Some(Hit {
                score: *scores.get(&note.id)?,
                note,
            })
        })
        .collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(hits)
}

/// Brings the embeddings of one user's notes up to date.
///
/// # Errors
/// Of the databases, or of the embedder after as much as possible is done.
pub async fn index(state: &AppState, owner: UserId) -> Result<()> {
    let (search, vectors) = (&state.search, state.vectors()?);
    let _turn = search.lane(owner).lock().await;
    let (pool, model) = (vectors.pool(), search.embedder.model());
    let mut embedded = embeddings::versions(pool, owner, model).await?;
    let mut pending = Vec::new();
    for (id, version) in notes::by_id::versions(state.db.pool(), owner).await? {
        if embedded.remove(&id) != Some(Some(version)) {
            pending.push(id);
        }
    }
    // What is left has no note any more.
    let gone: Vec<NoteId> = embedded.into_keys().collect();
    if !gone.is_empty() {
        embeddings::delete(pool, owner, &gone).await?;
    }
    let mut failures = 0;
    let mut failure = None;
    for ids in pending.chunks(50) {
        for note in notes::by_id::find(state.db.pool(), owner, ids).await? {
            match search.embed(&note).await {
                Ok(vector) => {
                    failures = 0;
                    embeddings::put(pool, &note, model, vector).await?;
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(note = %note.id, error, "a note could not be embedded");
                    failure = Some(error);
                    if failures == GIVE_UP_AFTER {
                        break;
                    }
                }
            }
        }
        if failures == GIVE_UP_AFTER {
            break;
        }
    }
    failure.map_or(Ok(()), |error| Err(Error::Unavailable(error)))
}

/// After a write: indexes the notes of whoever has this session. In the background, because nobody waits for it.
pub fn index_soon(state: &AppState, session: TokenDigest) {
    if state.vectors().is_err() {
        return;
    }
    let state = state.clone();
    tokio::spawn(async move {
        let indexed = async {
            match sessions::user(state.db.pool(), session).await? {
                Some(user) => index(&state, user.id).await,
                None => Ok(()),
            }
        };
        if let Err(error) = indexed.await {
            tracing::warn!(?error, "embeddings are behind; they are made later");
        }
    });
}

/// Brings everybody's embeddings up to date.
///
/// # Errors
/// The first one, after everybody else was tried.
pub async fn repair(state: &AppState) -> Result<()> {
    let vectors = state.vectors()?;
    let mut outcome = Ok(());
    // Those with notes, and those with embeddings whose notes, or who themselves, are gone.
    let mut after = None;
    loop {
        let mut owners = notes::by_id::owners(state.db.pool(), after).await?;
        owners.extend(embeddings::owners(vectors.pool(), after).await?);
        owners.sort_unstable();
        owners.dedup();
        // Beyond the page of one table the other may have more, so only what both have told is final.
        owners.truncate(embeddings::OWNERS_AT_ONCE);
        let Some(last) = owners.last().copied() else {
            return outcome;
        };
        for owner in owners {
            outcome = outcome.and(index(state, owner).await);
        }
        after = Some(last);
    }
}

/// Repairs at once and then every hour, for as long as it is polled.
pub async fn keep_repaired(state: AppState) {
    if state.vectors().is_err() {
        return;
    }
    let mut due = tokio::time::interval(REPAIR_EVERY);
    loop {
        due.tick().await;
        if let Err(error) = repair(&state).await {
            tracing::warn!(?error, "some notes are not embedded; trying again later");
        }
    }
}
