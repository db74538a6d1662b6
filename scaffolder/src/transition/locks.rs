//! The two files that programs write: `Cargo.lock` and `heavy.toml`. Neither is merged line by line.

use super::Sides;
use crate::error::{Error, Result};
use crate::lockfile::{LOCKFILE, Lock};
use crate::merge::Conflict;
use crate::tree::{File, Tree, TreePath};

const CARGO: &str = "Cargo.lock";

/// Whether this is the project's `heavy.toml`.
pub(super) fn is_heavy(path: &TreePath) -> bool {
    path.as_str() == LOCKFILE
}

/// A `Cargo.lock` that the user has not touched becomes the template's; any other stays as it is. Returns whether it stayed and
/// cargo has to look at it, because what it is computed from changed.
pub(super) fn resolve_cargo(sides: &mut Sides) -> bool {
    let Ok(path) = TreePath::parse(CARGO) else { return false };
    let (base, ours, theirs) = sides.take(&path);
    let template_moved = base != theirs;
    if ours == base || ours == theirs {
        sides.resolved.files.extend(theirs.map(|file| (path, file)));
        return false;
    }
    let stays = ours.is_some();
    sides.resolved.files.extend(ours.map(|file| (path, file)));
    stays && template_moved
}

/// `heavy.toml` on the two sides that matter for its content.
pub(super) struct LockfileSides {
    path: TreePath,
    base: Option<File>,
    ours: Option<File>,
    theirs: File,
}

/// Takes `heavy.toml` out of the sides.
///
/// # Errors
/// The template has none and the project does: it would stay at its version while its files move on.
pub(super) fn take_heavy(sides: &mut Sides) -> Result<Option<LockfileSides>> {
    let Ok(path) = TreePath::parse(LOCKFILE) else { return Ok(None) };
    match sides.take(&path) {
        (base, ours, Some(theirs)) => Ok(Some(LockfileSides { path, base, ours, theirs })),
        (_, None, None) => Ok(None),
        (_, Some(_), None) => Err(Error::template(format!(
            "that version of the template has no `{LOCKFILE}`, so the project could not be moved any further"
        ))
        .hint("another version may have one: `heavy sync --to REV`")),
    }
}

impl LockfileSides {
    /// Puts the new `heavy.toml` into the result: the template's where the user's is pristine, else the user's text with the new
    /// entries; and the conflicts that are open.
    pub(super) fn finish(self, after: &mut Tree, conflicts: &[Conflict]) -> Result<()> {
        let pristine = self.ours == self.base || self.ours.is_none();
        let file = if pristine && conflicts.is_empty() {
            self.theirs
        } else {
            let mut lock = Lock::parse(text(&self.theirs)?)?;
            lock.conflicts = conflicts.iter().map(|conflict| conflict.path.clone()).collect();
            let start = if pristine { &self.theirs } else { self.ours.as_ref().unwrap_or(&self.theirs) };
            let bytes = Lock::write_into(text(start)?, &lock)?.into_bytes();
            File { bytes, executable: start.executable }
        };
        after.insert(self.path, file);
        Ok(())
    }
}

fn text(file: &File) -> Result<&str> {
    std::str::from_utf8(&file.bytes).map_err(|error| {
        Error::user(format!("`{LOCKFILE}` is not text"))
            .because(error)
            .hint(format!("take it from the last commit: `git checkout HEAD -- {LOCKFILE}`"))
    })
}
