//! Moves that are not finished: killed ones, and ones with open conflicts.

use std::cell::RefCell;

use serde_json::json;

use crate::cli::MoveArgs;
use crate::error::{Error, Kind, Result};
use crate::plan::moves::{Activity, CommitResult, Moves, Outcome, Skipped, Status, Summary, Unresolved};
use crate::project::Project;
use crate::prompt::Prompt;
use crate::suggest::listed;
use crate::tree::TreePath;
use crate::ui::Ui;

use super::resolved::{self, Owed};
use super::upgrade::rewrites_as_json;

/// Makes sure that a move can begin: asks about one that was interrupted, refuses on open conflicts.
pub(in crate::commands) fn refuse_or_finish(project: &Project, prompt: Option<&Prompt>, ui: Ui) -> Result<()> {
    let moves = Moves::of(project);
    match moves.status()? {
        Status::Nothing | Status::Done(_) => Ok(()),
        Status::Interrupted(summary, doing) => match prompt {
            Some(prompt) => ask(&moves, &summary, doing, prompt, ui),
            None => Err(Error::user(format!("{} was interrupted", described(&summary, doing)))
                .hint("`heavy sync --continue` finishes it")
                .hint("`heavy sync --abort` takes it back")),
        },
        Status::Conflicts(summary) => Err(open_conflicts(summary.conflicts.iter().map(|path| path.as_str()))),
        Status::ConflictsElsewhere(paths) => Err(open_conflicts(paths.iter().map(|path| path.as_str()))),
    }
}

/// Says that git plays no part where its repository cannot be read: `git status` has to be looked at by hand.
pub(in crate::commands) fn mention_unreadable_git(project: &Project, ui: Ui) {
    if let Some(format) = project.unreadable_git() {
        ui.note(format_args!(
            "the git repository here has {format}, which `heavy` cannot read: it works as without git, and does not look for \
             changes that are not committed"
        ));
    }
}

fn open_conflicts<'a>(paths: impl Iterator<Item = &'a str>) -> Error {
    Error::user(format!("the last move left conflicts in {}", listed(paths)))
        .hint("resolve them, then run `heavy sync --continue`")
        .hint("or put everything back as it was with `heavy sync --abort`")
}

fn described(summary: &Summary, doing: Activity) -> String {
    let verb = &summary.header.verb;
    match doing {
        Activity::Applying => format!("`heavy {verb}` (to template {})", summary.header.to),
        Activity::TakingBack => format!("taking back `heavy {verb}`"),
    }
}

fn ask(moves: &Moves<'_>, summary: &Summary, doing: Activity, prompt: &Prompt, ui: Ui) -> Result<()> {
    let question = format!("{} was interrupted. What now?", described(summary, doing));
    let (outcome, verb) = match prompt.choose(&question, &["finish it", "take it back", "leave it as it is"], 0)? {
        0 => (moves.finish()?, "Finished"),
        1 => (moves.roll_back()?, "Put back"),
        _ => return Err(Error::declined()),
    };
    report(&outcome, verb, ui);
    // A move that was finished may have conflicts.
    match moves.status()? {
        Status::Conflicts(summary) => Err(open_conflicts(summary.conflicts.iter().map(|path| path.as_str()))),
        _ => Ok(()),
    }
}

/// `heavy sync --continue`.
pub(in crate::commands) fn go_on(args: &MoveArgs, ui: Ui) -> Result<u8> {
    let project = super::super::project(args.project.as_deref())?;
    let moves = Moves::of(&project);
    match moves.status()? {
        Status::Interrupted(..) => {
            report(&moves.finish()?, "Finished", ui);
            match moves.status()? {
                Status::Conflicts(summary) => Err(super::report::left_open(&summary.conflicts, false)),
                _ => Ok(0),
            }
        }
        Status::Conflicts(summary) => {
            let owed = Owed::of(&project, &summary, args, ui)?;
            resolve(&project, &summary.conflicts, owed.as_ref(), ui)
        }
        // Only where the move was made it is known which versions it passed.
        Status::ConflictsElsewhere(conflicts) => resolve(&project, &conflicts, None, ui),
        Status::Nothing | Status::Done(_) => nothing_open(),
    }
}

