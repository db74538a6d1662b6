//! The folder that remembers moves, outside of the tree that git sees, and its lock.
//!
//! ```text
//! <git dir of the work tree>/heavy/<project's folder in it>/     or, without a repository, .heavy/ in the project
//!     lock          kept locked by whoever is at work
//!     moves/7/      a move (plan/record.rs); 7.new is not yet one, 7.gone no longer
//!     kept/7/       files that a move back replaced or did not put back
//! ```
//!
//! Nobody but their owner may look into `moves` and `kept`: they have copies of what may be secret (`.env`).

use std::fs::{self, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::record::{Record, digest};
use super::steps::{PRIVATE_FOLDER, Steps, set_mode, sync_folder};
use crate::error::{Error, Result};
use crate::project::{Project, STATE_FOLDER};
use crate::tree::TreePath;

/// Everything but small letters, digits, `-` and `_`. Capitals too: not every file system tells cases apart.
const ENCODED: AsciiSet = {
    let mut set = NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    let mut capital = b'A';
    while capital <= b'Z' {
        set = set.add(capital);
        capital += 1;
    }
    set
};

/// How many moves can be undone, and how many moves' kept files stay.
pub(super) const REMEMBERED: usize = 10;

/// The state folder, locked for this process.
#[derive(Debug)]
pub(super) struct History {
    folder: PathBuf,
    // Locked as long as it is open; none where nothing is locked because nothing can be written.
    _lock: Option<fs::File>,
}

impl History {
    /// The state folder of `project`, made if there is none.
    pub(super) fn open(project: &Project) -> Result<Self> {
        let folder = folder_of(project);
        let failed = |error: io::Error| Error::io("write to the folder", &folder, &error);
        fs::create_dir_all(&folder).map_err(failed)?;
        make_private(&folder.join("moves")).map_err(failed)?;
        if folder.ends_with(STATE_FOLDER) {
            let ignore = folder.join(".gitignore");
            if !ignore.exists() {
                fs::write(ignore, "*\n").map_err(failed)?;
            }
        }
        let history = Self { _lock: Some(lock(&folder.join("lock"))?), folder };
        history.sweep();
        Ok(history)
    }

    /// The state folder of `project`, if there is one.
    pub(super) fn find(project: &Project) -> Result<Option<Self>> {
        let folder = folder_of(project);
        if !folder.join("moves").is_dir() {
            return Ok(None);
        }
        let history = Self { _lock: Some(lock(&folder.join("lock"))?), folder };
        history.sweep();
        Ok(Some(history))
    }

    /// The same only to look at: nothing is written, and nothing need be writable. Where there is a lock it is shared.
    pub(super) fn look(project: &Project) -> Result<Option<Self>> {
        let folder = folder_of(project);
        if !folder.join("moves").is_dir() {
            return Ok(None);
        }
        let lock = match fs::File::open(folder.join("lock")) {
            Ok(file) => take(file, fs::File::try_lock_shared)?,
            Err(_) => None,
        };
        Ok(Some(Self { _lock: lock, folder }))
    }

    /// Where the move `number` stands.
    pub(super) fn at(&self, number: u32) -> PathBuf {
        self.moves().join(number.to_string())
    }

    /// The moves, the last one first.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let mut numbers = numbers_in(&self.moves());
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers
    }

    /// The last move.
    pub(super) fn last(&self) -> Result<Option<(PathBuf, Record)>> {
        let Some(number) = self.numbers().into_iter().next() else { return Ok(None) };
        let folder = self.at(number);
        Ok(Some((folder.clone(), Record::read(&folder)?)))
    }

    /// A new folder for a move that is not one yet, and where it will stand when it is.
    pub(super) fn begin(&self, steps: &Steps<'_>) -> Result<(PathBuf, PathBuf)> {
        let number = numbers_in(&self.moves()).into_iter().chain(numbers_in(&self.kept())).max().unwrap_or(0) + 1;
        let new = self.moves().join(format!("{number}.new"));
        steps.make_folder(&new, Some(PRIVATE_FOLDER)).map_err(|error| Error::io("create the folder", &new, &error))?;
        Ok((new, self.at(number)))
    }

    /// Keeps a file for the person, and says where.
    pub(super) fn keep(
        &self,
        of: &Path,
        path: &TreePath,
        (bytes, mode): (&[u8], Option<u32>),
        steps: &Steps<'_>,
    ) -> Result<PathBuf> {
        let folder = self.kept().join(of.file_name().unwrap_or_default());
        let kept = folder.join(path.as_str());
        let failed = |error: io::Error| Error::io("write", &kept, &error);
        make_private(&self.kept()).map_err(failed)?;
        fs::create_dir_all(kept.parent().unwrap_or(&folder)).map_err(failed)?;
        if fs::read(&kept).is_ok_and(|there| there == bytes) {
            return Ok(kept);
        }
        // A kill may have left half of it; another operation on the same move may have kept an older one.
        drop(fs::remove_file(&kept));
        steps.write_durably(&kept, bytes, mode).map_err(failed)?;
        Ok(kept)
    }

    /// Forgets what is too old.
    pub(super) fn forget_old(&self) {
        for (folder, mut numbers) in [self.moves(), self.kept()].map(|folder| (folder.clone(), numbers_in(&folder))) {
            numbers.sort_unstable();
            let old = numbers.len().saturating_sub(REMEMBERED);
            for number in &numbers[..old] {
                drop(fs::remove_dir_all(folder.join(number.to_string())));
            }
        }
    }

    /// Removes what a killed process had begun to write or to remove.
    fn sweep(&self) {
        for entry in fs::read_dir(self.moves()).into_iter().flatten().flatten() {
            let unfinished = |name: &str| name.ends_with(".new") || name.ends_with(".gone");
            if entry.file_name().to_str().is_some_and(unfinished) {
                drop(fs::remove_dir_all(entry.path()));
            }
        }
    }

    fn moves(&self) -> PathBuf {
        self.folder.join("moves")
    }

    fn kept(&self) -> PathBuf {
        self.folder.join("kept")
    }
}

