//! What has changed since it was indexed, by owner, in memory.
//!
//! Changes of an owner that wait together are one turn, and a note that has changed several times waits once. Owners take
//! turns: one with many changes goes back to the end of the queue after each. So what one user writes delays others by one
//! turn, not by all of it.
//!
//! The memory is bounded by [`NOTES`] and [`OWNERS`]. What does not fit, and what is lost if the process ends, is found by
//! the hourly [`repair`](super::repair).

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::models::{NoteId, Owner};

/// How many notes one turn indexes at most.
const TURN: usize = 20;
/// How many notes of an owner may wait; if there are more, all notes of this owner are compared.
const NOTES: usize = 500;
/// How many owners may wait.
const OWNERS: usize = 2_000;

/// The changes that wait, and the workers that index them.
pub(super) struct Marks {
    state: Mutex<State>,
    /// Wakes those that wait in [`settled`](Self::settled), after each turn.
    turn_ended: Notify,
    max_workers: usize,
}

#[derive(Default)]
struct State {
    owners: HashMap<Owner, Changes>,
    /// The owners whose stage is [`Stage::Waiting`], each once.
    queue: VecDeque<Owner>,
    workers: usize,
    /// Changes were left out, because too many owners were waiting.
    full: bool,
}

/// What has changed of an owner.
#[derive(Default)]
struct Changes {
    waiting: Work,
    /// The next change or search of this owner, or the hourly repair, retries it.
    failed: Work,
    stage: Stage,
}

/// What is to be indexed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) notes: BTreeSet<NoteId>,
    pub(super) comparison: Comparison,
}

/// Which notes of an owner are to be compared with their embeddings, whether they have changed or not. The first of two
/// includes the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparison {
    /// All.
    All,
    /// Those after this one: the others were compared.
    After(NoteId),
    #[default]
    None,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// In the queue.
    #[default]
    Waiting,
    /// A worker has a turn of this owner.
    InProgress,
    /// Nothing is left but what has failed.
    Failed,
}

/// What a worker does for an owner before others have their turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Index these notes.
    Notes(Vec<NoteId>),
    /// Compare one page of notes with their embeddings.
    Page(Comparison),
}

impl Work {
    fn add(&mut self, other: Self) {
        self.notes.extend(other.notes);
        self.comparison = self.comparison.min(other.comparison);
    }
}

impl From<Turn> for Work {
    fn from(turn: Turn) -> Self {
        match turn {
            Turn::Notes(notes) => Self {
                notes: notes.into_iter().collect(),
                ..Self::default()
            },
            Turn::Page(comparison) => Self {
                comparison,
                ..Self::default()
            },
        }
    }
}

impl Marks {
    /// No changes, and at most this number of workers.
    pub(super) fn new(max_workers: usize) -> Self {
        Self {
            state: Mutex::default(),
            turn_ended: Notify::new(),
            max_workers,
        }
    }

    /// A note of `owner` has changed.
    pub(super) fn note(&self, owner: Owner, note: NoteId) {
        self.lock().change(owner, |work| {
            work.notes.insert(note);
            if work.notes.len() > NOTES {
                work.notes.clear();
                work.comparison = Comparison::All;
            }
        });
    }

    /// Any note of `owner` may have changed.
    pub(super) fn all(&self, owner: Owner) {
        self.lock().change(owner, |work| {
            work.notes.clear();
            work.comparison = Comparison::All;
        });
    }

    /// Whether the caller has to start another worker, which counts from now on.
    pub(super) fn needs_worker(&self) -> bool {
        let mut state = self.lock();
        let needed = !state.queue.is_empty() && state.workers < self.max_workers;
        state.workers += usize::from(needed);
        needed
    }

    /// The next turn, which the worker has to [`finish`](Self::finish). If there is none, the worker has to end.
    pub(super) fn next_turn(&self) -> Option<(Owner, Turn)> {
        let mut state = self.lock();
        while let Some(owner) = state.queue.pop_front() {
            if let Some(changes) = state.owners.get_mut(&owner) {
                return Some((owner, changes.take_turn()));
            }
        }
        state.workers -= 1;
        state.full = false;
        None
    }

    /// Ends a turn of `owner`, of which `rest` is left to do, and `failed` has failed.
    pub(super) fn finish(&self, owner: Owner, rest: Work, failed: Work) {
        self.lock().finish(owner, rest, failed);
        self.turn_ended.notify_waiters();
    }

    /// Retries what has failed for any owner.
    pub(super) fn retry_failed(&self) {
        let mut state = self.lock();
        let owners = state.owners.iter();
        let failed = owners.filter(|(_, changes)| changes.stage == Stage::Failed);
        let failed: Vec<Owner> = failed.map(|(owner, _)| *owner).collect();
        for owner in failed {
            state.retry(owner);
        }
    }

    /// The next turn is that of `owner`, if they have changes, also if these have failed before.
    pub(super) fn prefer(&self, owner: Owner) {
        let mut state = self.lock();
        state.retry(owner);
        if let Some(place) = state.queue.iter().position(|waiting| *waiting == owner) {
            state.queue.remove(place);
            state.queue.push_front(owner);
        }
    }

    /// Waits until the notes of `owner` that have changed are indexed, or that has failed.
    pub(super) async fn settled(&self, owner: Owner) {
        loop {
            // Before the look at the state, so that a turn that ends in between is not missed.
            let turn_ended = self.turn_ended.notified();
            let unsettled = self.lock().owners.get(&owner).is_some_and(|changes| {
                let waiting = changes.stage == Stage::Waiting;
                waiting && !changes.waiting.notes.is_empty() || changes.stage == Stage::InProgress
            });
            if !unsettled {
                return;
            }
            turn_ended.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Adds to the changes of `owner`, and retries what has failed.
    fn change(&mut self, owner: Owner, change: impl FnOnce(&mut Work)) {
        let known = self.owners.contains_key(&owner);
        if !known && self.owners.len() >= OWNERS {
            if !mem::replace(&mut self.full, true) {
                tracing::warn!(
                    "too many changes wait to be indexed; the hourly repair will find others"
                );
            }
            return;
        }
        let changes = self.owners.entry(owner).or_default();
        let failed = mem::take(&mut changes.failed);
        changes.waiting.add(failed);
        change(&mut changes.waiting);
        if !known || changes.stage == Stage::Failed {
            changes.stage = Stage::Waiting;
            self.queue.push_back(owner);
        }
    }

    fn retry(&mut self, owner: Owner) {
        if self.owners.contains_key(&owner) {
            self.change(owner, |_| ());
        }
    }

    fn finish(&mut self, owner: Owner, rest: Work, failed: Work) {
        let Some(changes) = self.owners.get_mut(&owner) else {
            return;
        };
        changes.waiting.add(rest);
        changes.failed.add(failed);
        if changes.waiting != Work::default() {
            changes.stage = Stage::Waiting;
            self.queue.push_back(owner);
        } else if changes.failed != Work::default() {
            changes.stage = Stage::Failed;
        } else {
            self.owners.remove(&owner);
        }
    }
}

impl Changes {
    fn take_turn(&mut self) -> Turn {
        self.stage = Stage::InProgress;
        let work = &mut self.waiting;
        if work.notes.is_empty() {
            return Turn::Page(mem::take(&mut work.comparison));
        }
        let notes = (0..TURN).map_while(|_| work.notes.pop_first());
        Turn::Notes(notes.collect())
    }
}

#[cfg(test)]
mod tests;