/// Ends a move whose conflicts are resolved, or says which are not.
fn resolve(project: &Project, conflicts: &[TreePath], owed: Option<&Owed<'_>>, ui: Ui) -> Result<u8> {
    let done = RefCell::default();
    let finish = || {
        let (before, rewritten) = owed.map(Owed::rewritten).transpose()?.unwrap_or_default();
        let files = rewritten.files.clone();
        done.replace((before, rewritten));
        Ok(files)
    };
    match Moves::of(project).commit(&finish)? {
        CommitResult::Done(_) => {
            if let Err(error) = super::lock_after_conflicts(project, conflicts, ui) {
                ui.warning(&error);
            }
            let (before, rewritten) = done.into_inner();
            resolved::show(&before, &rewritten, ui)?;
            ui.status("Resolved", "every conflict of the last move");
            if ui.wants_json() {
                let rewrites = rewrites_as_json(&rewritten.files, &rewritten.remarks);
                ui.json(&json!({ "command": "sync --continue", "open": [], "rewrites": rewrites }))?;
            }
            Ok(0)
        }
        CommitResult::Open(left) => {
            if ui.wants_json() {
                let open: Vec<_> = left.iter().map(as_json).collect();
                ui.json(&json!({ "command": "sync --continue", "open": open }))?;
            }
            Err(unresolved(&left))
        }
    }
}

fn nothing_open() -> Result<u8> {
    Err(Error::user("no move is open").hint("`heavy check` shows the state of the project"))
}

fn unresolved(left: &[Unresolved]) -> Error {
    let mut error = Error::new(Kind::LeftOpen, "not everything is resolved");
    for unresolved in left {
        error = match unresolved {
            Unresolved::Marker(path, line) => {
                error.causes.push(format!("a conflict marker in `{path}`, line {line}"));
                error
            }
            Unresolved::Unmerged(path) => error.hint(format!("tell git that it is resolved: `git add {path}`")),
            Unresolved::SideFile { path, side_file } => error
                .hint(format!("take what you want from `{side_file}` into `{path}`, then remove it: `rm {side_file}`")),
        };
    }
    error
}

fn as_json(unresolved: &Unresolved) -> serde_json::Value {
    match unresolved {
        Unresolved::Marker(path, line) => json!({ "path": path.as_str(), "marker": line }),
        Unresolved::Unmerged(path) => json!({ "path": path.as_str(), "unmerged": true }),
        Unresolved::SideFile { path, side_file } => json!({ "path": path.as_str(), "beside": side_file.as_str() }),
    }
}

/// `heavy sync --abort`.
pub(in crate::commands) fn abort(args: &MoveArgs, ui: Ui) -> Result<u8> {
    let project = super::super::project(args.project.as_deref())?;
    let moves = Moves::of(&project);
    let outcome = match moves.status()? {
        Status::Interrupted(..) => moves.roll_back()?,
        Status::Conflicts(_) => moves.abort()?,
        Status::ConflictsElsewhere(_) => {
            return Err(Error::user(
                "the move with these conflicts was made in another work tree, which has its backups",
            )
            .hint("`git log -- heavy.toml` shows the commit that brought it; `git revert` takes it back"));
        }
        Status::Nothing | Status::Done(_) => return nothing_open(),
    };
    if ui.wants_json() {
        ui.json(&outcome_as_json("sync --abort", &outcome))?;
    }
    report(&outcome, "Put back", ui);
    left_or_done(&outcome)
}

/// What an operation on a remembered move did, for programs.
pub(in crate::commands) fn outcome_as_json(command: &str, outcome: &Outcome) -> serde_json::Value {
    json!({
        "command": command,
        "move": outcome.summary.as_ref().map(|summary| &summary.header),
        "changed": outcome.changed.iter().map(TreePath::as_str).collect::<Vec<_>>(),
        "left": outcome.skipped.iter().map(|left| left.path.as_str()).collect::<Vec<_>>(),
        "replaced": outcome.replaced.iter().map(|(path, kept)| json!({ "path": path.as_str(), "kept": kept })).collect::<Vec<_>>(),
        "applied": true,
    })
}

/// What an operation on a remembered move did.
pub(in crate::commands) fn report(outcome: &Outcome, verb: &str, ui: Ui) {
    let what =
        outcome.summary.as_ref().map(|summary| format!(" of `heavy {}`", summary.header.verb)).unwrap_or_default();
    let number = outcome.changed.len();
    ui.status(verb, format_args!("{number} {}{what}", if number == 1 { "file" } else { "files" }));
    for (path, kept) in &outcome.replaced {
        ui.note(format_args!("`{path}` was edited since; that version is kept in `{}`", kept.display()));
    }
}

/// 0, or an error that names the files that were edited since and so left alone.
pub(in crate::commands) fn left_or_done(outcome: &Outcome) -> Result<u8> {
    if outcome.skipped.is_empty() {
        return Ok(0);
    }
    let files = listed(outcome.skipped.iter().map(|left| left.path.as_str()));
    let error = Error::new(Kind::LeftOpen, format!("edited since, and so left as they are: {files}"));
    Err(outcome.skipped.iter().fold(error, |error, Skipped { path, kept }| match kept {
        Some(kept) => error.hint(format!("the version from before of `{path}` is `{}`", kept.display())),
        None => error.hint(format!("`{path}` was not there before; remove it if you do not need it")),
    }))
}
