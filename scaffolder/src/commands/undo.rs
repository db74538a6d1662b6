//! `heavy undo`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::cli::{MoveArgs, Undo};
use crate::error::{Error, Result};
use crate::lockfile::LOCKFILE;
use crate::merge::{ConflictKind, Labels, Style};
use crate::plan::moves::{Header, Listed, Moves, Remembered, Summary};
use crate::project::Project;
use crate::project::files::Reach;
use crate::prompt::Prompt;
use crate::suggest::listed;
use crate::transition::{Move, Request, transition};
use crate::tree::TreePath;
use crate::ui::Ui;

use super::consent;
use super::moving::listing::{Entry, entries};
use super::moving::{left_open, open, update_lock};

pub(super) fn run(args: &Undo, ui: Ui) -> Result<u8> {
    let move_args = &args.move_args;
    let project = super::project(move_args.project.as_deref())?;
    let moves = Moves::of(&project);
    if args.list {
        return list(&moves.list()?, ui);
    }
    let prompt = if move_args.yes || move_args.json || move_args.dry_run { None } else { Prompt::at_terminal() };
    open::refuse_or_finish(&project, prompt.as_ref(), ui)?;
    let Some(last) = moves.last()? else {
        return Err(Error::user("there is no move to undo").hint("`git log` shows what was committed"));
    };
    let back = Back::of(&project, last, super::moving::style(move_args, &project))?;
    let what = described(&back.last.summary);
    if move_args.dry_run {
        return back.show(move_args, ui).map(|()| u8::from(!back.plan.conflicts.is_empty()));
    }
    if !move_args.json {
        back.list_edited(move_args, ui)?;
    }
    consent::ask(prompt.as_ref(), &format!("Put back what {what} changed?"), &back.plan.changes, ui)?;
    back.go(&project, move_args, ui)
}

/// "`heavy sync` (1.2.3 to 1.3.0, 4 files)".
fn described(summary: &Summary) -> String {
    format!("`heavy {}` ({})", summary.header.verb, details(summary))
}

fn details(summary: &Summary) -> String {
    let files = if summary.changes == 1 { "1 file".to_owned() } else { format!("{} files", summary.changes) };
    match &summary.header {
        header if header.from == header.to || header.from.is_empty() => files,
        header => format!("{} to {}, {files}", header.from, header.to),
    }
}

/// The moves that are remembered.
fn list(moves: &[Listed], ui: Ui) -> Result<u8> {
    let at = |listed: &Listed| listed.at.and_then(|at| Timestamp::try_from(at).ok());
    if ui.wants_json() {
        let entry = |listed: &Listed| {
            json!({
                "number": listed.number,
                "at": at(listed).map(|at| at.to_string()),
                "verb": listed.summary.header.verb,
                "from": listed.summary.header.from,
                "to": listed.summary.header.to,
                "files": listed.summary.changes,
                "taken_back": listed.taken_back,
            })
        };
        return ui.json(&moves.iter().map(entry).collect::<Vec<_>>()).map(|()| 0);
    }
    if moves.is_empty() {
        ui.note("no move is remembered here");
    }
    let width = moves.iter().map(|listed| listed.summary.header.verb.len()).max().unwrap_or(0);
    for listed in moves {
        let at = at(listed).map(|at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string());
        let verb = &listed.summary.header.verb;
        let remark = if listed.taken_back { " (taken back)" } else { "" };
        let at = at.unwrap_or_default();
        ui.result(format_args!("{at:16}  {verb:width$}  {}{remark}", details(&listed.summary)))?;
    }
    Ok(0)
}

/// A move on its way back.
struct Back {
    last: Remembered,
    /// What changes now.
    plan: Move,
    labels: Labels,
    /// Whether nothing that it changed was edited since, so that everything can be put back exactly.
    is_untouched: bool,
}

