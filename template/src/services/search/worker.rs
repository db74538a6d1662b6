//! Indexes what has changed, in the background.
//!
//! Whoever writes a note calls [`Search::changed`]. Workers index only the notes that were named, in [turns](super::marks).
//! There are at most [`WORKERS`] of them, each with at most one connection of each database at a time, so searches and
//! requests do not wait for a connection, however much is written.

use super::{
    Search, index,
    marks::{Comparison, Turn, Work},
};
use crate::{
    error::Result,
    models::{NoteId, Owner},
};

/// How many owners are indexed at the same time. Two, so that one whose texts take long does not stop the others.
const WORKERS: usize = 2;

/// The number of workers that leaves most of the connections to requests.
pub(super) fn max_workers(connections: u32) -> usize {
    if connections < 4 { 1 } else { WORKERS }
}

impl Search {
    /// Indexes a note of `owner` that was written or deleted, in the background. Call it after the change is stored. If that
    /// fails, the next write or search of this owner retries.
    pub fn changed(&self, owner: Owner, note: NoteId) {
        if self.vectors.is_some() {
            self.marks.note(owner, note);
            start(self);
        }
    }

    /// Compares all notes of `owner` with their embeddings, in the background: after a change of many notes, or after their
    /// account was deleted.
    pub fn changed_all(&self, owner: Owner) {
        if self.vectors.is_some() {
            self.marks.all(owner);
            start(self);
        }
    }

    /// Retries all changes that could not be indexed.
    pub(super) fn retry_failed(&self) {
        self.marks.retry_failed();
        start(self);
    }
}

/// Waits until the newest notes of `owner`, and those that have [changed](Search::changed), are indexed.
///
/// The newest ones are compared for the sake of those that another instance has written and not indexed.
pub(super) async fn catch_up(search: &Search, owner: Owner) -> Result<()> {
    for note in index::newest(search, owner).await? {
        search.marks.note(owner, note);
    }
    search.marks.prefer(owner);
    start(search);
    search.marks.settled(owner).await;
    Ok(())
}

/// Starts a worker if there is work for another one.
fn start(search: &Search) {
    if search.marks.needs_worker() {
        tokio::spawn(work(search.clone()));
    }
}

async fn work(search: Search) {
    while let Some((owner, turn)) = search.marks.next_turn() {
        // In a task of its own: a panic of the embedder ends the turn and not the worker.
        let outcome = tokio::spawn(take(search.clone(), owner, turn.clone())).await;
        let (rest, failed) = match outcome {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => {
                tracing::warn!(?error, "cannot embed the newest notes; will retry later");
                (Work::default(), turn.into())
            }
            Err(error) => {
                tracing::error!(%error, "cannot embed the newest notes; will retry later");
                (Work::default(), turn.into())
            }
        };
        search.marks.finish(owner, rest, failed);
    }
}

/// Takes a turn of `owner`, and returns what is left to do, and what has failed.
async fn take(search: Search, owner: Owner, turn: Turn) -> Result<(Work, Work)> {
    let after = match turn {
        Turn::Notes(ids) => {
            let pending = index::compare_notes(&search, owner, &ids).await?;
            let batch = index::embed_batch(&search, owner, &pending, &mut 0).await?;
            return Ok((Work::default(), Turn::Notes(batch.failed).into()));
        }
        Turn::Page(Comparison::After(note)) => Some(note),
        Turn::Page(Comparison::All | Comparison::None) => None,
    };
    let page = index::compare_page(&search, owner, after).await?;
    let rest = Work {
        notes: page.pending.into_iter().collect(),
        comparison: page.end.map_or(Comparison::None, Comparison::After),
    };
    Ok((rest, Work::default()))
}
