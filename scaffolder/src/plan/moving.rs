//! Applying a move: noted down first, then done, then closed.

use std::fs;
use std::path::{Path, PathBuf};

use super::history::{self, History};
use super::outcome::{Header, Outcome};
use super::record::{IndexOperation, OpenConflict, Operation, Pack, Record, State};
use super::replay::{Direction, Replay, Replayed, above, edited};
use super::steps::{StepObserver, Steps, with_executable};
use super::work_tree::{OnDisk, WorkTree};
use super::{preflight, recovery};
use crate::disk::journal::Journal;
use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE;
use crate::project::Project;
use crate::transition::{Change, Move};
use crate::tree::TreePath;

const CARGO_LOCK: &str = "Cargo.lock";

/// Applies a move; with `takes_back` it is one that takes back the move of that number.
pub(super) fn apply(
    project: &Project,
    observer: &dyn StepObserver,
    moved: &Move,
    header: &Header,
    takes_back: Option<u32>,
) -> Result<Outcome> {
    let history = History::open(project)?;
    let quiet = Steps { observer, journal: None };
    preflight::check_none_open(project, &history, &quiet)?;
    project.check_nothing_in_progress()?;
    let work_tree = WorkTree::of(project);
    let (mut record, pack) = draft(project, &work_tree, moved, header)?;
    if let Some(number) = takes_back {
        record.takes_back = takes_back;
        record.bring_back_modes(&Record::read(&history.at(number))?);
    }

    let journal = Journal::begin();
    let steps = Steps { observer, journal: Some(&journal) };
    let (new, folder) = history.begin(&steps)?;
    let noted = record.write(&new, &pack, &steps).and_then(|()| {
        journal.make_revocable(|| history::publish(&new, &folder, &quiet), take_back(work_tree.clone(), folder.clone()))
    });
    if let Err(error) = noted {
        drop(fs::remove_dir_all(&new));
        return Err(error);
    }

    let replay =
        Replay { work_tree: &work_tree, record: &record, folder: &folder, direction: Direction::Forwards, steps };
    let applied = replay.run(true).and_then(|done| {
        let mut closed = record.clone();
        journal.commit(|| closed.close(&folder, &quiet))?;
        Ok(done)
    });
    match applied {
        Ok(Replayed { changed, .. }) => {
            history.forget_old();
            Ok(Outcome { summary: Some(record.summary()), changed, ..Outcome::default() })
        }
        Err(error) => {
            let back = recovery::back_to_before(&history, &work_tree, &folder, &record, steps);
            journal.commit(|| Ok::<_, Error>(()))?;
            Err(match back {
                Ok(_) => error,
                Err(second) => error
                    .because(second)
                    .hint("a part of the move is still there; put it back with `heavy sync --abort`"),
            })
        }
    }
}

impl Record {
    /// Gives files that come back the permissions that they had before `earlier` deleted them.
    fn bring_back_modes(&mut self, earlier: &Self) {
        for operation in self.operations.iter_mut().filter(|operation| operation.before.is_none()) {
            let had = earlier.operation(operation.path.as_str()).and_then(|earlier| earlier.before.as_ref());
            if let (Some(after), Some(had)) = (&mut operation.after, had) {
                after.mode = had.mode;
            }
        }
    }

    /// Notes that everything is applied.
    pub(super) fn close(&mut self, folder: &Path, steps: &Steps<'_>) -> Result<()> {
        self.state = if self.conflicts.is_empty() { State::Done } else { State::Open };
        let nothing = self.next_pack();
        self.write(folder, &nothing, steps)
    }
}

/// What a stop signal does: everything back, unless somebody edited a file meanwhile. Then the next run says so.
fn take_back(work_tree: WorkTree, folder: PathBuf) -> impl FnOnce() + Send + 'static {
    move || {
        let Ok(record) = Record::read(&folder) else { return };
        let steps = Steps::ALONE;
        let replay =
            Replay { work_tree: &work_tree, record: &record, folder: &folder, direction: Direction::Backwards, steps };
        if replay.run(false).is_ok_and(|done| done.skipped.is_empty()) {
            drop(history::discard(&folder, &steps));
        }
    }
}

