//! Keeps embeddings up to date.
//!
//! Notes and their embeddings are in two databases, without a transaction over both: that would make writing a note as
//! slow and as often unavailable as the slower database. Instead the note is written first and embedded afterwards.
//! [`index`] compares the versions of both sides, embeds notes whose embedding is missing or outdated, and deletes
//! embeddings without a note. It runs after each write, before each search, and every hour for all users, so it also
//! repairs embeddings that failed, were lost, or are from another model. It is idempotent.

use std::{collections::HashMap, time::Duration};

use super::Search;
use crate::{
    error::{Error, Result},
    models::{NoteId, Owner, TokenDigest, Version},
    repositories::{
        embeddings::{self, Embedded, PAGE},
        notes, sessions,
    },
    services::embedder::EmbedError,
};

/// How many embeddings one statement stores; the work on these is repeated if the process is killed.
const BATCH: usize = 50;
/// How often the embeddings of all users are repaired.
const REPAIR_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// After this many consecutive failures the embedder counts as unavailable.
const MAX_FAILURES: u32 = 3;

/// Updates the embeddings of one user's notes.
///
/// # Errors
/// Errors of the databases; an error of the embedder, after all other notes were tried.
pub async fn index(search: &Search, owner: Owner) -> Result<()> {
    index_with_progress(search, owner, &mut |_| ()).await
}

/// [`index`], which calls `on_progress` with the number of further notes that are up to date, after each batch.
pub(super) async fn index_with_progress(
    search: &Search,
    owner: Owner,
    on_progress: &mut (dyn FnMut(usize) + Send),
) -> Result<()> {
    let vectors = search.vectors()?.pool();
    let model = search.embedder.model();
    let _guard = search.lock_of(owner).lock().await;
    let (mut after, mut failure, mut failures) = (None, None, 0);
    loop {
        // Embeddings first: a note that another process writes and embeds in between must not look deleted.
        let mut embedded = embeddings::versions(vectors, owner, model, after).await?;
        let mut notes = notes::by_id::versions(search.db.pool(), owner, after).await?;
        // After a full page there may be more rows, so only the range that both pages cover is compared.
        let ends = [last_of_full_page(&notes), last_of_full_page(&embedded)];
        let end = ends.into_iter().flatten().min();
        notes.retain(|(id, _)| end.is_none_or(|end| *id <= end));
        embedded.retain(|(id, _)| end.is_none_or(|end| *id <= end));

        let count = notes.len();
        let (pending, orphaned) = compare(notes, embedded);
        if !orphaned.is_empty() {
            embeddings::delete(vectors, owner, &orphaned).await?;
        }
        on_progress(count - pending.len());
        let failed = embed(search, owner, &pending, &mut failures, on_progress).await?;
        failure = failed.or(failure);
        if end.is_none() || failures == MAX_FAILURES {
            return failure.map_or(Ok(()), |error| Err(Error::Unavailable(error)));
        }
        after = end;
    }
}

/// The last id of a page, if the page is full.
fn last_of_full_page<T>(page: &[(NoteId, T)]) -> Option<NoteId> {
    page.last()
        .filter(|_| page.len() == PAGE)
        .map(|(id, _)| *id)
}

/// The notes that have to be embedded, and the embeddings whose note was deleted.
fn compare(
    notes: Vec<(NoteId, Version)>,
    embedded: Vec<(NoteId, Option<Version>)>,
) -> (Vec<NoteId>, Vec<NoteId>) {
    let mut embedded: HashMap<_, _> = embedded.into_iter().collect();
    let pending = notes
        .into_iter()
        .filter(|(id, version)| embedded.remove(id) != Some(Some(*version)))
        .map(|(id, _)| id)
        .collect();
    (pending, embedded.into_keys().collect())
}

/// Embeds notes in batches, and returns the last error of the embedder, if there was one. `failures` counts consecutive
/// failures across calls; at [`MAX_FAILURES`] the remaining notes are skipped.
async fn embed(
    search: &Search,
    owner: Owner,
    pending: &[NoteId],
    failures: &mut u32,
    on_progress: &mut (dyn FnMut(usize) + Send),
) -> Result<Option<EmbedError>> {
    let vectors = search.vectors()?.pool();
    let mut failure = None;
    for ids in pending.chunks(BATCH) {
        let mut batch = Vec::with_capacity(ids.len());
        for note in notes::by_id::find(search.db.pool(), owner, ids).await? {
            match search.embed(&note).await {
                Ok(vector) => {
                    *failures = 0;
                    batch.push(Embedded { note, vector });
                }
                Err(error) => {
                    *failures += 1;
                    tracing::warn!(note = %note.id, error, "cannot embed a note");
                    failure = Some(error);
                }
            }
            if *failures == MAX_FAILURES {
                break;
            }
        }
        embeddings::upsert(vectors, search.embedder.model(), &batch).await?;
        on_progress(batch.len());
        if *failures == MAX_FAILURES {
            break;
        }
    }
    Ok(failure)
}

/// Indexes the notes of the user of this session in the background, after a write.
pub fn index_in_background(search: &Search, session: TokenDigest) {
    if search.vectors().is_err() {
        return;
    }
    let search = search.clone();
    tokio::spawn(async move {
        let indexed = async {
            match sessions::owner(search.db.pool(), session).await? {
                Some(owner) => index(&search, owner).await,
                None => Ok(()),
            }
        };
        if let Err(error) = indexed.await {
            tracing::warn!(?error, "cannot embed the newest notes; will retry later");
        }
    });
}

/// Updates the embeddings of all users.
///
/// # Errors
/// The first error, after all other users were tried.
pub async fn repair(search: &Search) -> Result<()> {
    let mut outcome = Ok(());
    let mut after = None;
    loop {
        let owners = owners(search, after).await?;
        let Some(last) = owners.last().copied() else {
            return outcome;
        };
        for owner in owners {
            outcome = outcome.and(index(search, owner).await);
        }
        after = Some(last);
    }
}

/// The next users after `after` that have notes or embeddings. (A user or their notes may be deleted before the
/// embeddings are.)
pub(super) async fn owners(search: &Search, after: Option<Owner>) -> Result<Vec<Owner>> {
    let mut owners = notes::by_id::owners(search.db.pool(), after).await?;
    owners.extend(embeddings::owners(search.vectors()?.pool(), after).await?);
    owners.sort_unstable();
    owners.dedup();
    // After a full page there may be more rows, so only the first page of the merged list is complete.
    owners.truncate(PAGE);
    Ok(owners)
}

/// Updates the embeddings of all users now and every hour. Never returns, unless search is disabled.
pub async fn repair_hourly(search: Search) {
    if search.vectors().is_err() {
        return;
    }
    let mut interval = tokio::time::interval(REPAIR_INTERVAL);
    loop {
        interval.tick().await;
        if let Err(error) = repair(&search).await {
            tracing::warn!(?error, "cannot embed some notes; will retry later");
        }
    }
}
