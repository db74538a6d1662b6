//! `--continue`: a move with conflicts is done when none of them is left.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use gix::bstr::ByteSlice;

use super::history::History;
use super::outcome::{CommitResult, Outcome, Unresolved};
use super::preflight::{self, Stood};
use super::record::{OpenConflict, Record, State};
use super::steps::{NewFile, StepObserver, Steps, mode_of};
use super::work_tree::{OnDisk, WorkTree};
use crate::error::{Error, Result};
use crate::lockfile::{LOCKFILE, Lock};
use crate::merge::{ConflictKind, Labels};
use crate::project::Project;
use crate::tree::{Tree, TreePath};

pub(super) fn commit(
    project: &Project,
    observer: &dyn StepObserver,
    finish: &dyn Fn() -> Result<Tree>,
) -> Result<CommitResult> {
    let history = History::find(project)?;
    let steps = Steps { observer, journal: None };
    let last = match &history {
        Some(history) => {
            preflight::close_resolved(project, history, &steps)?;
            history.last()?
        }
        None => None,
    };
    if let Some((_, record)) = &last
        && record.interrupted().is_some()
    {
        return Err(preflight::interrupted(record));
    }
    let open = last.filter(|(_, record)| record.state == State::Open);
    let work_tree = WorkTree::of(project);
    let (conflicts, labels) = match (&open, preflight::open_paths(project.root())) {
        (Some((_, record)), _) => (record.conflicts.clone(), record.header.labels.clone()),
        // A colleague's clone: it has the list, and not the move.
        (None, Some(paths)) => {
            let conflicts = paths.into_iter().map(|path| elsewhere(&work_tree, path)).collect::<Result<_>>()?;
            (conflicts, anybodys_labels())
        }
        (None, None) => return Err(Error::user("no conflicts are open here")),
    };
    let before = |path: &TreePath| match &open {
        Some((folder, record)) => own_markers(folder, record, path),
        None => Ok(BTreeSet::new()),
    };
    let unresolved = unresolved(project, &work_tree, &conflicts, &labels, &before)?;
    if !unresolved.is_empty() {
        return Ok(CommitResult::Open(unresolved));
    }
    let mut outcome = Outcome::default();
    let before = write_finished(&work_tree, finish()?, &mut outcome, &steps)?;
    // First this, then the record: a move that is open, and not so by heavy.toml, counts as resolved.
    take_out_of_lockfile(project, &steps)?;
    if let Some((folder, mut record)) = open {
        preflight::commit(&work_tree, &folder, &mut record, Some(&before), &steps)?;
        outcome.summary = Some(Record::summary(&record));
    }
    Ok(CommitResult::Done(Box::new(outcome)))
}

/// Writes files as they are to be once their conflicts are resolved, and returns them as they were. It can be killed and done again:
/// the move is still open.
fn write_finished(
    work_tree: &WorkTree,
    finished: Tree,
    outcome: &mut Outcome,
    steps: &Steps<'_>,
) -> Result<Vec<Stood>> {
    let mut before = Vec::new();
    for (path, file) in finished {
        let OnDisk::File(stood, mode) = work_tree.at(&path)? else { continue };
        let target = work_tree.on_disk(&path);
        let name = OsString::from(format!("{}.heavy-new", path.file_name()));
        drop(fs::remove_file(target.with_file_name(&name)));
        let new = NewFile { content: &file.bytes, executable: file.executable, mode, durable: true };
        steps.replace(&target, &name, &new).map_err(|error| Error::io("write", &target, &error))?;
        outcome.changed.push(path.clone());
        before.push((path, stood, mode));
    }
    Ok(before)
}

/// A conflict of which only the path is known. The template's version may stand beside it, under the first name of those that it
/// can have.
fn elsewhere(work_tree: &WorkTree, path: TreePath) -> Result<OpenConflict> {
    let mut conflict = OpenConflict { path, kind: ConflictKind::Content, side_file: None };
    for number in ["", "2", "3"] {
        let Ok(side_file) = TreePath::parse(&format!("{}.template{number}", conflict.path)) else { continue };
        if matches!(work_tree.at(&side_file)?, OnDisk::File(..)) {
            conflict.side_file = Some(side_file);
            break;
        }
    }
    Ok(conflict)
}

