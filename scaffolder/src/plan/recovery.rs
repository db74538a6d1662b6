//! After a kill: on to the end of the move, or back to before it.

use std::path::{Path, PathBuf};

use super::history::{self, History};
use super::outcome::{Outcome, Skipped};
use super::preflight::interrupted;
use super::record::{Record, State};
use super::replay::{Direction, Replay, Replayed};
use super::steps::{StepObserver, Steps};
use super::work_tree::WorkTree;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::tree::TreePath;

pub(super) fn finish(project: &Project, observer: &dyn StepObserver) -> Result<Outcome> {
    recover(
        project,
        observer,
        |state| if state == State::Applying { Direction::Forwards } else { Direction::Backwards },
    )
}

pub(super) fn roll_back(project: &Project, observer: &dyn StepObserver) -> Result<Outcome> {
    recover(
        project,
        observer,
        |state| if state == State::Applying { Direction::Backwards } else { Direction::Forwards },
    )
}

fn recover(project: &Project, observer: &dyn StepObserver, direction: impl Fn(State) -> Direction) -> Result<Outcome> {
    let none = || Error::user("no move was interrupted here").hint("`heavy check` shows the state of the project");
    let history = History::find(project)?.ok_or_else(none)?;
    let (folder, record) = history.last()?.filter(|(_, record)| record.interrupted().is_some()).ok_or_else(none)?;
    let work_tree = WorkTree::of(project);
    let steps = Steps { observer, journal: None };
    match direction(record.state) {
        Direction::Forwards => on_to_after(&history, &work_tree, &folder, &record, steps),
        Direction::Backwards => back_to_before(&history, &work_tree, &folder, &record, steps),
    }
    .map_err(|mut error| {
        error.hints.extend(interrupted(&record).hints);
        error
    })
}

/// Forwards, and closed as it is to be, or was before it began to be taken back.
pub(super) fn on_to_after(
    history: &History,
    work_tree: &WorkTree,
    folder: &Path,
    record: &Record,
    steps: Steps<'_>,
) -> Result<Outcome> {
    let replay = Replay { work_tree, record, folder, direction: Direction::Forwards, steps };
    let done = replay.run(false)?;
    let outcome = outcome(history, folder, record, done, Direction::Forwards, &steps)?;
    let mut closed = record.clone();
    match record.state {
        State::Undoing => {
            closed.state = State::Done;
            let nothing = closed.next_pack();
            closed.write(folder, &nothing, &steps)?;
        }
        _ => closed.close(folder, &steps)?,
    }
    Ok(outcome)
}

/// Backwards, and forgotten.
pub(super) fn back_to_before(
    history: &History,
    work_tree: &WorkTree,
    folder: &Path,
    record: &Record,
    steps: Steps<'_>,
) -> Result<Outcome> {
    let replay = Replay { work_tree, record, folder, direction: Direction::Backwards, steps };
    let done = replay.run(false)?;
    let outcome = outcome(history, folder, record, done, Direction::Backwards, &steps)?;
    history::discard(folder, &steps)?;
    history.forget_old();
    Ok(outcome)
}

/// What is reported; what could not be put where somebody edited is kept.
fn outcome(
    history: &History,
    folder: &Path,
    record: &Record,
    done: Replayed,
    direction: Direction,
    steps: &Steps<'_>,
) -> Result<Outcome> {
    let skipped = done.skipped.into_iter().map(|path| {
        let kept = keep(history, folder, record, &path, direction, steps)?;
        Ok(Skipped { path, kept })
    });
    Ok(Outcome {
        summary: Some(record.summary()),
        changed: done.changed,
        skipped: skipped.collect::<Result<_>>()?,
        replaced: Vec::new(),
    })
}

/// Keeps the version of a file that was not put in its place.
pub(super) fn keep(
    history: &History,
    folder: &Path,
    record: &Record,
    path: &TreePath,
    direction: Direction,
    steps: &Steps<'_>,
) -> Result<Option<PathBuf>> {
    let Some(operation) = record.operation(path.as_str()) else { return Ok(None) };
    let wanted = match direction {
        Direction::Forwards => &operation.after,
        Direction::Backwards => &operation.before,
    };
    match wanted {
        Some(stored) => Ok(Some(history.keep(folder, path, (&record.load(folder, stored)?, stored.mode), steps)?)),
        None => Ok(None),
    }
}
