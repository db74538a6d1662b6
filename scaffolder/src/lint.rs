//! What in a template the two engines would render differently, or not at all.

use crate::tree::{Tree, TreePath};

/// One thing to mend in a template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the repository.
    pub path: TreePath,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The rule's name, as in docs/TEMPLATE-AUTHORS.md.
    pub rule: &'static str,
    /// What is wrong, one sentence, lowercase, no full stop.
    pub message: String,
    /// What to write instead.
    pub mend: String,
}

/// Checks the tree of a whole repository: manifest and template.
#[must_use]
pub fn lint(_root: &Tree) -> Vec<Finding> {
    Vec::new()
}
