//! What is said of a table: the plan before, and what comes next.

use serde_json::json;

use crate::cli::AddTable;
use crate::commands::consent;
use crate::error::{Error, Kind, Result};
use crate::project::Project;
use crate::table::{Generated, Table};
use crate::transition::Change;
use crate::ui::Ui;

pub(super) struct Report<'a> {
    pub(super) ui: Ui,
    pub(super) args: &'a AddTable,
    pub(super) project: &'a Project,
    pub(super) table: &'a Table,
    pub(super) generated: &'a Generated,
    /// Whether there is a rustfmt.
    pub(super) formatted: bool,
}

impl Report<'_> {
    /// The plan: on standard output if it is the result, and before the question otherwise.
    pub(super) fn plan(&self) -> Result<()> {
        let (ui, dry_run) = (self.ui, self.args.dry_run);
        if ui.wants_json() {
            return if dry_run { self.json(false) } else { Ok(()) };
        }
        let names = self.table.names();
        ui.status("Adding", format_args!("the table `{}`, whose model is `{}`", names.table, names.model));
        for change in &self.generated.changes {
            ui.planned(action(change), &change.path, dry_run)?;
        }
        for step in &self.generated.manual {
            ui.note(format_args!("`{}` has not the shape that was looked for; paste this {}:", step.path, step.place));
            for line in step.snippet.trim_end().lines() {
                ui.line(format_args!("    {line}"));
            }
        }
        if self.args.diff {
            ui.difference(&consent::lines(&self.generated.changes), dry_run)?;
        }
        if dry_run {
            ui.note("nothing was written");
        }
        Ok(())
    }

    /// What was done, what is left, and what comes next.
    pub(super) fn done(&self, cargo: Option<&Error>) -> Result<u8> {
        let ui = self.ui;
        if ui.wants_json() {
            self.json(true)?;
        }
        let table = &self.table.names().table;
        let count = |wanted: &str| self.generated.changes.iter().filter(|change| action(change) == wanted).count();
        ui.status("Added", format_args!("`{table}`: {} created, {} updated", count("create"), count("update")));
        if let Some(error) = cargo {
            ui.warning(error);
        }
        if !self.formatted {
            ui.note("there is no rustfmt here; once there is, run `cargo fmt`");
        }
        ui.note("`heavy undo` takes it back");
        ui.line("");
        ui.line(format_args!("Next: `cargo test {table}::`   its tests, which pass already"));
        ui.line(format_args!("      `cargo dev migrate --name add_{table}`   the migration, from the schema"));
        ui.line("      `cargo dev pave`   the development database again, with the table in it");
        let places = match self.generated.manual.len() {
            0 => return Ok(0),
            1 => "1 place is".to_owned(),
            more => format!("{more} places are"),
        };
        let error = Error::new(Kind::LeftOpen, format!("{places} left for you; it does not compile until then"));
        if !self.args.quiet {
            return Err(error.hint("paste what is shown above"));
        }
        // What was not shown above belongs to what is left.
        Err(self.generated.manual.iter().fold(error, |error, step| {
            error.hint(format!("paste into `{}` {}:\n{}", step.path, step.place, step.snippet.trim_end()))
        }))
    }

    /// 0, or 1 if something is left to do by hand.
    pub(super) fn exit_code(&self) -> u8 {
        if self.generated.manual.is_empty() { 0 } else { Kind::LeftOpen.exit_code() }
    }

    fn json(&self, applied: bool) -> Result<()> {
        let plan = self
            .generated
            .changes
            .iter()
            .map(|change| json!({ "action": action(change), "path": change.path.as_str() }));
        let left = self
            .generated
            .manual
            .iter()
            .map(|step| json!({ "path": step.path, "place": step.place, "snippet": step.snippet }));
        let mut object = json!({
            "command": "add-table",
            "project": self.project.root(),
            "table": self.table.names().table,
            "model": self.table.names().model,
            "plan": plan.collect::<Vec<_>>(),
            "left": left.collect::<Vec<_>>(),
            "applied": applied,
        });
        if self.args.diff {
            object["diff"] = consent::text(&self.generated.changes).into();
        }
        self.ui.json(&object)
    }
}

fn action(change: &Change) -> &'static str {
    if change.before.is_none() { "create" } else { "update" }
}