/// The record of a move, with every file as it stands on disk now.
fn draft(project: &Project, work_tree: &WorkTree, moved: &Move, header: &Header) -> Result<(Record, Pack)> {
    let conflicts = moved.conflicts.iter().map(|found| OpenConflict {
        path: found.path.clone(),
        kind: found.kind,
        side_file: found.side_file.clone(),
    });
    let mut record = Record::new(header.clone(), conflicts.collect());
    let mut pack = record.next_pack();
    for change in in_order(&moved.changes) {
        record.operations.push(operation(work_tree, &mut pack, change)?);
    }
    let lock =
        TreePath::parse(CARGO_LOCK).ok().filter(|_| moved.lock_by_cargo && record.operation(CARGO_LOCK).is_none());
    if let Some(path) = lock {
        let stored = match work_tree.at(&path)? {
            OnDisk::File(file, mode) => Some(pack.add(&file, mode)),
            _ => None,
        };
        let last = record.operations.len() - usize::from(record.operation(LOCKFILE).is_some());
        record.operations.insert(last, Operation { path, before: stored.clone(), after: stored, skip: false });
    }
    note_folders(work_tree, &mut record);
    note_index(project, work_tree, moved, &mut record)?;
    Ok((record, pack))
}

/// Deletions first, so that a file can become a folder, and a name another case; `heavy.toml` last.
fn in_order(changes: &[Change]) -> Vec<&Change> {
    let mut changes: Vec<&Change> = changes.iter().filter(|change| change.before != change.after).collect();
    changes.sort_by_key(|change| (change.path.as_str() == LOCKFILE, change.after.is_some(), &change.path));
    changes
}

/// One change, refused if the disk is not as it was when the move was planned.
fn operation(work_tree: &WorkTree, pack: &mut Pack, change: &Change) -> Result<Operation> {
    let path = &change.path;
    let before = match (work_tree.at(path)?, &change.before) {
        // A file that only becomes a folder, or the reverse, in the course of this very move.
        (OnDisk::Nothing | OnDisk::InTheWay, None) => None,
        (OnDisk::File(file, mode), Some(planned))
            if file.bytes == planned.bytes && (!work_tree.trusts_modes || file.executable == planned.executable) =>
        {
            let known = crate::tree::File { executable: planned.executable, ..file };
            Some(pack.add(&known, mode))
        }
        // A link that stood there when the move was planned is nobody's edit.
        (OnDisk::Foreign(at, what), None) => return Err(what.refusal(&at)),
        _ => return Err(edited(path)),
    };
    let after = change.after.as_ref().map(|file| {
        let mode = before.as_ref().and_then(|before| {
            let mode = before.mode?;
            Some(if before.executable == file.executable { mode } else { with_executable(mode, file.executable) })
        });
        pack.add(file, mode)
    });
    Ok(Operation { path: path.clone(), before, after, skip: false })
}

/// Notes which folders come and may go.
fn note_folders(work_tree: &WorkTree, record: &mut Record) {
    let is_folder = |folder: &TreePath| work_tree.on_disk(folder).symlink_metadata().ok().filter(fs::Metadata::is_dir);
    let with = |after: bool| record.operations.iter().filter(move |operation| operation.after.is_some() == after);
    let staying: Vec<TreePath> = with(true).flat_map(|operation| above(&operation.path)).collect();
    let mut made: Vec<TreePath> = staying.iter().filter(|folder| is_folder(folder).is_none()).cloned().collect();
    made.sort();
    made.dedup();
    let mut emptied = Vec::new();
    for folder in with(false).flat_map(|operation| above(&operation.path)) {
        if !staying.contains(&folder) && !emptied.iter().any(|(known, _)| *known == folder) {
            let mode = is_folder(&folder).as_ref().and_then(super::steps::mode_of);
            emptied.push((folder, mode));
        }
    }
    (record.made, record.emptied) = (made, emptied);
}

/// Notes what git's index is to say: the versions of each conflict, and executable bits where the disk has none.
fn note_index(project: &Project, work_tree: &WorkTree, moved: &Move, record: &mut Record) -> Result<()> {
    let Some(index) = &work_tree.index else { return Ok(()) };
    for (path, after) in project.stages(&moved.conflicts)? {
        let before = index.entries([path])?.into_iter().next().unwrap_or_default();
        record.index.push(IndexOperation { path: path.clone(), before, after });
    }
    if !work_tree.trusts_modes {
        for change in &moved.changes {
            let (Some(before), Some(after)) = (&change.before, &change.after) else { continue };
            let shown = record.index.iter().any(|operation| operation.path == change.path);
            if before.executable == after.executable || shown {
                continue;
            }
            let before = index.entries([&change.path])?.into_iter().next().unwrap_or_default();
            let after = before.iter().map(|entry| entry.with_mode(after.executable)).collect();
            record.index.push(IndexOperation { path: change.path.clone(), before, after });
        }
    }
    if !record.index.is_empty() {
        index.check_free()?;
    }
    Ok(())
}
