//! Git's index, as far as a move touches it: the three stages of each conflict go in, and the former entries back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::bstr::{BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage, Stat, stat::Time};
use serde::{Deserialize, Serialize};

use super::Project;
use super::git::Git;
use crate::error::{Error, Result};
use crate::merge::{Conflict, ConflictKind};
use crate::tree::{File, TreePath};

/// One entry of the index, without its path.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    id: String,
    mode: u32,
    flags: u32,
    stat: [u32; 10],
}

/// Two entries are the same if git would say so: how the file looked on disk when git last read it does not count.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (&self.id, self.mode, self.flags) == (&other.id, other.mode, other.flags)
    }
}

impl Eq for Entry {}

impl Entry {
    fn of(entry: &gix::index::Entry) -> Self {
        let Stat { mtime, ctime, dev, ino, uid, gid, size } = entry.stat;
        Self {
            id: entry.id.to_string(),
            mode: entry.mode.bits(),
            flags: (entry.flags & stored()).bits(),
            stat: [mtime.secs, mtime.nsecs, ctime.secs, ctime.nsecs, dev, ino, uid, gid, size, 0],
        }
    }

    /// The same file with the executable bit set or not.
    #[must_use]
    pub fn with_mode(&self, executable: bool) -> Self {
        Self { mode: mode(executable).bits(), ..self.clone() }
    }

    fn stat(&self) -> Stat {
        let [mtime, mtime_nsecs, ctime, ctime_nsecs, dev, ino, uid, gid, size, _] = self.stat;
        Stat {
            mtime: Time { secs: mtime, nsecs: mtime_nsecs },
            ctime: Time { secs: ctime, nsecs: ctime_nsecs },
            dev,
            ino,
            uid,
            gid,
            size,
        }
    }
}

/// The flags that an index stores.
fn stored() -> Flags {
    Flags::STAGE_MASK | Flags::EXTENDED | Flags::ASSUME_VALID | Flags::INTENT_TO_ADD | Flags::SKIP_WORKTREE
}

fn mode(executable: bool) -> Mode {
    if executable { Mode::FILE_EXECUTABLE } else { Mode::FILE }
}

/// The index on disk, and where in it the project stands. It opens no repository, so that a thread that handles a signal
/// can put it back.
#[derive(Clone, Debug)]
pub struct IndexFile {
    path: PathBuf,
    prefix: BString,
    hash: gix::hash::Kind,
    skip_hash: bool,
}

impl IndexFile {
    /// The index of a work tree.
    #[must_use]
    pub fn of(git: &Git) -> Self {
        let repository = git.repository();
        Self {
            path: std::path::absolute(repository.index_path()).unwrap_or_else(|_| repository.index_path()),
            prefix: git.prefix().to_owned(),
            hash: repository.object_hash(),
            skip_hash: repository.config_snapshot().boolean("index.skipHash").unwrap_or(false),
        }
    }

    /// The entries of each path.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn entries<'a>(&self, paths: impl IntoIterator<Item = &'a TreePath>) -> Result<Vec<Vec<Entry>>> {
        let index = self.read()?;
        let of = |path: &TreePath| match index.entry_range(self.full(path).as_ref()) {
            Some(range) => index.entries()[range].iter().map(Entry::of).collect(),
            None => Vec::new(),
        };
        Ok(paths.into_iter().map(of).collect())
    }

    /// Whether another program holds the index.
    ///
    /// # Errors
    /// It does.
    pub fn check_free(&self) -> Result<()> {
        if self.lock_path().exists() { Err(self.held()) } else { Ok(()) }
    }

    /// Puts `entries` in the place of all that the index has at their paths, in one step.
    ///
    /// # Errors
    /// Another program holds the index, or it cannot be read or written.
    pub fn replace(&self, changes: &[(&TreePath, &[Entry])]) -> Result<()> {
        self.check_free()?;
        let mut index = self.read()?;
        let paths: Vec<BString> = changes.iter().map(|(path, _)| self.full(path)).collect();
        let replaced: BTreeSet<&[u8]> = paths.iter().map(|path| path.as_slice()).collect();
        index.remove_entries(|_, found, _| replaced.contains(found.as_bytes()));
        make_racy_entries_visible(&mut index);
        for ((_, entries), path) in changes.iter().zip(&paths) {
            for entry in *entries {
                let id = gix::ObjectId::from_hex(entry.id.as_bytes())
                    .map_err(|error| Error::system("the state of the move is damaged").because(error))?;
                let flags = Flags::from_bits_truncate(entry.flags);
                let mode = Mode::from_bits_truncate(entry.mode);
                index.dangerously_push_entry(entry.stat(), id, flags, mode, path.as_ref());
            }
        }
        index.sort_entries();
        // What git remembers of trees it wrote from the former entries.
        index.remove_tree();
        let options = gix::index::write::Options { skip_hash: self.skip_hash, ..Default::default() };
        index.write(options).map_err(|error| match self.lock_path().exists() {
            true => self.held(),
            false => Error::system(format!("cannot write git's index `{}`", self.path.display())).because(error),
        })
    }

    fn read(&self) -> Result<gix::index::File> {
        if !self.path.exists() {
            return Ok(gix::index::File::from_state(gix::index::State::new(self.hash), self.path.clone()));
        }
        let options = gix::index::decode::Options::default();
        gix::index::File::at(&self.path, self.hash, self.skip_hash, options)
            .map_err(|error| Error::system(format!("cannot read git's index `{}`", self.path.display())).because(error))
    }

    fn full(&self, path: &TreePath) -> BString {
        let mut full = self.prefix.clone();
        full.extend_from_slice(path.as_str().as_bytes());
        full
    }

    fn lock_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        PathBuf::from(name)
    }

    fn held(&self) -> Error {
        Error::system("git's index is in use by another program")
            .because(Locked(self.lock_path()))
            .hint("wait for it to end, and run the command again; if there is none, delete the file")
    }
}

