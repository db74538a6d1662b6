//! Replaying a recorded move, forwards or backwards, from wherever it was left.
//!
//! Each operation looks at the disk first: what is as it should be is passed over, what is as it was is changed, and
//! anything else was edited by somebody and is left. So a replay can be killed and started again, in either direction,
//! and ends in the same state.

use std::io;
use std::path::Path;

use super::record::{Operation, Record};
use super::steps::{NewFile, Steps};
use super::work_tree::{OnDisk, WorkTree};
use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE;
use crate::tree::TreePath;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forwards,
    Backwards,
}

/// The files that a replay changed, and those that it skipped because somebody edited them.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    pub(super) changed: Vec<TreePath>,
    pub(super) skipped: Vec<TreePath>,
}

pub(super) struct Replay<'a> {
    pub(super) work_tree: &'a WorkTree,
    pub(super) record: &'a Record,
    /// Where the record stands.
    pub(super) folder: &'a Path,
    pub(super) direction: Direction,
    pub(super) steps: Steps<'a>,
}

impl Replay<'_> {
    /// Does every operation; with `strict`, a file that was edited is an error.
    pub(super) fn run(&self, strict: bool) -> Result<Replayed> {
        let mut done = Replayed::default();
        let (last, rest) = match self.record.operations.split_last() {
            Some((last, rest)) if last.path.as_str() == LOCKFILE => (Some(last), rest),
            _ => (None, self.record.operations.as_slice()),
        };
        let numbered = |operation| (self.record.operations.len(), operation);
        if self.direction == Direction::Forwards {
            for operation in rest.iter().enumerate() {
                self.operate(operation, strict, &mut done)?;
            }
            self.show_to_git()?;
        }
        if let Some(last) = last {
            self.operate(numbered(last), strict, &mut done)?;
        }
        if self.direction == Direction::Backwards {
            self.show_to_git()?;
            for operation in rest.iter().enumerate().rev() {
                self.operate(operation, strict, &mut done)?;
            }
        }
        Ok(done)
    }

    fn sides<'o, T>(&self, before: &'o T, after: &'o T) -> (&'o T, &'o T) {
        match self.direction {
            Direction::Forwards => (before, after),
            Direction::Backwards => (after, before),
        }
    }

    fn operate(&self, (number, operation): (usize, &Operation), strict: bool, done: &mut Replayed) -> Result<()> {
        let (from, to) = self.sides(&operation.before, &operation.after);
        if operation.skip || from == to {
            return Ok(());
        }
        let path = &operation.path;
        let on_disk = self.work_tree.on_disk(path);
        let name = format!(".heavy-{}-{number}", self.record.nonce);
        let beside = on_disk.with_file_name(&name);
        let failed = |error: io::Error| Error::io("write", &on_disk, &error);
        if beside.symlink_metadata().is_ok() {
            self.steps.remove(&beside).map_err(failed)?;
        }
        let modes = self.work_tree.trusts_modes;
        let stands = self.work_tree.at(path)?;
        if stands.is(to.as_ref(), modes) {
            if to.is_none() {
                self.prune(path).map_err(failed)?;
            }
            return Ok(());
        }
        if !stands.is(from.as_ref(), modes) || (to.is_some() && matches!(stands, OnDisk::InTheWay)) {
            if strict {
                return Err(edited(path));
            }
            done.skipped.push(path.clone());
            return Ok(());
        }
        match to {
            Some(to) => {
                let bytes = self.record.load(self.folder, to)?;
                self.make_folders(path).map_err(failed)?;
                // Not synced to the disk: the record is, and it has the content too.
                let new = NewFile { content: &bytes, executable: to.executable, mode: to.mode, durable: false };
                self.steps.replace(&on_disk, name.as_ref(), &new).map_err(failed)?;
            }
            None => {
                self.steps.remove(&on_disk).map_err(|error| Error::io("delete", &on_disk, &error))?;
                self.prune(path).map_err(failed)?;
            }
        }
        done.changed.push(path.clone());
        Ok(())
    }

    fn make_folders(&self, path: &TreePath) -> io::Result<()> {
        for folder in above(path).into_iter().rev() {
            let on_disk = self.work_tree.on_disk(&folder);
            if !on_disk.is_dir() {
                let mode =
                    self.record.emptied.iter().find(|(emptied, _)| *emptied == folder).and_then(|(_, mode)| *mode);
                self.steps.make_folder(&on_disk, mode)?;
            }
        }
        Ok(())
    }

    /// Removes the folders above a deleted file that this move emptied or, backwards, had made.
    fn prune(&self, path: &TreePath) -> io::Result<()> {
        for folder in above(path) {
            let ours = match self.direction {
                Direction::Forwards => self.record.emptied.iter().any(|(emptied, _)| *emptied == folder),
                Direction::Backwards => self.record.made.contains(&folder),
            };
            if !ours || !self.steps.remove_if_empty(&self.work_tree.on_disk(&folder))? {
                break;
            }
        }
        Ok(())
    }

    /// Brings git's index to where the conflicts are; entries that somebody changed since stay.
    fn show_to_git(&self) -> Result<()> {
        let Some(index) = self.work_tree.index.as_ref().filter(|_| !self.record.index.is_empty()) else {
            return Ok(());
        };
        let found = index.entries(self.record.index.iter().map(|operation| &operation.path))?;
        let mut changes = Vec::new();
        for (operation, found) in self.record.index.iter().zip(found) {
            let (from, to) = self.sides(&operation.before, &operation.after);
            if found == *from && found != *to {
                changes.push((&operation.path, to.as_slice()));
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        let path = Path::new("index");
        self.steps
            .step("write git's", path, || Ok(index.replace(&changes)))
            .map_err(|error| Error::io("write git's", path, &error))?
    }
}

/// The folders above a path, the nearest first.
pub(super) fn above(path: &TreePath) -> Vec<TreePath> {
    path.folders().filter_map(|folder| TreePath::parse(folder).ok()).collect()
}

/// The error of a file that is not what the move was planned with.
pub(super) fn edited(path: &TreePath) -> Error {
    Error::user(format!("`{path}` was changed while the move was being planned"))
        .hint("nothing was changed by `heavy`; run the command again")
}
