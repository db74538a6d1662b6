//! What a move says: its plan before, its result after.

use serde_json::{Value, json};

use super::super::consent;
use super::listing::{Entry, entries};
use super::upgrade::Concerning;
use super::{CurrentState, Moving, State};
use crate::commands::trust::Coming;
use crate::error::{Error, Kind, Result};
use crate::merge::ConflictKind;
use crate::name_references::NameReference;
use crate::project::files::Reach;
use crate::snapshot::Snapshot;
use crate::stamp::Stamp;
use crate::suggest::listed_in_short;
use crate::transition::Move;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

/// What one verb adds to what all of them do.
pub(in crate::commands) struct Extra<'a> {
    /// The command, as it is typed.
    pub(in crate::commands) verb: &'static str,
    /// What the move does: "add `pgvector`", "from `shop` to `store`".
    pub(in crate::commands) what: String,
    /// What is said when there is nothing to do.
    pub(in crate::commands) nothing: String,
    /// How much of the user's own files is needed.
    pub(in crate::commands) reach: Reach,
    /// Sentences about what lies outside of the project and is not touched.
    pub(in crate::commands) outside: Vec<String>,
    /// Sentences about what the project has after the move.
    pub(in crate::commands) afterwards: Vec<String>,
    /// Whether somebody said beforehand that new packs can be trusted.
    pub(in crate::commands) trusted: bool,
    /// Whether the references were replaced.
    pub(in crate::commands) replaced: bool,
    /// A file of the user's own that the verb may write.
    pub(in crate::commands) writes: Option<TreePath>,
    /// Changes the plan further, given the project's files and the pristine rendering.
    pub(in crate::commands) and_then: &'a dyn Fn(&mut Move, &Snapshot, &Tree) -> Findings,
}

/// What one verb found in the project, beside the plan.
#[derive(Default)]
pub(in crate::commands) struct Findings {
    /// The lines with the old name.
    pub(in crate::commands) references: Vec<NameReference>,
    /// What the new version says.
    pub(in crate::commands) upgrade: Concerning,
}

impl Extra<'static> {
    /// Nothing but the move.
    pub(in crate::commands) fn plain(verb: &'static str, what: String, nothing: String) -> Self {
        Self {
            verb,
            what,
            nothing,
            reach: Reach::AsNeeded,
            outside: Vec::new(),
            afterwards: Vec::new(),
            trusted: false,
            replaced: false,
            writes: None,
            and_then: &|_, _, _| Findings::default(),
        }
    }
}

pub(super) struct Report<'a> {
    pub(super) moving: &'a Moving,
    pub(super) from: &'a CurrentState,
    pub(super) to: &'a State,
    pub(super) plan: &'a Move,
    pub(super) extra: &'a Extra<'a>,
    /// The packs whose content is new to the project.
    pub(super) coming: &'a [Coming],
    pub(super) findings: &'a Findings,
    /// Files that are written once and that the template has no more, in the project still.
    pub(super) staying: &'a [&'a TreePath],
}

/// The project is there already.
pub(super) fn nothing(moving: &Moving, to: &State, extra: &Extra<'_>, findings: &Findings) -> Result<u8> {
    let plan = Move::default();
    let from = CurrentState::Known(Box::new(to.clone()));
    let report = Report { moving, from: &from, to, plan: &plan, extra, coming: &[], findings, staying: &[] };
    if moving.ui.wants_json() {
        report.json(false)?;
    } else {
        report.references(moving.ui)?;
        moving.ui.status("Unchanged", &extra.nothing);
    }
    Ok(0)
}

