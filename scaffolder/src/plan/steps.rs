//! The steps of a move that touch the disk, each of which can be watched: a test counts them, fails one, or ends the
//! process just before or after.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::disk::create::create_private;
use crate::disk::journal::Journal;
use crate::disk::replace;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done: `write`, `rename`.
    pub action: &'static str,
    /// To what.
    pub path: String,
}

/// Sees every step.
pub trait StepObserver: Sync {
    /// Just before a step.
    ///
    /// # Errors
    /// One that the step is then said to have failed with.
    fn before(&self, step: &Step) -> io::Result<()>;

    /// Just after it.
    fn after(&self, step: &Step);
}

/// Looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl StepObserver for NoObserver {
    fn before(&self, _: &Step) -> io::Result<()> {
        Ok(())
    }

    fn after(&self, _: &Step) {}
}

/// The permission bits of a file, and of a folder, that only its owner may look into.
pub(super) const PRIVATE: u32 = 0o600;
pub(super) const PRIVATE_FOLDER: u32 = 0o700;

/// Takes steps: each is shown to the watch and, if a signal may take back what was done, undisturbed by it.
#[derive(Clone, Copy)]
pub(super) struct Steps<'a> {
    pub(super) observer: &'a dyn StepObserver,
    pub(super) journal: Option<&'a Journal>,
}

/// What a file is replaced with.
pub(super) struct NewFile<'a> {
    pub(super) content: &'a [u8],
    /// Whether a new file is made executable; `mode` has the last word.
    pub(super) executable: bool,
    /// All permission bits, where they are known.
    pub(super) mode: Option<u32>,
    /// Whether it has to be on the disk itself, and not only in its cache, before it takes the place of the old one.
    pub(super) durable: bool,
}

impl Steps<'_> {
    /// For a thread that handles a signal: nobody watches, and nothing disturbs.
    pub(super) const ALONE: Self = Self { observer: &NoObserver, journal: None };

    pub(super) fn step<T>(
        &self,
        action: &'static str,
        path: &Path,
        act: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        let step = Step { action, path: path.display().to_string() };
        let in_full = || {
            self.observer.before(&step)?;
            let done = act()?;
            self.observer.after(&step);
            Ok(done)
        };
        match self.journal {
            Some(journal) => journal.undisturbed(in_full),
            None => in_full(),
        }
    }

    /// Creates the file `path` with these bytes, on the disk itself and not only in its cache when this returns. It is for its
    /// owner alone, unless `mode` says otherwise: a copy of a secret is one.
    pub(super) fn write_durably(&self, path: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<()> {
        self.step("write", path, || {
            let mut file = create_private(path)?;
            file.write_all(bytes)?;
            set_mode(path, mode)?;
            file.sync_all()
        })
    }

    /// Replaces the file at `path`, or makes it: written beside it under `name`, then renamed. Nothing may stand there
    /// yet; what a failure leaves there is removed, what a kill leaves is for the next run to remove.
    pub(super) fn replace(&self, path: &Path, name: &OsStr, new: &NewFile<'_>) -> io::Result<()> {
        let beside = path.with_file_name(name);
        let written = self.step("write", &beside, || {
            let mode = match new.mode {
                // It gets its own once its content is there: nobody else shall read a secret in between.
                Some(_) => PRIVATE,
                None if new.executable => 0o777,
                None => 0o666,
            };
            let mut file = replace::beside(path, name, mode)?;
            file.write_all(new.content)?;
            set_mode(&beside, new.mode)?;
            if new.durable {
                file.as_file().sync_all()?;
            }
            Ok(file)
        })?;
        self.step("rename", path, || replace::persist(written, path))
    }

    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename", to, || fs::rename(from, to))
    }

    /// Deletes a file; one that is gone already is fine.
    pub(super) fn remove(&self, path: &Path) -> io::Result<()> {
        self.step("delete", path, || gone(fs::remove_file(path)))
    }

    pub(super) fn make_folder(&self, path: &Path, mode: Option<u32>) -> io::Result<()> {
        self.step("make the folder", path, || {
            match fs::create_dir(path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => return Ok(()),
                other => other?,
            }
            set_mode(path, mode)
        })
    }

    /// Removes a folder if it is empty, and says whether it is gone.
    pub(super) fn remove_if_empty(&self, path: &Path) -> io::Result<bool> {
        // Looked at first: not every system says in the same words that a folder is not empty.
        let empty = match fs::read_dir(path) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => return Ok(error.kind() == ErrorKind::NotFound),
        };
        if empty {
            self.step("remove the folder", path, || gone(fs::remove_dir(path)))?;
        }
        Ok(empty)
    }
}

fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes a folder's list of names durable, where the system and the disk can do that.
pub(super) fn sync_folder(path: &Path) {
    #[cfg(unix)]
    drop(fs::File::open(path).and_then(|folder| folder.sync_all()));
    #[cfg(not(unix))]
    let _ = path;
}

/// The permission bits of what was found, where there are such.
pub(super) fn mode_of(found: &fs::Metadata) -> Option<u32> {
    #[cfg(unix)]
    return Some(std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o7777);
    #[cfg(not(unix))]
    {
        let _ = found;
        None
    }
}

pub(super) fn set_mode(path: &Path, mode: Option<u32>) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(mode) = mode {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

/// A file's mode with its executable bit set, for everyone who may read it, or cleared.
pub(super) fn with_executable(mode: u32, executable: bool) -> u32 {
    if executable { mode | ((mode & 0o444) >> 2) } else { mode & !0o111 }
}
