//! The hidden folder beside the target in which a new project is put together.
//!
//! `.heavy-my-app-1a2b/` holds `project/`, which is renamed into place when it is complete, and `lock`, which its
//! owner keeps locked. A process that was killed outright cannot clean up; its lock falls open, and the next
//! `heavy new` in that folder removes what it left ([`sweep`]).

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::create::create_new;
use crate::disk::journal::Journal;
use crate::error::{Error, Result};

const PREFIX: &str = ".heavy-";
const LOCK: &str = "lock";

/// A stage that this process owns.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
    project: PathBuf,
    // Open, and so locked, for as long as the stage is in use.
    _lock: File,
}

impl Stage {
    /// Sets up a stage for `name` in the folder `parent`, after removing what killed processes left there.
    ///
    /// # Errors
    /// `parent` cannot be written to.
    pub fn set_up(parent: &Path, name: &str, journal: &Journal) -> Result<Self> {
        sweep(parent);
        // A sweep of another process may take a folder in the moment before it is locked; then comes another turn.
        for turn in 0..64 {
            let folder = parent.join(format!("{PREFIX}{name}-{:04x}", unlikely_taken(turn)));
            match journal.make_whole(&folder) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(Error::io("create a folder in", parent, &error)),
            }
            let Ok(lock) = create_new(&folder.join(LOCK), false) else { continue };
            // Locked, but by then gone: a sweep was between the two.
            if lock.try_lock().is_err() || !folder.join(LOCK).exists() {
                continue;
            }
            let project = folder.join("project");
            fs::create_dir(&project).map_err(|error| Error::io("create the folder", &project, &error))?;
            return Ok(Self { folder, project, _lock: lock });
        }
        Err(Error::system(format!("cannot find a free name for a hidden folder in `{}`", parent.display())))
    }

    /// Where the project is put together.
    #[must_use]
    pub fn project(&self) -> &Path {
        &self.project
    }

    /// Removes what is left of the stage after `project` has moved out.
    pub fn strike(self) {
        // A stage that cannot be removed now is swept by the next run.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Names only have to differ between processes and turns; the folder's creation decides.
fn unlikely_taken(turn: u32) -> u32 {
    (std::process::id().wrapping_mul(0x9e37) ^ turn.wrapping_mul(0x1f35)) & 0xffff
}

/// Removes the stages in `parent` whose owner is gone. Best effort: what cannot be read or removed stays.
pub fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        // The lock is kept until the folder is gone, so that nobody can take it over meanwhile. Windows removes a
        // file that is open too: it was opened with leave to delete it.
        if let Some(_lock) = ownerless(&entry.path()) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

/// The lock of a stage whose owner is gone.
fn ownerless(stage: &Path) -> Option<File> {
    let lock = stage.join(LOCK);
    // Looked at before it is opened: opening a pipe somebody put there would wait for ever.
    if !fs::symlink_metadata(&lock).is_ok_and(|found| found.is_file()) {
        return None;
    }
    File::open(&lock).ok().filter(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_in_use_is_not_swept_and_one_without_an_owner_is() {
        let parent = tempfile::tempdir().expect("a folder");
        let dead = parent.path().join(".heavy-shop-0000");
        fs::create_dir_all(dead.join("project")).expect("a folder");
        fs::write(dead.join(LOCK), "").expect("a file");
        let journal = Journal::begin();
        let alive = Stage::set_up(parent.path(), "shop", &journal).expect("a stage");
        sweep(parent.path());
        assert!(!dead.exists());
        assert!(alive.project().exists());
        drop(journal);
        assert_eq!(fs::read_dir(parent.path()).expect("readable").count(), 0);
    }

    #[test]
    fn a_stage_that_is_being_swept_cannot_be_taken_over() {
        let parent = tempfile::tempdir().expect("a folder");
        fs::write(parent.path().join(LOCK), "").expect("a file");
        let sweeper = ownerless(parent.path()).expect("nobody owns it");
        assert!(ownerless(parent.path()).is_none());
        drop(sweeper);
        assert!(ownerless(parent.path()).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_project_has_the_permissions_of_any_new_folder() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().expect("a folder");
        let plain = parent.path().join("plain");
        fs::create_dir(&plain).expect("a folder");
        let journal = Journal::begin();
        let stage = Stage::set_up(parent.path(), "shop", &journal).expect("a stage");
        let mode = |path: &Path| fs::metadata(path).expect("a folder").permissions().mode();
        assert_eq!(mode(stage.project()), mode(&plain));
    }

    #[test]
    fn a_folder_that_only_looks_like_a_stage_is_left_alone() {
        let parent = tempfile::tempdir().expect("a folder");
        let other = parent.path().join(".heavy-notes");
        fs::create_dir(&other).expect("a folder");
        fs::write(other.join("mine"), "x").expect("a file");
        sweep(parent.path());
        assert!(other.join("mine").exists());
    }
}
