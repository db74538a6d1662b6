//! A project's files as a value: *ours* in every move.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::tree::{Tree, TreePath};

/// What the user has on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Regular files: those at paths of the template, ignored by git or not, and the user's own that git does not ignore.
    pub files: Tree,
    /// What stands in the way of files: links and special files, and folders that are other repositories.
    pub obstacles: BTreeMap<TreePath, Obstacle>,
}

/// Something that is neither a file nor a plain folder, or a folder that a file is to replace. What is below it is in
/// no snapshot, but for [`Obstacle::Folder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A symbolic link; it is never followed.
    Link,
    /// A folder with a repository of its own: a submodule, or a clone.
    Repository,
    /// A folder where the template has a file, with something in it that is in no snapshot, and so will stay.
    Folder,
    /// A pipe, a socket, a device, or a name that no tree can hold.
    Special,
}

impl Obstacle {
    /// Why nothing is written to `at`, where this stands, or below it.
    #[must_use]
    pub fn refusal(self, at: &TreePath) -> Error {
        let (what, way_out) = match self {
            Self::Link => {
                ("a symbolic link, and nothing is written through one", "put the folder or file itself there")
            }
            Self::Repository => ("a git repository of its own, which is not touched", "move it elsewhere"),
            Self::Folder => ("a folder with something in it", "move it elsewhere"),
            Self::Special => ("neither a file nor a folder", "move it elsewhere"),
        };
        Error::user(format!("`{at}` is {what}")).hint(format!("{way_out}; nothing was changed"))
    }
}
