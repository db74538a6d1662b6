//! What is one file in the three trees.

use crate::tree::{File, TreePath};

/// A file in one of the trees.
#[derive(Clone, Copy, Debug)]
pub(super) struct TreeFile<'a> {
    pub(super) path: &'a TreePath,
    pub(super) file: &'a File,
}

/// One file, as the three trees have it. At least one of them does.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) base: Option<TreeFile<'a>>,
    pub(super) ours: Option<TreeFile<'a>>,
    pub(super) theirs: Option<TreeFile<'a>>,
    /// Where it stands in the merged tree; `None` if it is deleted.
    pub(super) place: Option<TreePath>,
    /// Whether both sides moved it, to different places. It is placed where the user put it.
    pub(super) apart: bool,
    /// Whether something of the user's is in the way of what the template wants to put here.
    pub(super) blocked: bool,
}
