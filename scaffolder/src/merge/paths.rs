//! Paths and their parts, as the steps of a merge compare them.

use std::collections::BTreeMap;

use crate::tree::TreePath;

/// Path in the base → path on one side.
pub(super) type Renames = BTreeMap<TreePath, TreePath>;

/// The path as file systems see it that do not tell cases apart.
pub(super) fn folded(path: &TreePath) -> String {
    path.as_str().to_lowercase()
}

/// The path and every folder above it.
pub(super) fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(parent, _)| parent))
}

/// The folders that a path is in, the nearest first, without the root.
pub(super) fn above(path: &TreePath) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(parent(path.as_str())), |folder| Some(parent(folder))).take_while(|f| !f.is_empty())
}

/// The folder that a path is in; "" at the root.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
