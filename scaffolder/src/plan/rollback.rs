//! Taking back a move that was applied: one with open conflicts as a whole (`--abort`), one that is done except for what
//! was edited since (`undo`).

use std::path::{Path, PathBuf};

use super::history::History;
use super::outcome::{Outcome, Skipped};
use super::record::{Pack, Record, State};
use super::replay::{Direction, Replay};
use super::steps::{StepObserver, Steps};
use super::work_tree::{OnDisk, WorkTree};
use super::{preflight, recovery};
use crate::disk::journal::Journal;
use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE;
use crate::project::Project;

pub(super) fn abort(project: &Project, observer: &dyn StepObserver) -> Result<Outcome> {
    let none = || {
        Error::user("there are no open conflicts of a move that was made here")
            .hint("`heavy undo` takes back a move that is done")
    };
    let history = History::find(project)?.ok_or_else(none)?;
    let quiet = Steps { observer, journal: None };
    preflight::close_resolved(project, &history, &quiet)?;
    let (folder, record) = match history.last()? {
        Some((folder, record)) if record.state == State::Open => (folder, record),
        Some((_, record)) if record.interrupted().is_some() => return Err(preflight::interrupted(&record)),
        _ => return Err(none()),
    };
    let work_tree = WorkTree::of(project);
    let mut back =
        Back { history: &history, work_tree: &work_tree, folder: &folder, record, outcome: Outcome::default() };
    let pack = back.take_over_everything(&quiet)?;
    back.go(&pack, State::Aborting, observer)
}

pub(super) fn undo(project: &Project, observer: &dyn StepObserver) -> Result<Outcome> {
    let none = || Error::user("there is no move to undo");
    let history = History::find(project)?.ok_or_else(none)?;
    let quiet = Steps { observer, journal: None };
    preflight::check_none_open(project, &history, &quiet)?;
    let Some((folder, record)) = preflight::last_here(project, &history)? else {
        return Err(match history.last()? {
            None => none(),
            Some(_) => Error::user(format!("there is no move to undo: `{LOCKFILE}` has changed since the last one"))
                .hint("undo it on the branch where it was made, or take it back with git"),
        });
    };
    project.check_nothing_in_progress()?;
    let work_tree = WorkTree::of(project);
    let mut back =
        Back { history: &history, work_tree: &work_tree, folder: &folder, record, outcome: Outcome::default() };
    back.leave_what_was_edited(&quiet)?;
    let nothing = back.record.next_pack();
    back.go(&nothing, State::Undoing, observer)
}

/// A move on its way back.
struct Back<'a> {
    history: &'a History,
    work_tree: &'a WorkTree,
    folder: &'a Path,
    record: Record,
    outcome: Outcome,
}

impl Back<'_> {
    /// Takes all that was done since for a part of the move, so that it goes with it; edited files are kept aside.
    fn take_over_everything(&mut self, steps: &Steps<'_>) -> Result<Pack> {
        let mut pack = self.record.next_pack();
        let modes = self.work_tree.trusts_modes;
        for number in 0..self.record.operations.len() {
            let operation = &self.record.operations[number];
            let path = operation.path.clone();
            let stands = self.work_tree.at(&path)?;
            let (is_before, is_after) =
                (stands.is(operation.before.as_ref(), modes), stands.is(operation.after.as_ref(), modes));
            let blocked = match stands {
                OnDisk::Foreign(..) => true,
                OnDisk::InTheWay => operation.before.is_some() && operation.after.is_some(),
                _ => false,
            };
            let mut skip = is_before && !is_after;
            if blocked {
                skip = true;
                let kept = recovery::keep(self.history, self.folder, &self.record, &path, Direction::Backwards, steps)?;
                self.outcome.skipped.push(Skipped { path: path.clone(), kept });
            } else if !is_before && !is_after {
                if let OnDisk::File(file, mode) = &stands {
                    let kept = self.history.keep(self.folder, &path, (&file.bytes, *mode), steps)?;
                    self.outcome.replaced.push((path.clone(), kept));
                }
                self.record.take_over(self.work_tree, path.as_str(), &mut pack)?;
            }
            self.record.operations[number].skip = skip;
        }
        if let Some(index) = &self.work_tree.index {
            let now = index.entries(self.record.index.iter().map(|operation| &operation.path))?;
            for (operation, now) in self.record.index.iter_mut().zip(now) {
                operation.after = now;
            }
        }
        Ok(pack)
    }

    /// Sets aside what is not as the move left it.
    fn leave_what_was_edited(&mut self, steps: &Steps<'_>) -> Result<()> {
        let modes = self.work_tree.trusts_modes;
        for number in 0..self.record.operations.len() {
            let operation = &self.record.operations[number];
            let path = operation.path.clone();
            let stands = self.work_tree.at(&path)?;
            let is_before = stands.is(operation.before.as_ref(), modes);
            let skip = is_before || !stands.is(operation.after.as_ref(), modes);
            if skip && !is_before {
                let kept = recovery::keep(self.history, self.folder, &self.record, &path, Direction::Backwards, steps)?;
                self.outcome.skipped.push(Skipped { path, kept });
            }
            self.record.operations[number].skip = skip;
        }
        if let Some(index) = &self.work_tree.index {
            let now = index.entries(self.record.index.iter().map(|operation| &operation.path))?;
            let mut now = now.into_iter();
            self.record.index.retain(|operation| now.next().as_ref() == Some(&operation.after));
        }
        Ok(())
    }

    /// Goes back; if that fails or is stopped, forwards again.
    fn go(mut self, pack: &Pack, state: State, observer: &dyn StepObserver) -> Result<Outcome> {
        let journal = Journal::begin();
        let (steps, quiet) = (Steps { observer, journal: Some(&journal) }, Steps { observer, journal: None });
        self.record.state = state;
        let again = forwards_again(self.work_tree.clone(), self.folder.to_owned());
        journal.make_revocable(|| self.record.write(self.folder, pack, &quiet), again)?;
        let went = recovery::back_to_before(self.history, self.work_tree, self.folder, &self.record, steps);
        let result = match went {
            Ok(done) => {
                let Outcome { mut skipped, replaced, .. } = self.outcome;
                skipped.extend(done.skipped);
                Ok(Outcome { skipped, replaced, ..done })
            }
            Err(error) if self.folder.exists() => {
                match recovery::on_to_after(self.history, self.work_tree, self.folder, &self.record, steps) {
                    Ok(_) => Err(error),
                    Err(second) => {
                        Err(error.because(second).hint("a part of it was put back; go on with `heavy sync --continue`"))
                    }
                }
            }
            Err(error) => Err(error),
        };
        journal.commit(|| result)
    }
}

/// What a stop signal does: the move as it was before it began to be taken back.
fn forwards_again(work_tree: WorkTree, folder: PathBuf) -> impl FnOnce() + Send + 'static {
    move || {
        let Ok(mut record) = Record::read(&folder) else { return };
        let steps = Steps::ALONE;
        let replay =
            Replay { work_tree: &work_tree, record: &record, folder: &folder, direction: Direction::Forwards, steps };
        if replay.run(false).is_ok_and(|done| done.skipped.is_empty()) {
            record.state = if record.state == State::Undoing { State::Done } else { State::Open };
            let nothing = record.next_pack();
            drop(record.write(&folder, &nothing, &steps));
        }
    }
}