/// The lines like markers that the user's file had before the move: those are no trace of it.
fn own_markers(folder: &Path, record: &Record, path: &TreePath) -> Result<BTreeSet<Vec<u8>>> {
    let before = record.operation(path.as_str()).and_then(|operation| operation.before.as_ref());
    let bytes = before.map(|stored| record.load(folder, stored)).transpose()?.unwrap_or_default();
    Ok(bytes.lines().filter(|line| is_anybodys_marker(line)).map(<[u8]>::to_vec).collect())
}

fn anybodys_labels() -> Labels {
    Labels::new("yours", "template")
}

fn unresolved(
    project: &Project,
    work_tree: &WorkTree,
    conflicts: &[OpenConflict],
    labels: &Labels,
    own_markers: &dyn Fn(&TreePath) -> Result<BTreeSet<Vec<u8>>>,
) -> Result<Vec<Unresolved>> {
    let unmerged = match project.git() {
        Some(git) => git.unmerged()?.iter().filter_map(|path| git.in_project(path.as_ref())).collect(),
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for OpenConflict { path, side_file, .. } in conflicts {
        if let OnDisk::File(file, _) = work_tree.at(path)? {
            let own = own_markers(path)?;
            let is_trace = |line: &[u8]| is_marker(line, labels) || (is_anybodys_marker(line) && !own.contains(line));
            let lines = file.bytes.lines().enumerate().filter(|(_, line)| is_trace(line));
            found.extend(lines.map(|(number, _)| Unresolved::Marker(path.clone(), number + 1)));
        }
        if let Some(side_file) = side_file
            && matches!(work_tree.at(side_file)?, OnDisk::File(..))
        {
            found.push(Unresolved::SideFile { path: path.clone(), side_file: side_file.clone() });
        }
    }
    found.extend(unmerged.into_iter().map(Unresolved::Unmerged));
    Ok(found)
}

/// Whether a line is one of those that are put around a conflict of ours: `<<<<<<< yours`, `>>>>>>> template 0.2.0`.
fn is_marker(line: &[u8], labels: &Labels) -> bool {
    let after = |mark: u8| {
        let marks = line.iter().take_while(|byte| **byte == mark).count();
        (marks >= 7).then(|| line[marks..].trim_ascii())
    };
    after(b'<') == Some(labels.yours.as_bytes())
        || after(b'>').is_some_and(|label| label.starts_with(labels.template.as_bytes()))
}

/// Whether a line looks like one of those that some merge puts around a conflict: a driver of the user's has its own labels.
fn is_anybodys_marker(line: &[u8]) -> bool {
    [b'<', b'>'].iter().any(|mark| {
        let marks = line.iter().take_while(|byte| *byte == mark).count();
        marks >= 7 && line[marks..].starts_with(b" ") && !line[marks..].trim_ascii().is_empty()
    })
}

/// Takes `[conflicts]` out of `heavy.toml`; everything else in it stays as it is.
fn take_out_of_lockfile(project: &Project, steps: &Steps<'_>) -> Result<()> {
    let path = project.root().join(LOCKFILE);
    let failed = |error: std::io::Error| Error::io("write", &path, &error);
    let lock = project.lock()?;
    let text = fs::read_to_string(&path).map_err(|error| Error::io("read", &path, &error))?;
    let resolved = Lock::write_into(&text, &Lock { conflicts: Vec::new(), ..lock })?;
    if resolved == text {
        return Ok(());
    }
    let mode = path.metadata().ok().as_ref().and_then(mode_of);
    let name = OsStr::new(".heavy-toml.new");
    drop(fs::remove_file(path.with_file_name(name)));
    let new = NewFile { content: resolved.as_bytes(), executable: false, mode, durable: true };
    steps.replace(&path, name, &new).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_with_our_labels_are_markers() {
        let labels = Labels::new("yours", "template 0.2.0");
        for line in ["<<<<<<< yours", "<<<<<<<<< yours\r", ">>>>>>> template 0.2.0"] {
            assert!(is_marker(line.as_bytes(), &labels), "{line}");
        }
        for line in ["<<<<<<< HEAD", "<<< yours", " <<<<<<< yours", "=======", ">>>>>>> main", "yours"] {
            assert!(!is_marker(line.as_bytes(), &labels), "{line}");
        }
    }
}
