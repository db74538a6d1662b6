//! The files of a project, as a move finds them.

use std::fs;
use std::path::PathBuf;

use super::record::Stored;
use super::steps::mode_of;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::project::index::IndexFile;
use crate::project::status::{PathStatus, StatusReader, folds_case};
use crate::snapshot::Obstacle;
use crate::tree::{File, TreePath};

/// The files of a project. It holds nothing open, so that a thread that handles a signal can have one.
#[derive(Clone, Debug)]
pub(super) struct WorkTree {
    pub(super) root: PathBuf,
    folds_case: bool,
    pub(super) trusts_modes: bool,
    pub(super) index: Option<IndexFile>,
}

/// What stands at a path of the project.
pub(super) enum OnDisk {
    Nothing,
    File(File, Option<u32>),
    /// A folder where a file could be, or a file where a folder above it could be.
    InTheWay,
    /// A link or the like, there or above: where, and what.
    Foreign(TreePath, Obstacle),
}

impl OnDisk {
    /// Whether it is this content, or nothing of the kind where there is none.
    pub(super) fn is(&self, stored: Option<&Stored>, modes: bool) -> bool {
        match (self, stored) {
            (Self::File(file, _), Some(stored)) => stored.is(file, modes),
            (Self::Nothing | Self::InTheWay, None) => true,
            _ => false,
        }
    }
}

impl WorkTree {
    /// That of a project.
    pub(super) fn of(project: &Project) -> Self {
        Self {
            root: project.root().to_owned(),
            folds_case: folds_case(project.root()),
            trusts_modes: project.git().map_or(cfg!(unix), crate::project::git::Git::trusts_modes),
            index: project.git().map(IndexFile::of),
        }
    }

    /// What stands at a path.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn at(&self, path: &TreePath) -> Result<OnDisk> {
        Ok(match StatusReader::new(&self.root, self.folds_case).read(path)? {
            PathStatus::Nothing => OnDisk::Nothing,
            PathStatus::Folder | PathStatus::FileAbove(_) => OnDisk::InTheWay,
            PathStatus::Obstacle(at, what) => OnDisk::Foreign(at, what),
            PathStatus::File(found) => {
                let on_disk = self.on_disk(path);
                let bytes = fs::read(&on_disk).map_err(|error| Error::io("read", &on_disk, &error))?;
                let mode = mode_of(&found);
                OnDisk::File(File { bytes, executable: mode.is_some_and(|mode| mode & 0o100 != 0) }, mode)
            }
        })
    }

    /// Where a path lies on the disk.
    pub(super) fn on_disk(&self, path: &TreePath) -> PathBuf {
        self.root.join(path.as_str())
    }
}
