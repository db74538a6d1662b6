//! Names for the template's version of a file where the user's stays: `logo.png` → `logo.png.template`.

use std::collections::BTreeSet;

use super::paths::{folded, prefixes};
use crate::tree::{Tree, TreePath};

/// The places that are taken, as seen by file systems that do not tell cases apart.
pub(crate) struct UsedPaths {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl UsedPaths {
    /// What these trees have.
    pub(crate) fn by(trees: &[&Tree]) -> Self {
        let mut taken = Self { files: BTreeSet::new(), folders: BTreeSet::new() };
        for path in trees.iter().flat_map(|tree| tree.keys()) {
            taken.add(path);
        }
        taken
    }

    fn add(&mut self, path: &TreePath) {
        let path = folded(path);
        self.folders.extend(prefixes(&path).skip(1).map(str::to_owned));
        self.files.insert(path);
    }

    fn is_free(&self, path: &TreePath) -> bool {
        let path = folded(path);
        !self.folders.contains(&path) && prefixes(&path).all(|prefix| !self.files.contains(prefix))
    }

    /// Takes this very path, if it is free.
    pub(super) fn take(&mut self, path: &TreePath) -> bool {
        let free = self.is_free(path);
        if free {
            self.add(path);
        }
        free
    }

    /// Takes a free name beside `path`, with a number if `.template` alone is taken. `None` if the folder cannot exist
    /// because a file has its name.
    pub(crate) fn side_file(&mut self, path: &TreePath) -> Option<TreePath> {
        let path_text = path.as_str();
        let folded = folded(path);
        if prefixes(&folded).skip(1).any(|folder| self.files.contains(folder)) {
            return None;
        }
        let numbered = (2_u32..).map(|number| format!("{path_text}.template{number}"));
        let names = std::iter::once(format!("{path_text}.template")).chain(numbered);
        let free = names.filter_map(|name| TreePath::parse(&name).ok()).find(|name| self.is_free(name))?;
        self.add(&free);
        Some(free)
    }
}