impl Report<'_> {
    /// The plan: on standard output if it is the result, and before the question otherwise.
    pub(super) fn plan(&self) -> Result<()> {
        let ui = self.moving.ui;
        let dry_run = self.moving.args.dry_run;
        if ui.wants_json() {
            return if dry_run { self.json(false) } else { Ok(()) };
        }
        let name = self.to.answers.name.crate_name();
        ui.status("Moving", format_args!("`{name}`: {}", self.extra.what));
        for entry in entries(self.plan) {
            ui.planned(entry.action, entry.subject(), dry_run)?;
        }
        for pack in self.coming {
            pack.show(ui, dry_run)?;
        }
        self.findings.upgrade.show(ui, !self.moving.args.diff)?;
        self.references(ui)?;
        for sentence in &self.extra.outside {
            ui.note(format_args!("not touched: {sentence}"));
        }
        if self.moving.args.diff {
            ui.difference(&consent::lines(&self.plan.changes), dry_run)?;
        }
        if !self.staying.is_empty() {
            let files = listed_in_short(self.staying.iter().map(|path| path.as_str()));
            let stay = if self.staying.len() == 1 { "stays" } else { "stay" };
            ui.note(format_args!(
                "{files} {stay}: a database may have run what is written once, so no move deletes it"
            ));
        }
        if dry_run {
            ui.note("nothing was written");
        }
        Ok(())
    }

    /// What was done, and what is left.
    pub(super) fn done(&self, cargo: Option<&Error>) -> Result<u8> {
        let ui = self.moving.ui;
        if ui.wants_json() {
            self.json(true)?;
        }
        ui.status("Moved", format_args!("`{}`: {}", self.to.answers.name.crate_name(), summary(&entries(self.plan))));
        if let Some(error) = cargo {
            ui.warning(error);
        }
        for sentence in &self.extra.afterwards {
            ui.note(sentence);
        }
        if let Some(sentence) = self.findings.upgrade.afterwards() {
            ui.note(sentence);
        }
        let conflicts = &self.plan.conflicts;
        if conflicts.is_empty() {
            ui.note("`heavy undo` puts everything back");
            return Ok(0);
        }
        let paths: Vec<TreePath> = conflicts.iter().map(|conflict| conflict.path.clone()).collect();
        Err(left_open(&paths, conflicts.iter().any(|conflict| conflict.kind == ConflictKind::DeletedByTemplate)))
    }

    /// 0, or 1 if there are conflicts.
    pub(super) fn exit_code(&self) -> u8 {
        if self.plan.conflicts.is_empty() { 0 } else { Kind::LeftOpen.exit_code() }
    }

    fn references(&self, ui: Ui) -> Result<()> {
        let old_name = if self.extra.replaced {
            "these lines of yours get the new name"
        } else {
            "these lines of yours have the old name"
        };
        if !self.findings.references.is_empty() {
            ui.note(format_args!("{old_name}:"));
        }
        for reference in &self.findings.references {
            let place = format!("{}:{}", reference.path, reference.line);
            ui.line(format_args!("    {place}: {}", reference.before.trim()));
            if self.extra.replaced {
                ui.line(format_args!("    {:width$}  {}", "", reference.after.trim(), width = place.chars().count()));
            }
        }
        if !self.findings.references.is_empty() && !self.extra.replaced {
            ui.line("    add --replace to give them the new one");
        }
        Ok(())
    }

    fn json(&self, applied: bool) -> Result<()> {
        let moving = self.moving;
        let references = self.findings.references.iter().map(|reference| {
            json!({ "path": reference.path.as_str(), "line": reference.line, "before": reference.before, "after": reference.after })
        });
        let entries: Vec<Value> = entries(self.plan).iter().map(Entry::json).collect();
        let mut object = json!({
            "command": self.extra.verb,
            "project": moving.project.root(),
            "from": {
                "source": moving.lock.source,
                "version": moving.lock.version,
                "stamp": moving.lock.stamp,
                "known": matches!(self.from, CurrentState::Known(_)),
            },
            "to": {
                "source": self.to.source,
                "version": self.to.template.manifest.version,
                "stamp": Stamp::of(&self.to.template).as_str(),
            },
            "plan": entries,
            "packs": self.coming.iter().map(Coming::json).collect::<Vec<_>>(),
            "conflicts": self.plan.conflicts.len(),
            "mentions": references.collect::<Vec<_>>(),
            "mentions_replaced": self.extra.replaced,
            "outside": self.extra.outside,
            "notes": self.findings.upgrade.json(),
            "rewrites": self.findings.upgrade.rewrites_json(),
            "applied": applied,
        });
        if moving.args.diff {
            object["diff"] = consent::text(&self.plan.changes).into();
        }
        moving.ui.json(&object)
    }
}

/// Conflicts that are open after a move. With `deleted`, some are about a file that the template deleted.
pub(in crate::commands) fn left_open(paths: &[TreePath], deleted: bool) -> Error {
    let files = listed_in_short(paths.iter().map(TreePath::as_str));
    let what = if paths.len() == 1 { "1 conflict is".to_owned() } else { format!("{} conflicts are", paths.len()) };
    let mut error = Error::new(Kind::LeftOpen, format!("{what} left for you: {files}"))
        .hint("edit until both sides are as you want them, `git add`, then `heavy sync --continue`");
    if deleted {
        error = error.hint("where the template deleted a file: `git rm FILE` deletes it, `git add FILE` keeps it");
    }
    error.hint("or put everything back as it was with `heavy sync --abort`")
}

/// "3 created, 2 updated, 1 conflict".
fn summary(entries: &[Entry]) -> String {
    let count = |action: &str| entries.iter().filter(|entry| entry.action == action).count();
    let parts = [
        (count("create"), "created"),
        (count("update"), "updated"),
        (count("move"), "moved"),
        (count("delete"), "deleted"),
        (count("keep"), "kept deleted"),
        (count("conflict"), "in conflict"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if parts.is_empty() { "`heavy.toml` updated".to_owned() } else { parts.join(", ") }
}