/// A folder that only its owner may look into, made if there is none.
fn make_private(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        other => other?,
    }
    // One that an older `heavy` made; where it is somebody else's, they have to see to it.
    drop(set_mode(folder, Some(PRIVATE_FOLDER)));
    Ok(())
}

/// Makes a move one that is remembered: from here on a kill leaves it interrupted.
pub(super) fn publish(new: &Path, folder: &Path, steps: &Steps<'_>) -> Result<()> {
    steps.rename(new, folder).map_err(|error| Error::io("write", folder, &error))?;
    folder.parent().map(sync_folder);
    Ok(())
}

/// Forgets a move.
pub(super) fn discard(folder: &Path, steps: &Steps<'_>) -> Result<()> {
    let failed = |error: io::Error| Error::io("delete", folder, &error);
    let gone = folder.with_extension("gone");
    drop(fs::remove_dir_all(&gone));
    steps.rename(folder, &gone).map_err(failed)?;
    // What cannot be deleted now is swept by the next run.
    drop(steps.step("delete", &gone, || fs::remove_dir_all(&gone)));
    Ok(())
}

fn numbers_in(folder: &Path) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Where the state of a project's moves is. One that began without a repository stays where it began.
fn folder_of(project: &Project) -> PathBuf {
    let own = project.root().join(STATE_FOLDER);
    match project.git() {
        Some(git) if !own.join("moves").is_dir() => {
            let git_dir = git.repository().git_dir();
            std::path::absolute(git_dir)
                .unwrap_or_else(|_| git_dir.to_owned())
                .join("heavy")
                .join(encoded(git.prefix()))
        }
        _ => own,
    }
}

/// A path in a work tree as one name: `services/my-app/` as `in-services%2Fmy-app`, its top as `top`.
fn encoded(prefix: &[u8]) -> String {
    let path = prefix.strip_suffix(b"/").unwrap_or(prefix);
    if path.is_empty() {
        return "top".to_owned();
    }
    let name = format!("in-{}", percent_encode(path, &ENCODED));
    // A name on disk has at most 255 bytes.
    if name.len() > 200 { format!("at-{}", digest(path)) } else { name }
}

fn lock(path: &Path) -> Result<fs::File> {
    let failed = |error: io::Error| Error::io("lock", path, &error);
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    take(file, fs::File::try_lock)?
        .ok_or_else(|| Error::system(format!("the file system cannot lock `{}`", path.display())))
}

/// The file, locked by `lock`; nothing where the file system has no locks.
fn take(file: fs::File, lock: impl Fn(&fs::File) -> Result<(), TryLockError>) -> Result<Option<fs::File>> {
    /// A command that only looks holds the lock for a moment.
    const TURNS: u32 = 40;
    for _ in 0..TURNS {
        match lock(&file) {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
    Err(Error::user("another `heavy` is at work in this project").hint("wait for it to end, and run the command again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_of_a_work_tree_has_a_name_of_its_own() {
        assert_eq!(encoded(b""), "top");
        assert_eq!(encoded(b"services/my-app/"), "in-services%2Fmy-app");
        assert_eq!(encoded("Zoë.a_b".as_bytes()), "in-%5Ao%C3%AB%2Ea_b");
        assert_ne!(encoded(b"top/"), encoded(b""));
        assert_ne!(encoded(b"App/").to_lowercase(), encoded(b"app/").to_lowercase());
    }
}
