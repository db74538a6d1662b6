//! A project's files as a value: *ours* in every move.

use std::collections::BTreeMap;

use crate::tree::{Tree, TreePath};

/// What the user has on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Regular files: those at paths of the template, ignored by git or not, and the user's own that git does not ignore.
    pub files: Tree,
    /// What stands in the way of files: links and special files, and folders that are other repositories.
    pub obstacles: BTreeMap<TreePath, Obstacle>,
}

/// Something that is neither a file nor a plain folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A symbolic link; it is never followed.
    Link,
    /// A folder with a repository of its own: a submodule, or a clone.
    Repository,
    /// A pipe, a socket, a device, or a name that no tree can hold.
    Special,
}
