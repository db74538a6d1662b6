//! What files contain, to tell a change from an event: `touch`, `git worktree add` and an overflow of the watcher's queue report files
//! that are what they were.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use super::Batch;

/// Up to this size a file's bytes are compared; beyond, its size and the time of its last change.
const COMPARED: u64 = 1 << 20;

/// The checksums of the files below a folder.
pub(super) struct Contents {
    root: PathBuf,
    known: BTreeMap<PathBuf, u64>,
}

impl Contents {
    pub(super) fn new(root: &Path, files: Batch) -> Self {
        let mut this = Self {
            root: root.to_owned(),
            known: BTreeMap::new(),
        };
        this.changed(files);
        this
    }

    /// Those of a batch that are not what they were the last time, or are gone.
    pub(super) fn changed(&mut self, mut batch: Batch) -> Batch {
        batch.retain(|path| match checksum(&self.root.join(path)) {
            Some(now) => self.known.insert(path.clone(), now) != Some(now),
            None => self.forget(path),
        });
        batch
    }

    /// Forgets a file, or what was in a folder; returns whether there was something.
    fn forget(&mut self, path: &Path) -> bool {
        let before = self.known.len();
        self.known.retain(|known, _| !known.starts_with(path));
        self.known.len() < before
    }
}

fn checksum(path: &Path) -> Option<u64> {
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut hasher = DefaultHasher::new();
    if found.len() > COMPARED {
        (found.len(), found.modified().ok()).hash(&mut hasher);
    } else {
        fs::read(path).ok()?.hash(&mut hasher);
    }
    Some(hasher.finish())
}
