//! Keeps embeddings up to date.
//!
//! Notes and their embeddings are in two databases, and nothing spans both: a transaction over two servers would
//! make writing a note as slow, and as often unavailable, as the slower of them. Instead the note is written, and
//! its embedding follows. [`index`] compares the versions on both sides and embeds what is missing or outdated,
//! removes what is left over. It runs after each write, before each search, and once an hour for everybody, so
//! an embedding that failed, was lost, or was made by another model is found and made again. Running it twice
//! does no harm.

use std::{collections::HashMap, time::Duration};

use super::Search;
use crate::{
    error::{Error, Result},
    models::{NoteId, TokenDigest, UserId, Version},
    repositories::{
        embeddings::{self, Embedded, PAGE},
        notes, sessions,
    },
    services::embedder::EmbedError,
};

/// How many embeddings are stored by one statement, and lost at most if the process is killed.
const BATCH: usize = 50;
/// How often everybody's embeddings are looked through.
const REPAIR_EVERY: Duration = Duration::from_secs(60 * 60);
/// After so many failures in a row the embedder is taken to be down.
const GIVE_UP_AFTER: u32 = 3;

/// Brings the embeddings of one user's notes up to date.
///
/// # Errors
/// Of the databases, or of the embedder after as much as possible is done.
pub async fn index(search: &Search, owner: UserId) -> Result<()> {
    index_telling(search, owner, &mut |_| ()).await
}

/// [`index`], which tells `done` of how many more notes it has seen to: after each batch that it stores.
pub(super) async fn index_telling(
    search: &Search,
    owner: UserId,
    done: &mut (dyn FnMut(usize) + Send),
) -> Result<()> {
    let vectors = search.vectors()?.pool();
    let model = search.embedder.model();
    let _turn = search.lane(owner).lock().await;
    let (mut after, mut failure, mut in_a_row) = (None, None, 0);
    loop {
        // Embeddings first: a note that another process writes and embeds in between must not look deleted.
        let mut embedded = embeddings::versions(vectors, owner, model, after).await?;
        let mut notes = notes::by_id::versions(search.db.pool(), owner, after).await?;
        // Beyond a full page there may be more, so only what both sides have told is compared.
        let ends = [end(&notes), end(&embedded)];
        let end = ends.into_iter().flatten().min();
        notes.retain(|(id, _)| end.is_none_or(|end| *id <= end));
        embedded.retain(|(id, _)| end.is_none_or(|end| *id <= end));

        let seen = notes.len();
        let (pending, gone) = compare(notes, embedded);
        if !gone.is_empty() {
            embeddings::delete(vectors, owner, &gone).await?;
        }
        done(seen - pending.len());
        let failed = embed(search, owner, &pending, &mut in_a_row, done).await?;
        failure = failed.or(failure);
        if end.is_none() || in_a_row == GIVE_UP_AFTER {
            return failure.map_or(Ok(()), |error| Err(Error::Unavailable(error)));
        }
        after = end;
    }
}

/// The last id of a page, if the page is full.
fn end<T>(page: &[(NoteId, T)]) -> Option<NoteId> {
    page.last()
        .filter(|_| page.len() == PAGE)
        .map(|(id, _)| *id)
}

/// Which notes have to be embedded, and which embeddings have no note any more.
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

/// Embeds notes, in batches, and gives the embedder's last failure, if there was one. `in_a_row` counts failures from
/// one call to the next; at [`GIVE_UP_AFTER`] the rest is left.
async fn embed(
    search: &Search,
    owner: UserId,
    pending: &[NoteId],
    in_a_row: &mut u32,
    done: &mut (dyn FnMut(usize) + Send),
) -> Result<Option<EmbedError>> {
    let vectors = search.vectors()?.pool();
    let mut failure = None;
    for ids in pending.chunks(BATCH) {
        let mut batch = Vec::with_capacity(ids.len());
        for note in notes::by_id::find(search.db.pool(), owner, ids).await? {
            match search.embed(&note).await {
                Ok(vector) => {
                    *in_a_row = 0;
                    batch.push(Embedded { note, vector });
                }
                Err(error) => {
                    *in_a_row += 1;
                    tracing::warn!(note = %note.id, error, "a note could not be embedded");
                    failure = Some(error);
                }
            }
            if *in_a_row == GIVE_UP_AFTER {
                break;
            }
        }
        embeddings::put(vectors, search.embedder.model(), &batch).await?;
        done(batch.len());
        if *in_a_row == GIVE_UP_AFTER {
            break;
        }
    }
    Ok(failure)
}

/// After a write: indexes the notes of whoever has this session. In the background, because nobody waits for it.
pub fn index_soon(search: &Search, session: TokenDigest) {
    if search.vectors().is_err() {
        return;
    }
    let search = search.clone();
    tokio::spawn(async move {
        let indexed = async {
            match sessions::user(search.db.pool(), session).await? {
                Some(user) => index(&search, user.id).await,
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

/// The next users after `after` that have notes, or embeddings whose notes, or who themselves, are gone.
pub(super) async fn owners(search: &Search, after: Option<UserId>) -> Result<Vec<UserId>> {
    let mut owners = notes::by_id::owners(search.db.pool(), after).await?;
    owners.extend(embeddings::owners(search.vectors()?.pool(), after).await?);
    owners.sort_unstable();
    owners.dedup();
    // Beyond the page of one table the other may have more, so only what both have told is final.
    owners.truncate(PAGE);
    Ok(owners)
}

/// Repairs at once and then every hour, for as long as it is polled.
pub async fn keep_repaired(search: Search) {
    if search.vectors().is_err() {
        return;
    }
    let mut due = tokio::time::interval(REPAIR_EVERY);
    loop {
        due.tick().await;
        if let Err(error) = repair(&search).await {
            tracing::warn!(?error, "some notes are not embedded; trying again later");
        }
    }
}