#[derive(Debug)]
struct Locked(PathBuf);

impl std::fmt::Display for Locked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` exists", self.0.display())
    }
}

impl std::error::Error for Locked {}

/// Git compares an entry by content if its file is as new as the index; a newer index would hide a change made in that
/// moment. So git clears the size of such entries when it writes ("Use of index and Racy Git problem"), and so do we.
fn make_racy_entries_visible(index: &mut gix::index::File) {
    let timestamp = index.timestamp();
    let options = gix::index::entry::stat::Options { check_stat: true, use_nsec: true, ..Default::default() };
    for entry in index.entries_mut() {
        if entry.stage() == Stage::Unconflicted && entry.stat.is_racy(timestamp, options) {
            entry.stat.size = 0;
        }
    }
}

impl Project {
    /// Writes the three versions of each conflict into the repository, and returns the entries that show them to git, by
    /// path. What git ignores stays unknown to it, and what cannot be merged by a person in a merge view has none.
    ///
    /// # Errors
    /// The repository cannot be written to.
    pub fn stages<'a>(&self, conflicts: &'a [Conflict]) -> Result<Vec<(&'a TreePath, Vec<Entry>)>> {
        let Some(git) = self.git().filter(|_| !conflicts.is_empty()) else { return Ok(Vec::new()) };
        let failed = |error: gix::Error| {
            Error::system("cannot write the versions of a conflict into the git repository").because(error)
        };
        let index = git.index()?;
        let source = gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped;
        let mut ignored = git.repository().excludes(&index, None, source).map_err(failed)?;
        let mut writer = Blobs::of(git).map_err(failed)?;
        let mut all = Vec::new();
        for conflict in conflicts {
            let path = &conflict.path;
            let full = git.in_work_tree(path);
            let tracked = index.entry_by_path(full.as_ref()).is_some();
            let hidden = !tracked && ignored.at_entry(&full, Some(Mode::FILE)).is_ok_and(|found| found.is_excluded());
            if hidden || conflict.kind == ConflictKind::Blocked {
                continue;
            }
            let sides =
                [(Stage::Base, &conflict.base), (Stage::Ours, &conflict.ours), (Stage::Theirs, &conflict.theirs)];
            let mut entries = Vec::new();
            for (stage, file) in sides {
                if let Some(file) = file {
                    entries.push(writer.entry(full.as_ref(), stage, file).map_err(failed)?);
                }
            }
            if !entries.is_empty() {
                all.push((path, entries));
            }
        }
        Ok(all)
    }
}

/// Writes blobs, each as git would from a file of the work tree.
struct Blobs<'a> {
    git: &'a Git,
    pipeline: gix::filter::Pipeline<'a>,
    index: gix::worktree::IndexPersistedOrInMemory,
}

impl<'a> Blobs<'a> {
    fn of(git: &'a Git) -> Result<Self, gix::Error> {
        let (pipeline, index) = git.repository().filter_pipeline(None)?;
        Ok(Self { git, pipeline, index })
    }

    fn entry(&mut self, path: &gix::bstr::BStr, stage: Stage, file: &File) -> Result<Entry, gix::Error> {
        let bytes = self.converted(path, &file.bytes).unwrap_or_else(|| file.bytes.clone());
        let id = self.git.repository().write_blob(bytes)?;
        Ok(Entry {
            id: id.to_string(),
            mode: mode(file.executable).bits(),
            flags: Flags::from_stage(stage).bits(),
            stat: [0; 10],
        })
    }

    /// The content as git stores it (`core.autocrlf`, filters); nothing if a filter refuses, and then it goes in as it is.
    fn converted(&mut self, path: &gix::bstr::BStr, bytes: &[u8]) -> Option<Vec<u8>> {
        let path: &Path = &gix::path::from_bstr(path).ok()?;
        let mut converted = self.pipeline.convert_to_git(bytes, path, &self.index).ok()?;
        let mut result = Vec::with_capacity(bytes.len());
        std::io::Read::read_to_end(&mut converted, &mut result).ok()?;
        Some(result)
    }
}
