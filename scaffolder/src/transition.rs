//! THE operation: move a project from one pristine rendering to another. Pure.

use crate::merge::{Conflict, Driver, Labels};
use crate::project::snapshot::Snapshot;
use crate::tree::{File, Tree, TreePath};

/// What a move is computed from.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The pristine rendering that the project was last moved to.
    pub base: &'a Tree,
    /// The project.
    pub ours: &'a Snapshot,
    /// The pristine rendering where it should go.
    pub theirs: &'a Tree,
    /// Whether a path is written once and never again touched (migrations): the manifest's `once`.
    pub once: &'a dyn Fn(&TreePath) -> bool,
    /// What the sides are called in conflict markers.
    pub labels: &'a Labels,
    /// The user's merge drivers.
    pub driver: &'a dyn Driver,
    /// Whether `base` is the true one, and not only what is known of it.
    pub base_is_known: bool,
}

/// What a move changes in a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// What is written, by path. `heavy.toml` is among them and written last.
    pub changes: Vec<Change>,
    /// What the person has to decide.
    pub conflicts: Vec<Conflict>,
    /// Files that the template changed and the user had deleted. They stay deleted.
    pub kept_deleted: Vec<TreePath>,
    /// Files that stand elsewhere afterwards: (from, to).
    pub moved: Vec<(TreePath, TreePath)>,
    /// Whether `Cargo.lock` has to be brought up to date by cargo: the user changed it, and so may have to be its resolution.
    pub lock_by_cargo: bool,
}

/// One file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub path: TreePath,
    /// What stands there when the move is planned. Checked again before anything is written.
    pub before: Option<File>,
    /// What stands there after it.
    pub after: Option<File>,
}
