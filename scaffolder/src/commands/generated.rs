//! What the commands have in common that write code into a project: `add-page`, `remove-table`.

use serde_json::{Value, json};

use crate::cli::Common;
use crate::error::Result;
use crate::lockfile::Lock;
use crate::merge::Labels;
use crate::plan::moves::{Header, Moves};
use crate::project::Project;
use crate::project::files::Reach;
use crate::project::rustfmt::Rustfmt;
use crate::prompt::Prompt;
use crate::table::Format;
use crate::transition::{Change, Move};
use crate::tree::Tree;
use crate::ui::Ui;

use super::consent;
use super::moving::open;

/// A project that is about to be written to.
pub(super) struct Target<'a> {
    verb: &'static str,
    ui: Ui,
    args: &'a Common,
    project: Project,
    lock: Lock,
    prompt: Option<Prompt>,
    /// The project's files, as git sees them.
    pub(super) files: Tree,
}

impl<'a> Target<'a> {
    pub(super) fn open(verb: &'static str, args: &'a Common, ui: Ui) -> Result<Self> {
        let project = super::project(args.project.as_deref())?;
        let prompt = if args.yes || args.json { None } else { Prompt::at_terminal() };
        open::refuse_or_finish(&project, prompt.as_ref().filter(|_| !args.dry_run), ui)?;
        open::mention_unreadable_git(&project, ui);
        let lock = project.lock()?;
        project.check_checked_out(|_| true)?;
        let nothing = Tree::new();
        let files = project.snapshot(&nothing, &nothing, Reach::Everything)?.files;
        Ok(Self { verb, ui, args, project, lock, prompt, files })
    }

    /// Gives the formatter of the project, where there is one.
    pub(super) fn formatted<T>(&self, make: impl FnOnce(Option<Format<'_>>) -> Result<T>) -> Result<T> {
        let rustfmt = Rustfmt::of(self.project.root());
        let format = rustfmt.map(|rustfmt| move |text: &str| rustfmt.format(text));
        make(format.as_ref().map(|format| format as Format<'_>))
    }

    /// Shows the plan, asks, and writes. Returns whether it was written.
    pub(super) fn apply(&self, changes: &[Change], details: &Value) -> Result<bool> {
        let (ui, dry_run) = (self.ui, self.args.dry_run);
        super::add_table::refuse_what_stands_there(&self.project, self.files.clone(), changes)?;
        if !ui.wants_json() {
            for change in changes {
                ui.planned(action(change), &change.path, dry_run)?;
            }
        }
        if self.args.diff && !ui.wants_json() {
            ui.difference(&consent::lines(changes), dry_run)?;
        }
        if !dry_run {
            consent::ask(self.prompt.as_ref(), "Do this?", changes, ui)?;
            let plan = Move { changes: changes.to_vec(), ..Move::default() };
            let header = Header {
                verb: self.verb.to_owned(),
                from: self.lock.version.clone(),
                to: self.lock.version.clone(),
                labels: Labels::new("yours", self.verb),
            };
            Moves::of(&self.project).apply(&plan, &header)?;
        }
        if ui.wants_json() {
            let plan = changes.iter().map(|change| json!({ "action": action(change), "path": change.path.as_str() }));
            let mut result = json!({
                "command": self.verb,
                "project": self.project.root(),
                "plan": plan.collect::<Vec<_>>(),
                "applied": !dry_run,
            });
            if let (Some(result), Some(details)) = (result.as_object_mut(), details.as_object()) {
                result.extend(details.clone());
            }
            if self.args.diff {
                result["diff"] = consent::text(changes).into();
            }
            ui.json(&result)?;
        }
        if dry_run {
            ui.note("nothing was written");
        }
        Ok(!dry_run)
    }
}

fn action(change: &Change) -> &'static str {
    match (&change.before, &change.after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "update",
    }
}
