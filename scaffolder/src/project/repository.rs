//! The git repository of a new project, made without a `git` program.

use std::path::{Path, PathBuf};

use gix::bstr::BStr;
use gix::index::entry::Mode;
use gix::objs::tree::EntryKind;

use crate::error::{Error, Result};
use crate::tree::Tree;

/// Who signs the first commit if git knows nobody; the same placeholder for everyone, so that it is easy to find.
const NOBODY: (&str, &str) = ("heavy", "heavy@localhost");

/// What was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstCommit {
    /// Whether git knew a name and an address to sign with.
    pub signed_by_user: bool,
}

/// The repository that a project's folder lies in, before the project is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnclosingRepository {
    /// There is none.
    None,
    /// The folder is the top of a repository that has no commit and nothing staged, as a clone of an empty one.
    Fresh,
    /// Any other, with the path of its git folder.
    Other(PathBuf),
}

impl EnclosingRepository {
    /// Looks for the repository that `target` lies in, or would lie in.
    #[must_use]
    pub fn of(target: &Path) -> Self {
        let Some(existing) = target.ancestors().find(|folder| folder.is_dir()) else { return Self::None };
        let Ok((found, _trust)) = gix::discover::upwards(existing) else { return Self::None };
        if existing == target && is_fresh(target) { Self::Fresh } else { Self::Other(found.as_ref().to_owned()) }
    }

    /// The git folder of a repository that takes no first commit.
    #[must_use]
    pub fn other(&self) -> Option<&Path> {
        match self {
            Self::Other(git) => Some(git),
            Self::None | Self::Fresh => None,
        }
    }
}

/// Whether `folder` is the top of a repository without a commit and with an empty index.
fn is_fresh(folder: &Path) -> bool {
    gix::open(folder).is_ok_and(|repository| {
        repository.workdir().is_some()
            && repository.head().is_ok_and(|head| head.is_unborn())
            && repository.index_or_empty().is_ok_and(|index| index.entries().is_empty())
    })
}

/// Makes a repository in `folder`, on the branch that the user's `init.defaultBranch` names, and commits `tree`,
/// which must stand there already. What the tree's `.gitignore` files or the user's own name is not committed.
///
/// # Errors
/// Something could not be read or written.
pub fn create(folder: &Path, tree: &Tree) -> Result<FirstCommit> {
    let options = gix::create::Options::default();
    let made = gix::ThreadSafeRepository::init(folder, gix::create::Kind::WithWorktree, options);
    made.and_then(|repository| first_commit(repository.into(), tree)).map_err(|error| {
        Error::system(format!("cannot make a git repository in `{}`", folder.display()))
            .because(error)
            .hint("add `--vcs none` to create the project without one")
    })
}

/// Commits `tree` as [`create`] does, to the fresh repository ([`EnclosingRepository::Fresh`]) in `folder`, on the branch that
/// it is on.
///
/// # Errors
/// Something could not be read or written.
pub fn commit(folder: &Path, tree: &Tree) -> Result<FirstCommit> {
    gix::open(folder).and_then(|repository| first_commit(repository, tree)).map_err(|error| {
        Error::system(format!("cannot commit to the git repository in `{}`", folder.display()))
            .because(error)
            .hint("add `--vcs none` to create the project without a commit")
    })
}

fn first_commit(mut repository: gix::Repository, tree: &Tree) -> Result<FirstCommit, gix::Error> {
    let signed_by_user = repository.committer().is_some_and(|found| found.is_ok())
        && repository.author().is_some_and(|found| found.is_ok());
    if !signed_by_user {
        let mut config = repository.config_snapshot_mut();
        for (key, value) in [("user.name", NOBODY.0), ("user.email", NOBODY.1)] {
            config.set_raw_value(key, value)?;
        }
        config.commit()?;
    }

    let nothing = gix::index::State::new(repository.object_hash());
    let mut ignored = repository.excludes(
        &nothing,
        None,
        gix::worktree::stack::state::ignore::Source::WorktreeThenIdMappingIfNotSkipped,
    )?;
    let mut root = repository.edit_tree(repository.empty_tree().id)?;
    for (path, file) in tree {
        let at: &BStr = path.as_str().into();
        if ignored.at_entry(at, Some(Mode::FILE)).map_err(gix::Error::from_error)?.is_excluded() {
            continue;
        }
        let kind = if file.executable { EntryKind::BlobExecutable } else { EntryKind::Blob };
        root.upsert(at, kind, repository.write_blob(&file.bytes)?)?;
    }
    let root = root.write()?.detach();
    repository.commit("HEAD", "Create the project with heavy", root, gix::commit::NO_PARENT_IDS)?;

    // Without an index git would show every file as deleted and added again.
    let mut index = repository.index_from_tree(&root)?;
    index.write(gix::index::write::Options::default())?;
    Ok(FirstCommit { signed_by_user })
}
