//! The git work tree that a project lies in, read by gix: no `git` program is run, and nobody's settings for one
//! (aliases, hooks, pagers, external diffs) matter.

use std::env;
use std::path::Path;

use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use gix::worktree::stack::state::ignore::Source;

use crate::error::{Error, Result};
use crate::tree::TreePath;

/// A repository with a work tree, and where in it the project stands.
pub struct Git {
    repository: gix::Repository,
    /// The project's folder in the work tree, with a slash behind it; empty at its root.
    prefix: BString,
}

impl std::fmt::Debug for Git {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Git").field("dir", &self.repository.git_dir()).field("prefix", &self.prefix).finish()
    }
}

impl Git {
    /// The repository around `root`, found as git finds it: `GIT_DIR` and `GIT_WORK_TREE` first, upwards otherwise.
    /// A bare one, one whose work tree is elsewhere, and one that ignores the whole of `root` (as one of a home folder
    /// with the rule `*` does) are none.
    pub(super) fn around(root: &Path) -> Result<Option<Self>> {
        if env::var_os("GIT_DIR").is_none() {
            let options = gix::discover::upwards::Options::default().apply_environment();
            if gix::discover::upwards_opts(root, options).is_err() {
                return Ok(None);
            }
        }
        let opened = gix::ThreadSafeRepository::discover_with_environment_overrides(root).map_err(|error| {
            Error::system(format!("cannot open the git repository around `{}`", root.display()))
                .because(error)
                .hint("look at what git says to `git status`")
        })?;
        let mut repository = opened.to_thread_local();
        if env::var_os("GIT_DIR").is_some()
            && env::var_os("GIT_WORK_TREE").is_none()
            && repository.config_snapshot().string("core.worktree").is_none()
            && !repository.is_bare()
        {
            // git(1): with GIT_DIR alone the current folder is the top of the work tree.
            let here = env::current_dir().map_err(|error| Error::io("find", Path::new("."), &error))?;
            drop(repository.set_workdir(here));
        }
        let Some(work_tree) = repository.workdir() else { return Ok(None) };
        let real = |path: &Path| path.canonicalize().map_err(|error| Error::io("find", path, &error));
        let (root, work_tree) = (real(root)?, real(work_tree)?);
        let Ok(below) = root.strip_prefix(&work_tree) else { return Ok(None) };
        if root.starts_with(real(repository.git_dir())?) {
            return Ok(None);
        }
        let Ok(below) = gix::path::into_bstr(below) else { return Ok(None) };
        let mut prefix = gix::path::to_unix_separators_on_windows(below).into_owned();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let git = Self { repository, prefix };
        Ok(if git.ignores_the_project()? { None } else { Some(git) })
    }

    /// Whether the repository ignores the project's folder, and follows no file in it.
    fn ignores_the_project(&self) -> Result<bool> {
        let Some(folder) = self.prefix.strip_suffix(b"/").map(BStr::new) else { return Ok(false) };
        let index = self.index()?;
        let rules = self.repository.excludes(&index, None, Source::WorktreeThenIdMappingIfNotSkipped);
        let mut rules = rules.map_err(|error| {
            Error::system("cannot read what git ignores").because(error).hint("look at what git says to `git status`")
        })?;
        let ignored = rules.at_entry(folder, Some(Mode::DIR)).is_ok_and(|found| found.is_excluded());
        Ok(ignored && !index.path_is_directory(folder))
    }

    /// The repository.
    #[must_use]
    pub fn repository(&self) -> &gix::Repository {
        &self.repository
    }

    /// The project's folder in the work tree, with a slash behind it; empty at its root.
    #[must_use]
    pub fn prefix(&self) -> &BStr {
        self.prefix.as_ref()
    }

    /// A path of the project as one of the work tree.
    #[must_use]
    pub fn in_work_tree(&self, path: &TreePath) -> BString {
        let mut full = self.prefix.clone();
        full.extend_from_slice(path.as_str().as_bytes());
        full
    }

    /// A path of the work tree as one of the project; nothing if it stands elsewhere or no tree can hold it.
    #[must_use]
    pub fn in_project(&self, path: &BStr) -> Option<TreePath> {
        let below = path.strip_prefix(self.prefix.as_slice())?;
        TreePath::parse(below.to_str().ok()?).ok()
    }

    /// The merge, rebase, cherry-pick or the like that the repository is in the middle of, in git's words.
    #[must_use]
    pub fn in_progress(&self) -> Option<&'static str> {
        use gix::state::InProgress;
        Some(match self.repository.state()? {
            InProgress::ApplyMailbox | InProgress::ApplyMailboxRebase => "`git am`",
            // Nothing is half-done in a bisection: it only looks at other commits.
            InProgress::Bisect => return None,
            InProgress::CherryPick | InProgress::CherryPickSequence => "`git cherry-pick`",
            InProgress::Merge => "`git merge`",
            InProgress::Rebase | InProgress::RebaseInteractive => "`git rebase`",
            InProgress::Revert | InProgress::RevertSequence => "`git revert`",
        })
    }

    /// The work tree's paths, in the project or elsewhere, that the index holds unmerged.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn unmerged(&self) -> Result<Vec<BString>> {
        let index = self.index()?;
        let mut paths: Vec<BString> = index
            .entries()
            .iter()
            .filter(|entry| entry.stage() != Stage::Unconflicted)
            .map(|entry| entry.path(&index).to_owned())
            .collect();
        paths.dedup();
        Ok(paths)
    }

    /// A path of the project that a sparse checkout leaves out, if there is one: a file, or a whole folder.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn left_out(&self) -> Result<Option<BString>> {
        let index = self.index()?;
        let left_out = index.entries().iter().filter(|entry| entry.flags.contains(Flags::SKIP_WORKTREE));
        let mut paths = left_out.map(|entry| entry.path(&index));
        Ok(paths.find(|path| path.starts_with(self.prefix.as_ref())).map(ToOwned::to_owned))
    }

    /// Whether the disk's executable bit is the one that counts (`core.fileMode`); where not, git's index has it.
    #[must_use]
    pub fn trusts_modes(&self) -> bool {
        cfg!(unix) && self.repository.config_snapshot().boolean("core.fileMode").unwrap_or(true)
    }

    /// Whether the index has the file as executable; nothing if it does not know it.
    pub(super) fn executable_in(&self, index: &gix::index::State, path: &TreePath) -> Option<bool> {
        index.entry_by_path(self.in_work_tree(path).as_ref()).map(|entry| entry.mode == Mode::FILE_EXECUTABLE)
    }

    /// The index as it stands on disk; an empty one if there is none yet.
    pub(super) fn index(&self) -> Result<gix::worktree::Index> {
        self.repository.index_or_empty().map_err(|error| {
            Error::system("cannot read git's index").because(error).hint("look at what git says to `git status`")
        })
    }
}
