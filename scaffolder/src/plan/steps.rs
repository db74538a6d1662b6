//! The steps of a move that touch the disk, each of which can be watched: a test counts them, fails one, or ends the
//! process just before or after.

use std::io;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done: `write`, `rename`.
    pub action: &'static str,
    /// To which path, from the project's or the state's folder on.
    pub path: String,
}

/// Sees every step.
pub trait Watch: Sync {
    /// Just before a step.
    ///
    /// # Errors
    /// One that the step is then said to have failed with.
    fn before(&self, step: &Step) -> io::Result<()>;

    /// Just after it.
    fn after(&self, step: &Step);
}

/// Looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWatch;

impl Watch for NoWatch {
    fn before(&self, _: &Step) -> io::Result<()> {
        Ok(())
    }

    fn after(&self, _: &Step) {}
}
