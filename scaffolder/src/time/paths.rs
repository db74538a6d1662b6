//! Where the time of a work tree is kept, and whose it is.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::files::lock_file;
use super::log_store;
use crate::error::{Error, Result};
use crate::hidden::{escaped, is_hidden};
use crate::project::Project;
use crate::time::log::Log;

/// The folder of the work tree that cemented files are in.
pub const COMMITTED: &str = "time";

/// So long may others hold the lock that only look who has it, or that are about to end.
const GLIMPSE: Duration = Duration::from_millis(300);

/// A work tree of a git repository, and the folder with its time.
#[derive(Debug)]
pub struct TimePaths {
    project: Project,
    root: PathBuf,
    git_dir: PathBuf,
    folder: PathBuf,
    tree: String,
}

/// Who watches a work tree.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct WatcherInfo {
    /// Its process.
    pub pid: u32,
    /// Since when.
    pub since: String,
    /// Whose time it is.
    pub author: String,
    /// How many folders it watches, or that it looks for changes every now and then.
    pub how: String,
}

impl TimePaths {
    /// The work tree around a folder.
    ///
    /// # Errors
    /// There is none.
    pub fn around(folder: &Path) -> Result<Self> {
        let project = Project::at(folder)?;
        let none = || match project.unreadable_git() {
            Some(format) => Error::user(format!("the git repository here has {format}, which `heavy` cannot read"))
                .hint("time is tracked in repositories with SHA-1 hashes, and with references in files"),
            None => Error::user(format!("there is no git work tree around `{}`", project.root().display()))
                .hint("make one with `git init`; the time is kept beside its history"),
        };
        let git = project.git().ok_or_else(none)?;
        let repository = git.repository();
        let root = real(repository.workdir().ok_or_else(none)?)?;
        let (own, common) = (real(repository.git_dir())?, real(repository.common_dir())?);
        let tree = match own.file_name() {
            Some(name) if own != common => format!("tree-{}", name.to_string_lossy()),
            _ => "main".to_owned(),
        };
        Ok(Self { root, git_dir: own, folder: common.join("heavy").join("time"), tree, project })
    }

    /// The work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that git keeps for this work tree.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Its repository.
    ///
    /// # Panics
    /// Never: a work tree has one.
    #[must_use]
    pub fn repository(&self) -> &gix::Repository {
        self.project.git().map(|git| git.repository()).expect("a work tree has a repository")
    }

    /// The folder that everything is kept in; it need not exist yet.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The same, made if there is none.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn made(&self) -> Result<&Path> {
        fs::create_dir_all(&self.folder).map_err(|error| Error::io("create the folder", &self.folder, &error))?;
        Ok(&self.folder)
    }

    /// The folder of the work tree that cemented files are in.
    #[must_use]
    pub fn committed(&self) -> PathBuf {
        self.root.join(COMMITTED)
    }

    /// A file of this work tree: its log, its lock.
    #[must_use]
    pub fn file(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.tree))
    }

    /// This person, as git names them: `Ada <ada@example.org>`.
    ///
    /// # Errors
    /// Git knows nobody.
    pub fn author(&self) -> Result<String> {
        let unknown = || {
            Error::user("git does not know who you are, and time belongs to somebody")
                .hint("`git config --global user.name \"Your Name\"`")
                .hint("`git config --global user.email you@example.org`")
        };
        let author = self.repository().author().ok_or_else(unknown)?;
        let author = author.map_err(|error| unknown().because(error))?;
        let (name, email) = (author.name.to_string(), author.email.to_string());
        if name.trim().is_empty() || email.trim().is_empty() {
            return Err(unknown());
        }
        let author = format!("{} <{}>", name.trim(), email.trim());
        if author.contains(is_hidden) {
            return Err(Error::user(format!(
                "your name in git, `{}`, has characters that cannot be seen",
                escaped(&author)
            ))
            .hint("`git config --global user.name \"Your Name\"`")
            .hint("`git config --global user.email you@example.org`"));
        }
        Ok(author)
    }

    /// Takes the right to watch this work tree; nothing if somebody has it. To know that takes a third of a second, because
    /// whoever asks for [`Self::watcher`] has the lock for a moment too.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn claim(&self) -> Result<Option<File>> {
        self.made()?;
        let path = self.file("lock");
        let lock = lock_file(&path)?;
        let begun = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    // Whoever left this was killed; nobody shall take it for the new one's.
                    drop(fs::remove_file(self.file("run")));
                    return Ok(Some(lock));
                }
                Err(TryLockError::WouldBlock) if begun.elapsed() < GLIMPSE => thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path, &error)),
            }
        }
    }

    /// What the last watcher said of itself, which it takes back at its end; after a kill it still stands there.
    #[must_use]
    pub fn announced(&self) -> Option<WatcherInfo> {
        fs::read(self.file("run")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())
    }

    /// Who watches this work tree, if somebody does; its process is 0 as long as it is only beginning.
    ///
    /// # Errors
    /// It cannot be told.
    pub fn watcher(&self) -> Result<Option<WatcherInfo>> {
        let path = self.file("lock");
        let lock = match File::open(&path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", &path, &error)),
        };
        match lock.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => {
                // It has only just begun, and will say so.
                let starting =
                    WatcherInfo { pid: 0, since: String::new(), author: String::new(), how: "starting".to_owned() };
                Ok(Some(self.announced().unwrap_or(starting)))
            }
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &path, &error)),
        }
    }

    /// The logs of all work trees of the repository, by their names.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn logs(&self) -> Result<Vec<(PathBuf, Log)>> {
        let mut paths = files(&self.folder)?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.into_iter().map(|path| log_store::read(&path).map(|log| (path, log))).collect()
    }
}

/// The files of a folder, in order; none if there is no folder.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: io::Error| Error::io("read the folder", folder, &error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn real(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|error| Error::io("find", path, &error))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn who_only_looks_takes_the_right_to_watch_from_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        gix::init(folder.path()).expect("a repository");
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let paths = TimePaths::around(folder.path()).expect("a work tree");
                    while !over.load(Ordering::Relaxed) {
                        paths.watcher().expect("an answer");
                        thread::yield_now();
                    }
                });
            }
            let paths = TimePaths::around(folder.path()).expect("a work tree");
            let all = (0..200).all(|_| paths.claim().expect("an answer").is_some());
            over.store(true, Ordering::Relaxed);
            assert!(all);
        });
    }

    #[test]
    fn one_claims_and_what_a_killed_watcher_left_is_not_taken_for_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        gix::init(folder.path()).expect("a repository");
        let paths = TimePaths::around(folder.path()).expect("a work tree");
        let killed = "{\"pid\":4711,\"since\":\"\",\"author\":\"\",\"how\":\"\"}";
        fs::write(paths.made().expect("a folder").join("main.run"), killed).expect("a file");
        assert_eq!(paths.watcher().expect("an answer"), None);
        let claim = paths.claim().expect("an answer").expect("nobody else");
        assert_eq!(paths.watcher().expect("an answer").map(|watcher| watcher.pid), Some(0));
        assert!(paths.claim().expect("an answer").is_none());
        drop(claim);
        assert!(paths.claim().expect("an answer").is_some());
    }
}
