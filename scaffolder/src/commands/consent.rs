//! What a command is about to change, shown as a difference, and the question whether to do it.

use crate::diff::{Line, difference};
use crate::error::{Error, Result};
use crate::prompt::{Decision, Prompt};
use crate::transition::Change;
use crate::tree::Tree;
use crate::ui::Ui;

/// What changes, as `git diff` shows it.
pub(super) fn lines(changes: &[Change]) -> Vec<Line> {
    let (mut before, mut after) = (Tree::new(), Tree::new());
    for change in changes {
        before.extend(change.before.clone().map(|file| (change.path.clone(), file)));
        after.extend(change.after.clone().map(|file| (change.path.clone(), file)));
    }
    difference(&before, &after)
}

/// The same as one text, for JSON.
pub(super) fn text(changes: &[Change]) -> String {
    lines(changes).into_iter().map(|line| line.text + "\n").collect()
}

/// Asks whether to do it, where there is somebody to ask; `d` shows the difference first.
///
/// # Errors
/// Somebody said no ([`Error::declined`]), or stopped.
pub(super) fn ask(prompt: Option<&Prompt>, question: &str, changes: &[Change], ui: Ui) -> Result<()> {
    let Some(prompt) = prompt else { return Ok(()) };
    loop {
        match prompt.decide(question)? {
            Decision::Yes => return Ok(()),
            Decision::No => return Err(Error::declined()),
            Decision::Show => ui.difference(&lines(changes), false)?,
        }
    }
}
