//! The git work tree that a project lies in, read by gix: no `git` program is run, and nobody's settings for one
//! (aliases, hooks, pagers, external diffs) matter.

use std::env;
use std::path::{Path, PathBuf};

use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Mode, Stage};
use gix::worktree::stack::state::ignore::Source;

use crate::disk::replace::{Access, replace};
use crate::error::{Error, Result};
use crate::tree::TreePath;

/// A repository with a work tree, and where in it the project stands.
pub struct Git {
    repository: gix::Repository,
    /// The project's folder in the work tree, with a slash behind it; empty at its root.
    prefix: BString,
}

/// What is around a project.
pub(super) enum Found {
    /// No repository, or none that concerns it.
    Nothing,
    /// A repository in a format that cannot be read here: which one.
    Unreadable(String),
    Repository(Box<Git>),
}

/// The git folder that would be opened for `root`.
fn located(root: &Path) -> Option<PathBuf> {
    if let Some(git_dir) = env::var_os("GIT_DIR") {
        return Some(PathBuf::from(git_dir));
    }
    let options = gix::discover::upwards::Options::default().apply_environment();
    let (found, _trust) = gix::discover::upwards_opts(root, options).ok()?;
    Some(found.into_repository_and_work_tree_directories().0)
}

/// What a repository is stored with that gix has no support for here: hashes other than SHA-1, references elsewhere than in files.
/// It would be misread rather than refused, so its settings are looked at before it is opened.
#[must_use]
pub fn unreadable_format(git_dir: &Path) -> Option<String> {
    let common = std::fs::read_to_string(git_dir.join("commondir")).ok();
    let common = common.map_or_else(|| git_dir.to_owned(), |path| git_dir.join(path.trim_end()));
    let settings = gix::config::File::from_path_no_includes(common.join("config"), gix::config::Source::Local).ok()?;
    [("extensions.objectFormat", "sha1", "hashes"), ("extensions.refStorage", "files", "references")]
        .into_iter()
        .find_map(|(setting, usual, what)| {
            let value = settings.string(setting)?.to_str_lossy().to_lowercase();
            (value != usual).then(|| format!("{value} {what}"))
        })
}

impl std::fmt::Debug for Git {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Git").field("dir", &self.repository.git_dir()).field("prefix", &self.prefix).finish()
    }
}

impl Git {
    /// The repository around `root`, found upwards, unless the environment names one for it
    /// ([`git_environment`](super::git_environment)). A bare one, one whose work tree is elsewhere, and one that ignores the
    /// whole of `root` (as one of a home folder with the rule `*` does) are none.
    pub(super) fn around(root: &Path) -> Result<Found> {
        let Some(git_dir) = located(root) else { return Ok(Found::Nothing) };
        if let Some(format) = unreadable_format(&git_dir) {
            return Ok(Found::Unreadable(format));
        }
        let opened = gix::ThreadSafeRepository::discover_with_environment_overrides(root).map_err(|error| {
            Error::system(format!("cannot open the git repository around `{}`", root.display()))
                .because(error)
                .hint("look at what git says to `git status`")
        })?;
        let repository = opened.to_thread_local();
        let Some(work_tree) = repository.workdir() else { return Ok(Found::Nothing) };
        let real = |path: &Path| path.canonicalize().map_err(|error| Error::io("find", path, &error));
        let (root, work_tree) = (real(root)?, real(work_tree)?);
        let Ok(below) = root.strip_prefix(&work_tree) else { return Ok(Found::Nothing) };
        if root.starts_with(real(repository.git_dir())?) {
            return Ok(Found::Nothing);
        }
        let Ok(below) = gix::path::into_bstr(below) else { return Ok(Found::Nothing) };
        let mut prefix = gix::path::to_unix_separators_on_windows(below).into_owned();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let git = Self { repository, prefix };
        Ok(if git.ignores_the_project()? { Found::Nothing } else { Found::Repository(Box::new(git)) })
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

    /// The paths of the project that a sparse checkout leaves out: files, and whole folders with a slash behind them. A file
    /// that is there is not left out, however it is marked: so people keep edits out of their commits.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn left_out(&self) -> Result<Vec<BString>> {
        let index = self.index()?;
        let marked = index.entries().iter().filter(|entry| entry.flags.contains(Flags::SKIP_WORKTREE));
        let paths = marked.map(|entry| entry.path(&index)).filter_map(|path| path.strip_prefix(self.prefix.as_slice()));
        let work_tree = self.repository.workdir().unwrap_or(Path::new("."));
        let is_absent = |path: &[u8]| {
            let full: BString = [self.prefix.as_slice(), path].concat().into();
            gix::path::from_bstr(full.as_bstr()).is_ok_and(|path| work_tree.join(path).symlink_metadata().is_err())
        };
        Ok(paths.filter(|path| is_absent(path)).map(BString::from).collect())
    }

    /// Whether parts of the repository are left out of this work tree on purpose (`git sparse-checkout`).
    #[must_use]
    pub fn is_sparse(&self) -> bool {
        self.repository.config_snapshot().boolean("core.sparseCheckout").unwrap_or(false)
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

    /// Sets or removes a merge driver, its description and its command, in the configuration of the repository, which its
    /// work trees share. Returns that file if it was changed.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn set_merge_driver(&self, name: &str, driver: Option<(&str, &str)>) -> Result<Option<PathBuf>> {
        let path = self.repository.common_dir().join("config");
        let mut config = gix::config::File::from_path_no_includes(path.clone(), gix::config::Source::Local)
            .map_err(|error| Error::system(format!("cannot read `{}`: {error}", path.display())))?;
        let before = config.to_bstring();
        match driver {
            Some((description, command)) => {
                for (key, value) in [("name", description), ("driver", command)] {
                    config
                        .set_raw_value_by("merge", name.as_bytes().as_bstr(), key, value.as_bytes().as_bstr())
                        .map_err(|error| Error::system(format!("cannot change `{}`: {error}", path.display())))?;
                }
            }
            None => while config.remove_section("merge", name.as_bytes().as_bstr()).is_some() {},
        }
        let after = config.to_bstring();
        if before == after {
            return Ok(None);
        }
        replace(&path, &after, Access::Usual).map_err(|error| Error::io("write", &path, &error))?;
        Ok(Some(path))
    }

    /// The index as it stands on disk; an empty one if there is none yet.
    pub(super) fn index(&self) -> Result<gix::worktree::Index> {
        self.repository.index_or_empty().map_err(|error| {
            Error::system("cannot read git's index").because(error).hint("look at what git says to `git status`")
        })
    }
}
