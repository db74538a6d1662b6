//! Reading a project's files into a [`Snapshot`].

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

use super::Project;
use super::status::{PathStatus, StatusReader, folds_case, is_repository};
use crate::error::{Error, Result};
use crate::snapshot::{Obstacle, Snapshot};
use crate::tree::{File, Tree, TreePath};

/// A file of the user's own that is larger than this is left out: it is no text that a template could have moved.
const LARGE: u64 = 4 << 20;

/// The most threads that read at a time.
const MOST_READERS: usize = 8;

/// Fewer files than these are read sooner than threads are started.
const WORTH_A_THREAD: usize = 256;

/// How much of the user's own is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What a move needs: the template's paths; everything if one of base's is missing in the project or in the
    /// template, since it may have moved; and numbered files beside the template's new ones.
    AsNeeded,
    /// Every file that git does not ignore.
    Everything,
}

impl Project {
    /// Every file of the project that is not left out, as [`snapshot`](Self::snapshot) says, whatever a template has.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn all_files(&self) -> Result<Tree> {
        let nothing = Tree::new();
        Ok(self.snapshot(&nothing, &nothing, Reach::Everything)?.files)
    }

    /// The project's files, at the paths of `base` and `theirs` and beyond as far as `reach` says.
    ///
    /// Left out: what git ignores (read from its own files, in a repository or not) unless the template has that path,
    /// folders that say to be caches (`CACHEDIR.TAG`: `target`), other repositories, the state of moves, large files,
    /// and names that no [`TreePath`] can hold. None of it is ever touched.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn snapshot(&self, base: &Tree, theirs: &Tree, reach: Reach) -> Result<Snapshot> {
        let modes = Modes::of(self, base)?;
        let mut status_reader = self.status_reader();
        let mut snapshot = Snapshot::default();
        let mut missing = false;
        let mut folders = Vec::new();
        let paths: BTreeSet<&TreePath> = base.keys().chain(theirs.keys()).collect();
        for path in paths {
            match status_reader.read(path)? {
                PathStatus::File(found) => {
                    let file = self.read(path, &found, &modes)?;
                    snapshot.files.insert(path.clone(), file);
                    missing |= !theirs.contains_key(path);
                    continue;
                }
                PathStatus::Obstacle(at, what) => drop(snapshot.obstacles.insert(at, what)),
                PathStatus::Folder if theirs.contains_key(path) => {
                    folders.push(path.clone());
                    missing = true;
                }
                PathStatus::FileAbove(at) if !snapshot.files.contains_key(&at) => {
                    if let PathStatus::File(found) = status_reader.read(&at)? {
                        let file = self.read(&at, &found, &modes)?;
                        snapshot.files.insert(at, file);
                    }
                }
                PathStatus::Nothing | PathStatus::Folder | PathStatus::FileAbove(_) => {}
            }
            missing |= base.contains_key(path);
        }
        if missing || reach == Reach::Everything {
            self.add_everything(&mut snapshot, &modes)?;
        } else {
            self.add_numbered(base, theirs, &mut snapshot, &modes)?;
        }
        for folder in folders {
            if !self.is_known_whole(&folder, &snapshot) {
                snapshot.obstacles.insert(folder, Obstacle::Folder);
            }
        }
        Ok(snapshot)
    }

    /// Whether a folder holds nothing but files of the snapshot, so that a merge can decide what becomes of it. One with
    /// an empty folder in it does not: that would stay.
    fn is_known_whole(&self, folder: &TreePath, snapshot: &Snapshot) -> bool {
        let walk = ignore::WalkBuilder::new(self.root().join(folder.as_str())).standard_filters(false).build();
        let holds_something = |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        walk.into_iter().all(|entry| {
            entry.is_ok_and(|entry| match entry.file_type() {
                Some(kind) if kind.is_dir() => holds_something(entry.path()),
                _ => tree_path(self.root(), entry.path()).is_some_and(|path| snapshot.files.contains_key(&path)),
            })
        })
    }

    /// What stands at one path now; nothing if it is no regular file. `base` tells the executable bit where neither
    /// disk nor index do.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn file_at(&self, path: &TreePath, base: &Tree) -> Result<Option<File>> {
        match self.status_reader().read(path)? {
            PathStatus::File(found) => Ok(Some(self.read(path, &found, &Modes::of(self, base)?)?)),
            _ => Ok(None),
        }
    }

    /// Adds what stands at `paths` and is not in the snapshot yet: a large or ignored file of the user's at a name that
    /// a move would use. Returns whether there was any.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn add_paths<'a>(
        &self,
        snapshot: &mut Snapshot,
        base: &Tree,
        paths: impl Iterator<Item = &'a TreePath>,
    ) -> Result<bool> {
        let modes = Modes::of(self, base)?;
        let mut status_reader = self.status_reader();
        let mut found_any = false;
        for path in paths.filter(|path| !snapshot.files.contains_key(*path)).collect::<Vec<_>>() {
            match status_reader.read(path)? {
                PathStatus::File(found) => {
                    let file = self.read(path, &found, &modes)?;
                    found_any |= snapshot.files.insert(path.clone(), file).is_none();
                }
                PathStatus::Obstacle(at, what) => found_any |= snapshot.obstacles.insert(at, what).is_none(),
                _ => {}
            }
        }
        Ok(found_any)
    }

    /// Looks at the project's paths.
    #[must_use]
    pub fn status_reader(&self) -> StatusReader<'_> {
        StatusReader::new(self.root(), folds_case(self.root()))
    }

    fn read(&self, path: &TreePath, found: &Metadata, modes: &Modes<'_>) -> Result<File> {
        let on_disk = self.root().join(path.as_str());
        let bytes = fs::read(&on_disk).map_err(|error| Error::io("read", &on_disk, &error))?;
        Ok(File { bytes, executable: modes.executable(path, found) })
    }

    /// The user's own files: as git sees them, and hidden ones too.
    fn add_everything(&self, snapshot: &mut Snapshot, modes: &Modes<'_>) -> Result<()> {
        let root = self.root().to_owned();
        let walk = ignore::WalkBuilder::new(&root)
            .hidden(false)
            .ignore(false)
            .require_git(false)
            .parents(self.git().is_some())
            .follow_links(false)
            .filter_entry(move |entry| entry.path() == root || !is_closed(entry))
            .build();
        let mut own = Vec::new();
        // What cannot be read is not the template's, and stays as it is.
        for entry in walk.flatten() {
            let Some(path) = tree_path(self.root(), entry.path()) else { continue };
            let Ok(found) = entry.path().symlink_metadata() else { continue };
            if found.is_dir() || snapshot.files.contains_key(&path) {
                continue;
            }
            if !found.is_file() {
                let what = if found.is_symlink() { Obstacle::Link } else { Obstacle::Special };
                snapshot.obstacles.insert(path, what);
            } else if found.len() <= LARGE {
                let executable = modes.executable(&path, &found);
                own.push((path, entry.into_path(), executable));
            }
        }
        snapshot.files.extend(read_all(&own));
        self.add_tracked(snapshot, modes)
    }

    /// What git ignores and tracks nevertheless, because it was added by force.
    fn add_tracked(&self, snapshot: &mut Snapshot, modes: &Modes<'_>) -> Result<()> {
        let Some(git) = self.git() else { return Ok(()) };
        let index = git.index()?;
        let mut status_reader = self.status_reader();
        for entry in index.prefixed_entries(git.prefix()).unwrap_or_default() {
            let Some(path) = git.in_project(entry.path(&index)) else { continue };
            if !snapshot.files.contains_key(&path)
                && let PathStatus::File(found) = status_reader.read(&path)?
                && found.len() <= LARGE
            {
                let file = self.read(&path, &found, modes)?;
                snapshot.files.insert(path, file);
            }
        }
        Ok(())
    }

    /// The files whose name starts with a digit in the folders of new files that are numbered too (`migrations/`).
    fn add_numbered(&self, base: &Tree, theirs: &Tree, snapshot: &mut Snapshot, modes: &Modes<'_>) -> Result<()> {
        let numbered = |name: &str| name.starts_with(|c: char| c.is_ascii_digit());
        let new = theirs.keys().filter(|path| !base.contains_key(*path) && numbered(path.file_name()));
        let folders: BTreeSet<&str> =
            new.map(|path| path.as_str().rsplit_once('/').map_or("", |(above, _)| above)).collect();
        for folder in folders {
            let Ok(entries) = fs::read_dir(self.root().join(folder)) else { continue };
            for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(numbered)) {
                let Some(path) = tree_path(self.root(), &entry.path()) else { continue };
                if snapshot.files.contains_key(&path) {
                    continue;
                }
                if let PathStatus::File(found) = self.status_reader().read(&path)?
                    && found.len() <= LARGE
                {
                    let file = self.read(&path, &found, modes)?;
                    snapshot.files.insert(path, file);
                }
            }
        }
        Ok(())
    }
}

