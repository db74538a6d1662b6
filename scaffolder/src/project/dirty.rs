//! What a person could lose track of in a move: work that no commit has.

use std::collections::BTreeSet;
use std::path::Path;

use gix::bstr::BString;
use gix::index::entry::Mode;

use super::Project;
use super::status::PathStatus;
use crate::error::{Error, Result};
use crate::suggest::typed;
use crate::tree::TreePath;

/// What keeps a project from being clean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uncommitted {
    /// Tracked files that differ from the last commit, on disk or in the index.
    pub changed: BTreeSet<TreePath>,
    /// Files that git does not track, where the move changes something.
    pub untracked: BTreeSet<TreePath>,
    /// The same, of files that it ignores: `git add --all` passes them by.
    pub ignored: BTreeSet<TreePath>,
}

impl Uncommitted {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.changed.is_empty() && self.untracked.is_empty() && self.ignored.is_empty()
    }
}

impl Project {
    /// Refuses a move while something else is half-done, in the project or elsewhere in the work tree.
    ///
    /// # Errors
    /// Of kind `User`: a merge or the like is in progress, or paths are unmerged.
    pub fn check_nothing_in_progress(&self) -> Result<()> {
        let Some(git) = self.git() else { return Ok(()) };
        if let Some(what) = git.in_progress() {
            return Err(Error::user(format!("the repository is in the middle of {what}"))
                .hint("finish or abort that first; `git status` says how"));
        }
        match git.unmerged()?.first() {
            None => Ok(()),
            Some(path) => Err(Error::user(format!("git has `{path}` as unmerged"))
                .hint("resolve it and `git add` it first; `git status` lists all")),
        }
    }

    /// Refuses a sparse checkout that leaves out what `is_needed` says is needed: it would count as deleted by the user.
    ///
    /// # Errors
    /// Of kind `User`, with a path that is not there.
    pub fn check_checked_out(&self, is_needed: impl Fn(&str) -> bool) -> Result<()> {
        let Some(git) = self.git() else { return Ok(()) };
        let left_out: Vec<String> = git.left_out()?.iter().map(ToString::to_string).collect();
        let Some(path) = left_out.iter().find(|path| is_needed(path)) else { return Ok(()) };
        let error = Error::user(format!("a part of the project is not checked out: `{path}`"));
        Err(if git.is_sparse() {
            error.hint("a move needs all of it: `git sparse-checkout disable`")
        } else {
            let path = typed(Path::new(path));
            error.hint(format!("put it back: `git update-index --no-skip-worktree {path} && git checkout -- {path}`"))
        })
    }

    /// What is not committed: any tracked file of the project, and untracked ones at the paths that a move would
    /// change. Untracked files elsewhere do not count. Without a repository there is nothing to commit to.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub fn uncommitted<'a>(&self, touched: impl IntoIterator<Item = &'a TreePath>) -> Result<Uncommitted> {
        let Some(git) = self.git() else { return Ok(Uncommitted::default()) };
        let changed = self.changed().map_err(unreadable)?;
        let index = git.index()?;
        let mut status_reader = self.status_reader();
        let source = gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped;
        let mut rules = git
            .repository()
            .excludes(&index, None, source)
            .map_err(|error| unreadable(gix::Error::from_error(error)))?;
        let (mut untracked, mut ignored) = (BTreeSet::new(), BTreeSet::new());
        for path in touched {
            let full = git.in_work_tree(path);
            let tracked = index.entry_by_path(full.as_ref()).is_some();
            if !tracked && matches!(status_reader.read(path)?, PathStatus::File(_)) {
                let is_ignored = rules.at_entry(&full, Some(Mode::FILE)).is_ok_and(|found| found.is_excluded());
                if is_ignored { &mut ignored } else { &mut untracked }.insert(path.clone());
            }
        }
        Ok(Uncommitted { changed, untracked, ignored })
    }

    fn changed(&self) -> Result<BTreeSet<TreePath>, gix::Error> {
        let Some(git) = self.git() else { return Ok(BTreeSet::new()) };
        let below: Vec<BString> = match git.prefix() {
            prefix if prefix.is_empty() => Vec::new(),
            prefix => {
                let mut pattern = BString::from(":(top,literal)");
                pattern.extend_from_slice(prefix);
                vec![pattern]
            }
        };
        let items = git
            .repository()
            .status(gix::progress::Discard)?
            .index_worktree_options_mut(|options| options.dirwalk_options = None)
            .index_worktree_rewrites(None)
            .tree_index_track_renames(gix::status::tree_index::TrackRenames::Disabled)
            .index_worktree_submodules(gix::status::Submodule::Given {
                ignore: gix::submodule::config::Ignore::All,
                check_dirty: false,
            })
            .into_iter(below)?;
        let mut changed = BTreeSet::new();
        for item in items {
            changed.extend(git.in_project(item?.location()));
        }
        Ok(changed)
    }
}

fn unreadable(error: gix::Error) -> Error {
    Error::system("cannot find out what is not committed").because(error).hint("look at what git says to `git status`")
}
