//! `heavy undo`.

use serde_json::json;

use crate::cli::Undo;
use crate::error::{Error, Kind, Result};
use crate::plan::moves::{Moves, Status};
use crate::prompt::Prompt;
use crate::ui::Ui;

use super::moving::open;

pub(super) fn run(args: &Undo, ui: Ui) -> Result<u8> {
    let move_args = &args.move_args;
    let project = super::project(move_args.project.as_deref())?;
    let moves = Moves::of(&project);
    let prompt = if move_args.yes || move_args.json || move_args.dry_run { None } else { Prompt::at_terminal() };
    open::refuse_or_finish(&project, prompt.as_ref(), ui)?;
    let Status::Done(last) = moves.status()? else {
        return Err(Error::user("there is no move to undo").hint("`git log` shows what was committed"));
    };
    let files = if last.changes == 1 { "1 file" } else { &format!("{} files", last.changes) };
    let versions = match &last.header {
        header if header.from == header.to => String::new(),
        header => format!("{} to {}, ", header.from, header.to),
    };
    let what = format!("`heavy {}` ({versions}{files})", last.header.verb);
    if move_args.dry_run {
        return if ui.wants_json() {
            ui.json(&json!({ "command": "undo", "move": last.header, "files": last.changes, "applied": false }))
        } else {
            ui.result(format_args!("would put back what {what} changed"))
        }
        .map(|()| 0);
    }
    if let Some(prompt) = &prompt
        && !prompt.confirm(&format!("Put back what {what} changed?"), Some(true))?
    {
        return Err(Error::new(Kind::Stopped, "nothing was changed"));
    }
    let outcome = moves.undo()?;
    if ui.wants_json() {
        ui.json(&open::outcome_as_json("undo", &outcome))?;
    }
    open::report(&outcome, "Put back", ui);
    open::left_or_done(&outcome)
}