/// Reads files, given with their executable bits, on every core: with thousands of files most of the time is spent in the system's
/// own calls. Those that cannot be read are left out.
fn read_all(wanted: &[(TreePath, PathBuf, bool)]) -> Vec<(TreePath, File)> {
    let read = |part: &[(TreePath, PathBuf, bool)]| -> Vec<(TreePath, File)> {
        let files = part.iter().filter_map(|(path, on_disk, executable)| {
            Some((path.clone(), File { bytes: fs::read(on_disk).ok()?, executable: *executable }))
        });
        files.collect()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_READERS);
    if threads == 1 || wanted.len() < WORTH_A_THREAD {
        return read(wanted);
    }
    thread::scope(|scope| {
        let parts: Vec<_> =
            wanted.chunks(wanted.len().div_ceil(threads)).map(|part| scope.spawn(|| read(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// Folders that no move looks into.
fn is_closed(entry: &ignore::DirEntry) -> bool {
    let path = entry.path();
    let named = |name: &str| path.file_name().is_some_and(|found| found.eq_ignore_ascii_case(name));
    if named(".git") || named(super::STATE_FOLDER) {
        return true;
    }
    entry.file_type().is_some_and(|kind| kind.is_dir()) && (path.join("CACHEDIR.TAG").is_file() || is_repository(path))
}

fn tree_path(root: &Path, path: &Path) -> Option<TreePath> {
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    TreePath::parse(&parts?.join("/")).ok()
}

/// Where the executable bit is read: from the disk, or, where that does not tell, from git's index, then from base.
struct Modes<'a> {
    index: Option<(gix::worktree::Index, &'a super::Git)>,
    base: &'a Tree,
}

impl<'a> Modes<'a> {
    fn of(project: &'a Project, base: &'a Tree) -> Result<Self> {
        let index = match project.git() {
            Some(git) if !git.trusts_modes() => Some((git.index()?, git)),
            _ => None,
        };
        Ok(Self { index, base })
    }

    fn executable(&self, path: &TreePath, found: &Metadata) -> bool {
        #[cfg(unix)]
        if self.index.is_none() {
            use std::os::unix::fs::PermissionsExt;
            return found.permissions().mode() & 0o100 != 0;
        }
        let _ = found;
        let known = self.index.as_ref().and_then(|(index, git)| git.executable_in(index, path));
        known.unwrap_or_else(|| self.base.get(path).is_some_and(|file| file.executable))
    }
}
