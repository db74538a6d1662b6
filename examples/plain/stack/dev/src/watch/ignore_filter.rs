//! What git ignores.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};

/// The rules of a repository: of each folder's `.gitignore`, of `.git/info/exclude` and of the user's own file.
pub(super) struct IgnoreFilter {
    /// The folder of the repository; the project's where it is in none.
    top: PathBuf,
    /// Rules of folders, read when they are first needed.
    folders: HashMap<PathBuf, Gitignore>,
    everywhere: Gitignore,
}

impl IgnoreFilter {
    /// The rules for the project in `root`.
    ///
    /// A repository around the project may ignore the whole of it, as one of a home folder with the rule `*` does. Its
    /// rules say nothing about the project's files then, and are left out.
    pub(super) fn new(root: &Path) -> Self {
        let top = root.ancestors().find(|folder| folder.join(".git").exists());
        let mut around = Self::below(top.unwrap_or(root));
        match around.top != root && around.ignores(root, true) {
            true => Self::below(root),
            false => around,
        }
    }

    fn below(top: &Path) -> Self {
        let mut everywhere = GitignoreBuilder::new(top);
        // A file that is not there, or is no list of rules, ignores nothing.
        everywhere.add(top.join(".git/info/exclude"));
        if let Some(path) = gitconfig_excludes_path() {
            everywhere.add(path);
        }
        Self {
            folders: HashMap::new(),
            everywhere: everywhere.build().unwrap_or_else(|_| Gitignore::empty()),
            top: top.to_owned(),
        }
    }

    /// Whether git ignores `path`, or a folder that it is in. The nearest rule decides.
    pub(super) fn ignores(&mut self, path: &Path, is_folder: bool) -> bool {
        if path.iter().any(|part| part == ".git") || !path.starts_with(&self.top) {
            return true;
        }
        for folder in path.ancestors().skip(1) {
            if !folder.starts_with(&self.top) {
                break;
            }
            let rules = self
                .folders
                .entry(folder.to_owned())
                .or_insert_with(|| Gitignore::new(folder.join(".gitignore")).0);
            let found = rules.matched_path_or_any_parents(path, is_folder);
            if !found.is_none() {
                return found.is_ignore();
            }
        }
        self.everywhere
            .matched_path_or_any_parents(path, is_folder)
            .is_ignore()
    }
}
