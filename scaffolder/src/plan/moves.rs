//! Moves of a project: applied, continued, finished after a kill, rolled back, undone.
//!
//! [`Moves`] is the way in for commands. Each of its operations takes the project's lock first, so that no two run at
//! once, and each that writes can be killed at any step: the state folder then says what was going on
//! ([`Status::Interrupted`]), and either way out of it is exact.

use super::steps::{NoObserver, StepObserver};
use super::{commit, moving, preflight, recovery, remembered, rollback};
use crate::error::Result;
use crate::project::Project;
use crate::transition::Move;
use crate::tree::{Tree, TreePath};

pub use super::outcome::{Activity, CommitResult, Header, Outcome, Skipped, Status, Summary, Unresolved};
pub use super::remembered::{Listed, Remembered};

/// The moves of a project.
#[derive(Clone, Copy)]
pub struct Moves<'a> {
    project: &'a Project,
    observer: &'a dyn StepObserver,
}

impl std::fmt::Debug for Moves<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moves").field("project", &self.project).finish_non_exhaustive()
    }
}

impl<'a> Moves<'a> {
    /// The moves of `project`.
    #[must_use]
    pub fn of(project: &'a Project) -> Self {
        Self { project, observer: &NoObserver }
    }

    /// The same, with every step that touches the disk shown to `observer`.
    #[must_use]
    pub fn watched(project: &'a Project, observer: &'a dyn StepObserver) -> Self {
        Self { project, observer }
    }

    /// The state of the project.
    ///
    /// # Errors
    /// Another `heavy` is at work in the project, or the state cannot be read.
    pub fn status(&self) -> Result<Status> {
        preflight::of(self.project)
    }

    /// Does what `moved` says, in full or not at all.
    ///
    /// # Errors
    /// Something was edited since the move was planned; another move is open, or a merge of git's; another `heavy` or
    /// `git` is at work; something could not be written. In each case the project is as it was.
    pub fn apply(&self, moved: &Move, header: &Header) -> Result<Outcome> {
        moving::apply(self.project, self.observer, moved, header, None)
    }

    /// Does what `moved` says to take back the move `number`, of which something was edited since. It is a move itself: it may
    /// leave conflicts, and can be aborted.
    ///
    /// # Errors
    /// As [`Moves::apply`].
    pub fn take_back(&self, moved: &Move, header: &Header, number: u32) -> Result<Outcome> {
        moving::apply(self.project, self.observer, moved, header, Some(number))
    }

    /// The move that [`undo`](Moves::undo) takes back, with the files that it changed, as they were before and after it.
    ///
    /// # Errors
    /// Another `heavy` is at work in the project, or what is remembered cannot be read.
    pub fn last(&self) -> Result<Option<Remembered>> {
        remembered::last(self.project)
    }

    /// The moves that are remembered, the last one first.
    ///
    /// # Errors
    /// As [`Moves::last`].
    pub fn list(&self) -> Result<Vec<Listed>> {
        remembered::list(self.project)
    }

    /// Takes what stands at `paths` now for what the last move left there, if it was about them: `Cargo.lock` after cargo
    /// changed it, so that a move back puts the former one in its place.
    ///
    /// # Errors
    /// The state cannot be written.
    pub fn amend(&self, paths: &[TreePath]) -> Result<()> {
        preflight::amend(self.project, self.observer, paths)
    }

    /// Goes on with an interrupted move, to its end.
    ///
    /// # Errors
    /// There is none; or something could not be written, and it stays interrupted.
    pub fn finish(&self) -> Result<Outcome> {
        recovery::finish(self.project, self.observer)
    }

    /// Goes back to before an interrupted move.
    ///
    /// # Errors
    /// As [`Moves::finish`].
    pub fn roll_back(&self) -> Result<Outcome> {
        recovery::roll_back(self.project, self.observer)
    }

    /// Puts back everything that the move with open conflicts changed, git's index too. What was edited since is kept
    /// aside, and named.
    ///
    /// # Errors
    /// There is none; or something could not be written, and nothing was put back.
    pub fn abort(&self) -> Result<Outcome> {
        rollback::abort(self.project, self.observer)
    }

    /// Commits the move with open conflicts, if they are resolved. `finish` is asked then, once, and says what the files that were in
    /// conflict have to be in the end; the move remembers them so.
    ///
    /// # Errors
    /// There is none; or something could not be read or written.
    pub fn commit(&self, finish: &dyn Fn() -> Result<Tree>) -> Result<CommitResult> {
        commit::commit(self.project, self.observer, finish)
    }

    /// Takes back the last move that was committed, exactly. Files that were edited since are left as they are, and named:
    /// [`take_back`](Moves::take_back) merges them.
    ///
    /// # Errors
    /// There is none, or one is open; or something could not be written, and nothing was taken back.
    pub fn undo(&self) -> Result<Outcome> {
        rollback::undo(self.project, self.observer)
    }
}
