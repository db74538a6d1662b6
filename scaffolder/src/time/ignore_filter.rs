//! Which changes count: those in files that git does not ignore.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use gix::bstr::{BStr, ByteSlice};
use gix::index::entry::Mode;
use gix::worktree::stack::state::ignore::Source;

use super::paths::COMMITTED;
use crate::error::{Error, Result};

/// What git ignores in a work tree, as its files said when the filter was made.
pub struct IgnoreFilter<'a> {
    root: &'a Path,
    stack: gix::AttributeStack<'a>,
    index: gix::worktree::Index,
}

impl std::fmt::Debug for IgnoreFilter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IgnoreFilter").field("root", &self.root).finish_non_exhaustive()
    }
}

impl<'a> IgnoreFilter<'a> {
    /// The filter of the work tree at `root`.
    ///
    /// # Errors
    /// Git's own files cannot be read.
    pub fn new(repository: &'a gix::Repository, root: &'a Path) -> Result<Self> {
        let failed = |error| {
            Error::system("cannot read what git ignores").because(error).hint("look at what git says to `git status`")
        };
        let index = repository.index_or_empty().map_err(|error| failed(gix::Error::from_error(error)))?;
        let stack = repository.excludes(&index, None, Source::WorktreeThenIdMappingIfNotSkipped).map_err(failed)?;
        Ok(Self { root, stack, index })
    }

    /// Whether a change of this path counts. `folder` says what it is, where that is known.
    pub fn counts(&mut self, path: &Path, folder: Option<bool>) -> bool {
        let Ok(relative) = path.strip_prefix(self.root) else { return false };
        if relative.as_os_str().is_empty() || is_ours_or_gits(relative) {
            return false;
        }
        let mode = folder.map(|folder| if folder { Mode::DIR } else { Mode::FILE });
        let Ok(name) = gix::path::into_bstr(relative) else { return true };
        let name = gix::path::to_unix_separators_on_windows(name);
        let excluded = self.stack.at_entry(name.as_bstr(), mode).is_ok_and(|found| found.is_excluded());
        // Git goes on following what it followed before somebody had it ignored.
        !excluded || self.is_tracked(name.as_bstr())
    }

    /// Goes through the folders that count, from this one on, which is shown to `enter` before it is read; then, if `files` is
    /// set, through their files. Returns a digest of these, which no other state of the tree has.
    pub fn walk(&mut self, from: &Path, files: bool, enter: &mut dyn FnMut(&Path)) -> u64 {
        let mut digest = 0_u64;
        let mut folders = vec![from.to_owned()];
        while let Some(folder) = folders.pop() {
            enter(&folder);
            // A folder that is gone or closed by now has nothing to see.
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                if !files && !kind.is_dir() {
                    continue;
                }
                let path = entry.path();
                if !self.counts(&path, Some(kind.is_dir())) {
                    continue;
                }
                if kind.is_dir() {
                    folders.push(path);
                } else if let Ok(file) = entry.metadata() {
                    let mut state = DefaultHasher::new();
                    (path, file.len(), file.modified().ok()).hash(&mut state);
                    // The order in which a folder is read says nothing.
                    digest = digest.wrapping_add(state.finish());
                }
            }
        }
        digest
    }

    fn is_tracked(&self, name: &BStr) -> bool {
        self.index.entry_by_path(name).is_some() || self.index.path_is_directory(name)
    }
}

/// What git keeps for itself, and what cementing writes.
fn is_ours_or_gits(relative: &Path) -> bool {
    let mut parts = relative.components().map(|part| part.as_os_str().to_string_lossy());
    let first = parts.next().unwrap_or_default();
    let second = parts.next();
    let cemented = |name: &str| name.starts_with('.') || Path::new(name).extension().is_some_and(|end| end == "jsonl");
    relative.components().any(|part| part.as_os_str() == ".git")
        || first.starts_with(".heavy-")
        || first == COMMITTED && second.is_some_and(|name| cemented(&name))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn repository(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf, gix::Repository) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a folder");
        for (path, content) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
        let repository = gix::init(&root).expect("a repository");
        (folder, root, repository)
    }

    #[test]
    fn what_git_ignores_does_not_count_wherever_it_says_so() {
        let (_folder, root, repository) = repository(&[
            (".gitignore", "/target\n*.log\n!keep.log\n"),
            ("deep/.gitignore", "secret/\n"),
            ("deep/secret/a", ""),
            ("target/debug/a", ""),
            ("src/main.rs", ""),
        ]);
        fs::write(root.join(".git/info/exclude"), "mine.txt\n").expect("a file");
        let mut filter = IgnoreFilter::new(&repository, &root).expect("a filter");
        let mut counts = |path: &str| filter.counts(&root.join(path), Some(root.join(path).is_dir()));
        for path in ["src/main.rs", "keep.log", ".gitignore", "deep/target", "new/file", "time/notes.md"] {
            assert!(counts(path), "{path}");
        }
        for path in ["target", "target/debug/a", "a.log", "deep/b.log", "deep/secret", "deep/secret/a", "mine.txt"] {
            assert!(!counts(path), "{path}");
        }
        for path in
            [".git/index", "sub/.git/HEAD", "time/ada-9f31c2d4.jsonl", "time/.gitattributes", ".heavy-shop-1a2b/x"]
        {
            assert!(!counts(path), "{path}");
        }
        assert!(!filter.counts(&root, Some(true)) && !filter.counts(Path::new("/elsewhere"), None));
    }

    #[test]
    fn a_walk_finds_every_folder_that_counts_and_notices_each_change_of_a_file() {
        let (_folder, root, repository) =
            repository(&[(".gitignore", "/target\n"), ("target/a/b", ""), ("src/pages/home.rs", "one")]);
        let walk = |files| {
            let mut folders = Vec::new();
            let mut filter = IgnoreFilter::new(&repository, &root).expect("a filter");
            let digest = filter.walk(&root, files, &mut |folder| folders.push(folder.to_owned()));
            (folders, digest)
        };
        assert_eq!(walk(false).0, [root.clone(), root.join("src"), root.join("src/pages")]);
        let before = walk(true).1;
        fs::write(root.join("target/a/b"), "changed").expect("a file");
        assert_eq!(walk(true).1, before);
        fs::write(root.join("src/pages/home.rs"), "three").expect("a file");
        assert_ne!(walk(true).1, before);
    }
}
