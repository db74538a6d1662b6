//! A move begins on a clean work tree, so that its changes can be looked at apart from others.

use crate::error::{Error, Result};
use crate::project::Project;
use crate::suggest::listed;
use crate::transition::Move;
use crate::tree::{Tree, TreePath};

/// How many files are named; the rest is counted.
const NAMED: usize = 5;

/// Refuses uncommitted changes, and files that git does not track where the move changes something of the user's.
pub(super) fn require(project: &Project, plan: &Move, base: &Tree) -> Result<()> {
    // What equals its rendering is nobody's work: nothing to commit first.
    let users_own = |path: &TreePath| {
        plan.changes.iter().any(|change| {
            change.path == *path && change.before.is_some() && change.before.as_ref() != base.get(&change.path)
        })
    };
    let touched: Vec<&TreePath> =
        plan.changes.iter().map(|change| &change.path).filter(|path| users_own(path)).collect();
    let found = project.uncommitted(touched)?;
    let files: Vec<&TreePath> = found.changed.iter().chain(&found.untracked).collect();
    if files.is_empty() {
        return Ok(());
    }
    let named = listed(files.iter().take(NAMED).map(|path| path.as_str()));
    let more = match files.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let what =
        if found.changed.is_empty() { "git does not track" } else { "there are changes that are not committed:" };
    Err(Error::user(format!("{what} {named}{more}"))
        .hint(
            "commit them first (`git add --all && git commit`), or put them aside with `git stash --include-untracked`",
        )
        .hint("or add --allow-dirty: nothing of them is lost, and `heavy undo` takes the move back"))
}