impl Back {
    /// Takes back the last move as a merge: its outcome is the base, what was before it is the other side.
    fn of(project: &Project, mut last: Remembered, style: Style) -> Result<Self> {
        let labels = Labels::new("yours", format!("before heavy {}", last.summary.header.verb));
        let labels = Labels { style, ..labels };
        let reach =
            if last.after.keys().any(|path| path.as_str() == LOCKFILE) { Reach::AsNeeded } else { Reach::Everything };
        let ours = project.snapshot(&last.after, &last.before, reach)?;
        let is_as_left = |path: &TreePath| {
            let file = ours.files.get(path);
            ours.obstacles.keys().all(|at| !path.is_within(at.as_str()))
                && (file == last.after.get(path) || file == last.before.get(path))
        };
        let is_untouched = last.before.keys().chain(last.after.keys()).all(is_as_left);
        let driver = project.merge_driver()?;
        // A move that was not about it leaves its conflicts there all the same.
        let heavy = ours.files.iter().find(|(path, _)| path.as_str() == LOCKFILE);
        if let Some((path, file)) = heavy.filter(|(path, _)| !last.after.contains_key(*path) && !is_untouched) {
            last.after.insert(path.clone(), file.clone());
            last.before.insert(path.clone(), file.clone());
        }
        let plan = if is_untouched {
            let mut plan = Move::default();
            let mut before = ours.files.clone();
            before.retain(|path, _| !last.after.contains_key(path));
            before.extend(last.before.clone());
            plan.give(&ours.files, before);
            plan
        } else {
            transition(&Request {
                base: &last.after,
                ours: &ours,
                theirs: &last.before,
                once: &|_| false,
                labels: &labels,
                driver: &driver,
                base_is_known: true,
            })?
        };
        Ok(Self { last, plan, labels, is_untouched })
    }

    /// What would happen.
    fn show(&self, args: &MoveArgs, ui: Ui) -> Result<()> {
        if ui.wants_json() {
            let mut object = json!({
                "command": "undo",
                "move": self.last.summary.header,
                "files": self.last.summary.changes,
                "plan": self.entries().iter().map(Entry::json).collect::<Vec<_>>(),
                "conflicts": self.plan.conflicts.len(),
                "applied": false,
            });
            if args.diff {
                object["diff"] = consent::text(&self.plan.changes).into();
            }
            return ui.json(&object);
        }
        ui.result(format_args!("would put back what {} changed", described(&self.last.summary)))?;
        self.list_edited(args, ui)
    }

    /// The plan where it is more than to put everything back, and the difference where it is asked for.
    fn list_edited(&self, args: &MoveArgs, ui: Ui) -> Result<()> {
        if !self.is_untouched {
            ui.note("some of it was edited since, and is merged:");
            for entry in self.entries() {
                ui.planned(entry.action, entry.subject(), args.dry_run)?;
            }
        }
        if args.diff {
            ui.difference(&consent::lines(&self.plan.changes), args.dry_run)?;
        }
        Ok(())
    }

    /// The plan, in words that fit: here the other side is no template.
    fn entries(&self) -> Vec<Entry> {
        let mut entries = entries(&self.plan);
        for why in entries.iter_mut().filter_map(|entry| entry.why.as_mut()) {
            *why = why.replace("the template's", "the former").replace("the template", "the undo");
        }
        entries
    }

    fn go(&self, project: &Project, args: &MoveArgs, ui: Ui) -> Result<u8> {
        let moves = Moves::of(project);
        if self.is_untouched {
            let outcome = moves.undo()?;
            if ui.wants_json() {
                ui.json(&open::outcome_as_json("undo", &outcome))?;
            }
            open::report(&outcome, "Put back", ui);
            return open::left_or_done(&outcome);
        }
        let summary = &self.last.summary;
        let header = Header {
            verb: "undo".to_owned(),
            from: summary.header.to.clone(),
            to: summary.header.from.clone(),
            labels: self.labels.clone(),
        };
        let mut outcome = moves.take_back(&self.plan, &header, self.last.number)?;
        outcome.summary = Some(summary.clone());
        let manifests_are_whole = !self.plan.conflicts.iter().any(|conflict| conflict.path.file_name() == "Cargo.toml");
        if self.plan.lock_by_cargo
            && manifests_are_whole
            && let Err(error) = update_lock(project, ui)
        {
            ui.warning(&error);
        }
        let conflicts: Vec<TreePath> = self.plan.conflicts.iter().map(|conflict| conflict.path.clone()).collect();
        if ui.wants_json() {
            let mut object = open::outcome_as_json("undo", &outcome);
            object["conflicts"] = conflicts.iter().map(TreePath::as_str).collect::<Value>();
            if args.diff {
                object["diff"] = consent::text(&self.plan.changes).into();
            }
            ui.json(&object)?;
        }
        open::report(&outcome, "Put back", ui);
        if !self.plan.kept_deleted.is_empty() {
            let files = listed(self.plan.kept_deleted.iter().map(TreePath::as_str));
            ui.note(format_args!("deleted by you since, and so not put back: {files}"));
        }
        if conflicts.is_empty() {
            return Ok(0);
        }
        let deleted = self.plan.conflicts.iter().any(|conflict| conflict.kind == ConflictKind::DeletedByTemplate);
        let mut error = left_open(&conflicts, deleted);
        for hint in &mut error.hints {
            *hint = hint.replace("the template deleted a file", "the move had added a file");
        }
        Err(error)
    }
}
