//! The state of a project: what the state folder remembers, checked against `heavy.toml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::history::History;
use super::outcome::{Activity, Status};
use super::record::{Operation, Record, State};
use super::steps::{StepObserver, Steps};
use super::work_tree::{OnDisk, WorkTree};
use crate::error::{Error, Result};
use crate::lockfile::{LOCKFILE, Lock};
use crate::project::Project;
use crate::tree::{File, TreePath};

pub(super) fn of(project: &Project) -> Result<Status> {
    let elsewhere = || match open_paths(project.root()) {
        Some(paths) => Status::ConflictsElsewhere(paths),
        None => Status::Nothing,
    };
    let Some(history) = History::look(project)? else { return Ok(elsewhere()) };
    let Some((_, record)) = history.last()? else { return Ok(elsewhere()) };
    if let Some(doing) = record.interrupted() {
        return Ok(Status::Interrupted(record.summary(), doing));
    }
    if record.state == State::Open && !is_resolved(project, &record) {
        return Ok(Status::Conflicts(record.summary()));
    }
    Ok(match (elsewhere(), last_here(project, &history)?) {
        (Status::Nothing, Some((_, record))) => Status::Done(record.summary()),
        (standing, _) => standing,
    })
}

/// The conflicts that `heavy.toml` says are open.
pub(super) fn open_paths(root: &Path) -> Option<Vec<TreePath>> {
    let text = fs::read_to_string(root.join(LOCKFILE)).ok()?;
    match Lock::parse(&text) {
        Ok(lock) => Some(lock.conflicts).filter(|paths| !paths.is_empty()),
        // It is damaged; what it says is not known, but that it says something is.
        Err(_) => text.contains("[conflicts]").then(Vec::new),
    }
}

/// Whether the conflicts of an open move are resolved by other means: `git reset --hard`, or the entries taken out of
/// `heavy.toml` by hand.
fn is_resolved(project: &Project, record: &Record) -> bool {
    record.operation(LOCKFILE).is_some() && open_paths(project.root()).is_none()
}

/// Refuses a move while another is interrupted or open.
pub(super) fn check_none_open(project: &Project, history: &History, steps: &Steps<'_>) -> Result<()> {
    close_resolved(project, history, steps)?;
    match history.last()? {
        Some((_, record)) if record.interrupted().is_some() => Err(interrupted(&record)),
        Some((_, record)) if record.state == State::Open => {
            Err(Error::user(format!("`heavy {}` left conflicts that are still open", record.header.verb))
                .hint("resolve them, then run `heavy sync --continue`; `heavy sync --abort` puts everything back"))
        }
        _ => match open_paths(project.root()) {
            Some(_) => Err(Error::user(format!("`{LOCKFILE}` says that conflicts are still open"))
                .hint("resolve them, then run `heavy sync --continue`")),
            None => Ok(()),
        },
    }
}

/// The error where an interrupted move has to be dealt with first.
pub(super) fn interrupted(record: &Record) -> Error {
    let what = match record.interrupted() {
        Some(Activity::TakingBack) => "taking back a move",
        _ => "a move",
    };
    Error::user(format!("{what} (`heavy {}`) was interrupted", record.header.verb))
        .hint("finish it with `heavy sync --continue`, or go back to before with `heavy sync --abort`")
}

/// Closes an open move whose conflicts were resolved by other means.
pub(super) fn close_resolved(project: &Project, history: &History, steps: &Steps<'_>) -> Result<()> {
    let Some((folder, mut record)) = history.last()? else { return Ok(()) };
    if record.state != State::Open || !is_resolved(project, &record) {
        return Ok(());
    }
    let work_tree = WorkTree::of(project);
    let withdrawn = is_at(&work_tree, &record, |operation| operation.before.as_ref())?;
    commit(&work_tree, &folder, &mut record, (!withdrawn).then_some(&[]), steps)
}

/// A file as it stood, with its permission bits, before the end of a move wrote to it.
pub(super) type Stood = (TreePath, File, Option<u32>);

/// Notes that an open move is done, and, with `amended`, how its conflicts were resolved, and what they were before that in files
/// which the move itself had left alone.
pub(super) fn commit(
    work_tree: &WorkTree,
    folder: &Path,
    record: &mut Record,
    amended: Option<&[Stood]>,
    steps: &Steps<'_>,
) -> Result<()> {
    let mut pack = record.next_pack();
    if let Some(before) = amended {
        for (path, file, mode) in before {
            if record.operation(path.as_str()).is_some() {
                continue;
            }
            let stored = pack.add(file, *mode);
            record
                .operations
                .insert(0, Operation { path: path.clone(), before: Some(stored), after: None, skip: false });
        }
        let conflicts = record.conflicts.clone();
        let paths = conflicts.iter().flat_map(|conflict| [Some(&conflict.path), conflict.side_file.as_ref()]).flatten();
        for path in paths.map(TreePath::as_str).chain([LOCKFILE]) {
            record.take_over(work_tree, path, &mut pack)?;
        }
    }
    record.state = State::Done;
    record.write(folder, &pack, steps)
}

impl Record {
    /// Takes what stands at `path` for what the move left there.
    pub(super) fn take_over(&mut self, work_tree: &WorkTree, path: &str, pack: &mut super::record::Pack) -> Result<()> {
        let modes = work_tree.trusts_modes;
        let Some(operation) = self.operations.iter_mut().find(|operation| operation.path.as_str() == path) else {
            return Ok(());
        };
        let stands = work_tree.at(&operation.path)?;
        if !stands.is(operation.after.as_ref(), modes) {
            operation.after = match stands {
                OnDisk::File(file, mode) => Some(pack.add(&file, mode)),
                OnDisk::Nothing | OnDisk::InTheWay => None,
                OnDisk::Foreign(..) => return Ok(()),
            };
        }
        Ok(())
    }
}

pub(super) fn amend(project: &Project, observer: &dyn StepObserver, paths: &[TreePath]) -> Result<()> {
    let Some(history) = History::find(project)? else { return Ok(()) };
    let Some((folder, mut record)) = history.last()? else { return Ok(()) };
    if record.interrupted().is_some() {
        return Err(interrupted(&record));
    }
    let work_tree = WorkTree::of(project);
    let mut pack = record.next_pack();
    for path in paths {
        record.take_over(&work_tree, path.as_str(), &mut pack)?;
    }
    record.write(&folder, &pack, &Steps { observer, journal: None })
}

/// The last move whose `heavy.toml` is the one on disk, and that was not taken back: on another branch, or after a reset, that is
/// an earlier one.
pub(super) fn last_here(project: &Project, history: &History) -> Result<Option<(PathBuf, Record)>> {
    let work_tree = WorkTree::of(project);
    let mut taken_back = BTreeSet::new();
    for number in history.numbers() {
        let folder = history.at(number);
        let record = Record::read(&folder)?;
        if let Some(earlier) = record.takes_back {
            taken_back.insert(earlier);
            continue;
        }
        if taken_back.contains(&number) {
            continue;
        }
        if is_at(&work_tree, &record, |operation| operation.after.as_ref())? {
            return Ok(Some((folder, record)));
        }
    }
    Ok(None)
}

fn is_at(
    work_tree: &WorkTree,
    record: &Record,
    side: impl Fn(&super::record::Operation) -> Option<&super::record::Stored>,
) -> Result<bool> {
    match record.operation(LOCKFILE) {
        Some(operation) => Ok(work_tree.at(&operation.path)?.is(side(operation), false)),
        None => Ok(true),
    }
}
