//! What a project's moves are called, how they stand, and what an operation on them came to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::merge::Labels;
use crate::tree::TreePath;

/// What a move was, for a person who reads about it later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The command's name: `sync`, `add-feature`.
    pub verb: String,
    /// The template's version before.
    pub from: String,
    /// The template's version after.
    pub to: String,
    /// What the sides are called in its conflict markers.
    pub labels: Labels,
}

/// A move as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it was.
    pub header: Header,
    /// Where it left conflicts to be resolved.
    pub conflicts: Vec<TreePath>,
    /// How many files it changes.
    pub changes: usize,
}

/// What was being done when a move was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It was being applied.
    Applying,
    /// It was being taken back, by `undo` or `--abort`.
    TakingBack,
}

/// The state of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// No move is remembered.
    Nothing,
    /// A move was interrupted: [`finish`](super::moves::Moves::finish) or [`roll_back`](super::moves::Moves::roll_back).
    Interrupted(Summary, Activity),
    /// A move left conflicts: [`commit`](super::moves::Moves::commit) or [`abort`](super::moves::Moves::abort).
    Conflicts(Summary),
    /// `heavy.toml` has conflicts that were left in another work tree: [`commit`](super::moves::Moves::commit).
    ConflictsElsewhere(Vec<TreePath>),
    /// The last move is done: [`undo`](super::moves::Moves::undo) takes it back.
    Done(Summary),
}

/// A file that was not touched, because it was edited since the move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Which.
    pub path: TreePath,
    /// Where the version that would have been put there is kept; nothing if the file would have been deleted.
    pub kept: Option<PathBuf>,
}

/// What an operation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Which move it was about.
    pub summary: Option<Summary>,
    /// The files that were written or deleted.
    pub changed: Vec<TreePath>,
    /// The files that were edited since and left as they are.
    pub skipped: Vec<Skipped>,
    /// The files that were edited since and put back all the same, and where the edited version is kept.
    pub replaced: Vec<(TreePath, PathBuf)>,
}

/// What keeps a move from being committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// A conflict marker in this line.
    Marker(TreePath, usize),
    /// Git's index has the file unmerged: `git add` it.
    Unmerged(TreePath),
    /// The template's version still stands beside the file: take what you want from it, then delete it.
    SideFile {
        /// The file.
        path: TreePath,
        /// The template's version of it.
        side_file: TreePath,
    },
}

/// Whether a move could be committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitResult {
    /// It is done.
    Done(Box<Outcome>),
    /// Nothing was changed: this is left, by path and line.
    Open(Vec<Unresolved>),
}
