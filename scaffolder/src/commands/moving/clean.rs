//! A move begins on a clean work tree, so that its changes can be looked at apart from others.

use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE;
use crate::notes::upgrading::UPGRADING;
use crate::project::Project;
use crate::suggest::{listed, typed};
use crate::transition::Move;
use crate::tree::{Tree, TreePath};

use super::CARGO_LOCK;

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
    let mut found = project.uncommitted(touched)?;
    found.ignored.retain(|path| !is_written_by_programs(path));
    let files: Vec<&TreePath> = found.changed.iter().chain(&found.untracked).chain(&found.ignored).collect();
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
    let mut error = Error::user(format!("{what} {named}{more}"));
    if !(found.changed.is_empty() && found.untracked.is_empty()) {
        error = error.hint(
            "commit them first (`git add --all && git commit`), or put them aside with `git stash --include-untracked`",
        );
    }
    if !found.ignored.is_empty() {
        let typed: Vec<String> = found.ignored.iter().map(|path| typed(path.as_str().as_ref())).collect();
        error = error.hint(format!(
            "what git ignores is only committed by name: `git add --force {} && git commit`",
            typed.join(" ")
        ));
    }
    Err(error.hint("or add --allow-dirty: nothing of them is lost, and `heavy undo` takes the move back"))
}

/// Files that this program and cargo write. Nobody has to commit them where git was told to ignore them: what somebody put there
/// besides stays, or comes back by `heavy undo`.
fn is_written_by_programs(path: &TreePath) -> bool {
    [LOCKFILE, UPGRADING].contains(&path.as_str()) || path.file_name() == CARGO_LOCK
}
