//! Keeps embeddings up to date.
//!
//! Notes and their embeddings are in two databases, without a transaction over both: that would make writing a note as
//! slow and as often unavailable as the slower database. Instead the note is written first and embedded afterwards, by the
//! [worker](super::worker).
//!
//! [`index`] compares the versions of all notes of a user with those of their embeddings, embeds notes whose embedding is
//! missing or outdated, and deletes embeddings without a note. It runs every hour for all users ([`repair`]), so it repairs
//! embeddings that failed, were lost, or are from another model. It is idempotent.

use std::{collections::HashMap, time::Duration};

use super::Search;
use crate::{
    error::{Error, Result},
    models::{NoteId, Owner, Version},
    repositories::{
        embeddings::{self, Embedded, PAGE},
        notes,
    },
    services::embedder::EmbedError,
};

/// How many embeddings one statement stores; the work on these is repeated if the process is killed.
const BATCH: usize = 50;
/// How often the embeddings of all users are repaired.
const REPAIR_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// How many of the newest notes a search compares.
const NEWEST: i64 = 50;
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
    let (mut after, mut failure, mut failures) = (None, None, 0);
    loop {
        let page = compare_page(search, owner, after).await?;
        on_progress(page.count - page.pending.len());
        for ids in page.pending.chunks(BATCH) {
            let batch = embed_batch(search, owner, ids, &mut failures).await?;
            on_progress(batch.stored);
            failure = batch.error.or(failure);
            if failures == MAX_FAILURES {
                break;
            }
        }
        if page.end.is_none() || failures == MAX_FAILURES {
            return failure.map_or(Ok(()), |error| Err(Error::Unavailable(error)));
        }
        after = page.end;
    }
}

/// Some notes of a user, compared with their embeddings.
pub(super) struct Page {
    /// The number of notes.
    pub(super) count: usize,
    /// Those that have to be embedded.
    pub(super) pending: Vec<NoteId>,
    /// The end of the page, if there may be more.
    pub(super) end: Option<NoteId>,
}

/// Compares up to [`PAGE`] notes after `after` with their embeddings, and deletes embeddings without a note.
pub(super) async fn compare_page(
    search: &Search,
    owner: Owner,
    after: Option<NoteId>,
) -> Result<Page> {
    let (vectors, model) = (search.vectors()?.pool(), search.embedder.model());
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
    Ok(Page {
        count,
        pending,
        end,
    })
}

/// Those of the notes `ids` that have to be embedded. Deletes the embeddings of those that do not exist.
pub(super) async fn compare_notes(
    search: &Search,
    owner: Owner,
    ids: &[NoteId],
) -> Result<Vec<NoteId>> {
    let (vectors, model) = (search.vectors()?.pool(), search.embedder.model());
    let embedded = embeddings::versions_of(vectors, owner, model, ids).await?;
    let notes = notes::by_id::versions_of(search.db.pool(), owner, ids).await?;
    let (pending, orphaned) = compare(notes, embedded);
    if !orphaned.is_empty() {
        embeddings::delete(vectors, owner, &orphaned).await?;
    }
    Ok(pending)
}

/// Those of the newest notes of `owner` that have to be embedded.
pub(super) async fn newest(search: &Search, owner: Owner) -> Result<Vec<NoteId>> {
    let (vectors, model) = (search.vectors()?.pool(), search.embedder.model());
    let notes = notes::by_id::newest(search.db.pool(), owner, NEWEST).await?;
    let ids: Vec<NoteId> = notes.iter().map(|(id, _)| *id).collect();
    let embedded = embeddings::versions_of(vectors, owner, model, &ids).await?;
    Ok(compare(notes, embedded).0)
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

/// What came of a batch of notes.
#[derive(Default)]
pub(super) struct Batch {
    /// The number of embeddings that were stored.
    pub(super) stored: usize,
    /// The notes that were not embedded.
    pub(super) failed: Vec<NoteId>,
    /// The last error of the embedder.
    error: Option<EmbedError>,
}

/// Embeds these notes. `failures` counts consecutive failures across calls; at [`MAX_FAILURES`] the remaining notes are
/// skipped.
pub(super) async fn embed_batch(
    search: &Search,
    owner: Owner,
    ids: &[NoteId],
    failures: &mut u32,
) -> Result<Batch> {
    let mut batch = Batch::default();
    if ids.is_empty() {
        return Ok(batch);
    }
    let mut embedded = Vec::with_capacity(ids.len());
    for note in notes::by_id::find(search.db.pool(), owner, ids).await? {
        if *failures == MAX_FAILURES {
            batch.failed.push(note.id);
            continue;
        }
        match search.embed(&note).await {
            Ok(vector) => {
                *failures = 0;
                embedded.push(Embedded { note, vector });
            }
            Err(error) => {
                *failures += 1;
                tracing::warn!(note = %note.id, error, "cannot embed a note");
                batch.failed.push(note.id);
                batch.error = Some(error);
            }
        }
        // An embedder that computes never waits, so it would keep others from this thread for a whole batch.
        tokio::task::yield_now().await;
    }
    store(search, owner, &embedded).await?;
    batch.stored = embedded.len();
    Ok(batch)
}

/// Stores embeddings, except of notes that were deleted meanwhile, also by another instance.
async fn store(search: &Search, owner: Owner, batch: &[Embedded]) -> Result<()> {
    let vectors = search.vectors()?.pool();
    embeddings::upsert(vectors, search.embedder.model(), batch).await?;
    // Afterwards: whoever deletes a note after this look deletes its embedding, too.
    let mut gone: Vec<NoteId> = batch.iter().map(|row| row.note.id).collect();
    for (id, _) in notes::by_id::versions_of(search.db.pool(), owner, &gone).await? {
        gone.retain(|gone| *gone != id);
    }
    if !gone.is_empty() {
        embeddings::delete(vectors, owner, &gone).await?;
    }
    Ok(())
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
            search.retry_failed();
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
{%- if jobs %}

/// Retries every hour what this process could not index; all notes are compared by a job, once over all processes. Never returns,
/// unless search is disabled.
{%- else %}

/// Updates the embeddings of all users now and every hour. Never returns, unless search is disabled.
{%- endif %}
pub async fn repair_hourly(search: Search) {
    if search.vectors().is_err() {
        return;
    }
    let mut interval = tokio::time::interval(REPAIR_INTERVAL);
    loop {
        interval.tick().await;
{%- if jobs %}
        search.retry_failed();
{%- else %}
        if let Err(error) = repair(&search).await {
            tracing::warn!(?error, "cannot embed some notes; will retry later");
        }
{%- endif %}
    }
}
