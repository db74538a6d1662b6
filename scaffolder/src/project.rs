//! A generated project on disk: its repository, its `heavy.toml`, its files as a value, and cargo in it.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::lockfile::{Keep, LOCKFILE, Lock};
use crate::merge::Style;
use git::{Found, Git};

pub mod cargo;
pub mod dirty;
pub mod driver;
pub mod files;
pub mod git;
pub mod git_environment;
pub mod hook_command;
pub mod index;
pub mod origin;
pub mod repository;
pub mod rustfmt;
pub mod status;

/// The folder that holds the state of moves where there is no repository to keep it in.
pub(crate) const STATE_FOLDER: &str = ".heavy";

/// A project: a folder, and the git work tree that it lies in, if any.
#[derive(Debug)]
pub struct Project {
    root: PathBuf,
    git: Option<Git>,
    unreadable_git: Option<String>,
}

impl Project {
    /// The project that the folder `from` lies in: the nearest folder upwards that has a `heavy.toml`.
    ///
    /// The file is not read here, so that a project whose `heavy.toml` is damaged can still be put back.
    ///
    /// # Errors
    /// There is none; or the git repository around it cannot be opened.
    pub fn discover(from: &Path) -> Result<Self> {
        let from = absolute(from)?;
        let found = from.ancestors().find(|folder| folder.join(LOCKFILE).is_file());
        match found {
            Some(root) => Self::at(root),
            None => {
                Err(Error::user(format!("there is no `{LOCKFILE}` in `{}` or in a folder above it", from.display()))
                    .hint("go into a project, or take one over with `heavy adopt`"))
            }
        }
    }

    /// The project in the folder `root`, whether it has a `heavy.toml` or not.
    ///
    /// # Errors
    /// `root` is no folder; or the git repository around it cannot be opened.
    pub fn at(root: &Path) -> Result<Self> {
        let root = absolute(root)?;
        if !root.is_dir() {
            return Err(Error::user(format!("`{}` is not a folder", root.display())));
        }
        let (git, unreadable_git) = match Git::around(&root)? {
            Found::Repository(git) => (Some(*git), None),
            Found::Unreadable(format) => (None, Some(format)),
            Found::Nothing => (None, None),
        };
        Ok(Self { root, git, unreadable_git })
    }

    /// Its folder, from the root of the file system on.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the repository around it is stored with, if that cannot be read here. Everything then works as without a repository.
    #[must_use]
    pub fn unreadable_git(&self) -> Option<&str> {
        self.unreadable_git.as_deref()
    }

    /// Its side of git; nothing where there is no repository that can be read, or one without a work tree.
    #[must_use]
    pub fn git(&self) -> Option<&Git> {
        self.git.as_ref()
    }

    /// How conflicts are marked: git's `merge.conflictStyle`.
    #[must_use]
    pub fn conflict_style(&self) -> Style {
        let name = self.git.as_ref().and_then(|git| git.repository().config_snapshot().string("merge.conflictStyle"));
        name.and_then(|name| Style::named(&name.to_string())).unwrap_or_default()
    }

    /// The files that no move touches: `[moves] keep` of its `heavy.toml`.
    ///
    /// # Errors
    /// It is no list of patterns.
    pub fn keep(&self) -> Result<Keep> {
        let path = self.root.join(LOCKFILE);
        let bytes = std::fs::read(&path).map_err(|error| Error::io("read", &path, &error))?;
        Keep::parse(&String::from_utf8_lossy(&bytes))
    }

    /// Its `heavy.toml`.
    ///
    /// # Errors
    /// Of kind `User`, with the way out: it is missing, unreadable, malformed, or in conflict itself.
    pub fn lock(&self) -> Result<Lock> {
        let path = self.root.join(LOCKFILE);
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::user(format!("`{}` has no `{LOCKFILE}`", self.root.display()))
                .hint(format!("take the project over with `heavy adopt`, or put the file back: {}", self.restore())),
            _ => Error::io("read", &path, &error),
        })?;
        let text = String::from_utf8(bytes)
            .map_err(|error| Error::user(format!("`{LOCKFILE}` is not text")).because(error).hint(self.restore()))?;
        Lock::parse(&text)
    }

    /// How to get the last good `heavy.toml`.
    fn restore(&self) -> String {
        match self.git {
            Some(_) => format!("take it from the last commit with `git checkout HEAD -- {LOCKFILE}`"),
            None => format!("take `{LOCKFILE}` from a backup"),
        }
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::io("find", path, &error))
}

#[cfg(test)]
mod tests;
