//! What git ignores.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The rules that hold for a tree. Those of a folder in it are known once it was [`read`](Self::read).
pub(super) struct Ignored {
    root: PathBuf,
    folders: HashMap<PathBuf, Gitignore>,
    /// `.git/info/exclude`, and what the person at this machine never wants to see.
    everywhere: Vec<Gitignore>,
}

impl Ignored {
    /// The rules of `root`, and of the folders above it that are in the same repository.
    pub(super) fn of(root: &Path) -> Self {
        let mut this = Self {
            root: root.to_owned(),
            folders: HashMap::new(),
            everywhere: vec![Gitignore::global().0],
        };
        let repository = root.ancestors().find(|folder| folder.join(".git").exists());
        if let Some(repository) = repository {
            let mut exclude = GitignoreBuilder::new(repository);
            // A file that is not there has no rules.
            exclude.add(repository.join(".git/info/exclude"));
            this.everywhere.extend(exclude.build());
        }
        let top = repository.unwrap_or(root);
        for folder in root
            .ancestors()
            .take_while(|folder| folder.starts_with(top))
        {
            this.read(folder);
        }
        this
    }

    /// Learns the rules of a folder.
    pub(super) fn read(&mut self, folder: &Path) {
        let file = folder.join(".gitignore");
        if file.is_file() {
            self.folders
                .insert(folder.to_owned(), Gitignore::new(file).0);
        } else {
            self.folders.remove(folder);
        }
    }

    /// Whether git ignores `path`, or a folder that it is in.
    pub(super) fn has(&self, path: &Path, folder: bool) -> bool {
        let Ok(inside) = path.strip_prefix(&self.root) else {
            return true;
        };
        let mut at = self.root.clone();
        inside.components().any(|part| {
            at.push(part);
            part.as_os_str() == ".git" || self.names(&at, folder || at != path)
        })
    }

    /// Whether a rule names this very path. The nearest one counts, as for git.
    fn names(&self, path: &Path, folder: bool) -> bool {
        let near = path.ancestors().skip(1);
        let near = near.filter_map(|folder| self.folders.get(folder));
        near.chain(&self.everywhere)
            .map(|rules| rules.matched(path, folder))
            .find(|found| !found.is_none())
            .is_some_and(|found| found.is_ignore())
    }
}
