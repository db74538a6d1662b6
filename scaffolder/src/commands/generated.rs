//! What the commands have in common that write code into a project: `add-table`, `add-field`, `add-page`, and their
//! ways back.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::Common;
use crate::error::{Error, Kind, Result};
use crate::lockfile::{LOCKFILE, Lock};
use crate::merge::Labels;
use crate::plan::moves::{Header, Moves};
use crate::project::Project;
use crate::project::files::Reach;
use crate::project::rustfmt::Rustfmt;
use crate::prompt::Prompt;
use crate::snapshot::Snapshot;
use crate::table::{Format, ManualStep};
use crate::transition::{Change, Move, Request, transition};
use crate::tree::{File, Tree, TreePath};
use crate::ui::Ui;

use super::consent;
use super::moving::{open, update_lock};

/// A project that is about to be written to.
pub(super) struct Target<'a> {
    verb: &'static str,
    pub(super) ui: Ui,
    pub(super) args: &'a Common,
    project: Project,
    lock: Lock,
    pub(super) prompt: Option<Prompt>,
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
        let files = project.all_files()?;
        Ok(Self { verb, ui, args, project, lock, prompt, files })
    }

    /// Gives the formatter of the project, where there is one.
    pub(super) fn formatted<T>(&self, make: impl FnOnce(Option<Format<'_>>) -> Result<T>) -> Result<T> {
        let rustfmt = Rustfmt::of(self.project.root());
        let format = rustfmt.map(|rustfmt| move |text: &str| rustfmt.format(text));
        make(format.as_ref().map(|format| format as Format<'_>))
    }

    /// Merges what is different between two states of generated files into the project's. What was formatted stays formatted.
    pub(super) fn merged(&self, base: &Tree, theirs: &Tree) -> Result<(Move, Labels)> {
        let labels = Labels::new("yours", format!("heavy {}", self.verb));
        let labels = Labels { style: self.project.conflict_style(), ..labels };
        let mut ours = self.project.snapshot(base, theirs, Reach::Everything)?;
        // A move needs to know how the project was made, and this one changes nothing of it.
        let heavy = ours.files.iter().find(|(path, _)| path.as_str() == LOCKFILE);
        let heavy: Tree = heavy.into_iter().map(|(path, file)| (path.clone(), file.clone())).collect();
        let with_it =
            |tree: &Tree| tree.iter().chain(&heavy).map(|(path, file)| (path.clone(), file.clone())).collect();
        let (base, theirs): (&Tree, &Tree) = (&with_it(base), &with_it(theirs));
        let driver = self.project.merge_driver()?;
        let planned = |ours: &Snapshot| {
            let once = |_: &TreePath| false;
            let (labels, driver) = (&labels, &driver);
            transition(&Request { base, ours, theirs, once: &once, labels, driver, base_is_known: true })
        };
        let mut plan = planned(&ours)?;
        while self.project.add_paths(&mut ours, base, plan.changes.iter().map(|change| &change.path))? {
            plan = planned(&ours)?;
        }
        self.formatted(|format| {
            let open = |path: &TreePath| plan.conflicts.iter().any(|conflict| conflict.path == *path);
            for change in plan.changes.iter_mut().filter(|change| change.path.as_str().ends_with(".rs")) {
                let (Some(format), Some(before), Some(after)) = (format, &change.before, &mut change.after) else {
                    continue;
                };
                let text = |file: &File| String::from_utf8(file.bytes.clone()).ok();
                if !open(&change.path)
                    && text(before).is_some_and(|text| format(&text).as_deref() == Some(&*text))
                    && let Some(text) = text(after).and_then(|text| format(&text))
                {
                    after.bytes = text.into_bytes();
                }
            }
            Ok(())
        })?;
        for note in driver.notes() {
            self.ui.note(note);
        }
        Ok((plan, labels))
    }

    /// Applies a move. With `lock_by_cargo` cargo brings its lock file up to date afterwards.
    pub(super) fn apply_move(&self, plan: &Move, labels: Labels) -> Result<Written> {
        let (from, to) = (self.lock.version.clone(), self.lock.version.clone());
        let header = Header { verb: self.verb.to_owned(), from, to, labels };
        Moves::of(&self.project).apply(plan, &header)?;
        let readable = !plan.conflicts.iter().any(|conflict| conflict.path.file_name() == "Cargo.toml");
        let cargo = if plan.lock_by_cargo && readable { update_lock(&self.project, self.ui) } else { Ok(()) };
        Ok(Written { cargo })
    }

    /// The project's folder.
    pub(super) fn root(&self) -> &Path {
        self.project.root()
    }

    /// Shows the plan, asks, and writes. Returns whether it was written.
    pub(super) fn apply(&self, changes: &[Change], details: &Value) -> Result<bool> {
        self.refuse_what_stands_there(changes)?;
        self.plan(changes)?;
        self.show_difference(changes)?;
        if !self.args.dry_run {
            consent::ask(self.prompt.as_ref(), "Do this?", changes, self.ui)?;
            self.write(changes, false)?;
        }
        self.finish(changes, details)?;
        Ok(!self.args.dry_run)
    }

    /// A file that git ignores is in no snapshot, but it is somebody's all the same.
    pub(super) fn refuse_what_stands_there(&self, changes: &[Change]) -> Result<()> {
        let new = || changes.iter().filter(|change| change.before.is_none()).map(|change| &change.path);
        let mut snapshot = crate::snapshot::Snapshot { files: self.files.clone(), ..Default::default() };
        self.project.add_paths(&mut snapshot, &Tree::new(), new())?;
        let above =
            |path: &TreePath| snapshot.obstacles.iter().find(|(at, _)| path.is_within(at.as_str()) && *at != path);
        if let Some((at, kind)) = new().find_map(above) {
            return Err(kind.refusal(at));
        }
        match new().find(|path| snapshot.files.contains_key(*path) || snapshot.obstacles.contains_key(*path)) {
            Some(path) => Err(Error::user(format!("something stands at `{path}` already"))
                .hint("move it away, or give the table another name")),
            None => Ok(()),
        }
    }

    /// The plan: on standard output if it is the result, and before the question otherwise.
    pub(super) fn plan(&self, changes: &[Change]) -> Result<()> {
        if !self.ui.wants_json() {
            for change in changes {
                self.ui.planned(action(change), &change.path, self.args.dry_run)?;
            }
        }
        Ok(())
    }

    /// What is to be pasted, for a person.
    pub(super) fn show_manual(&self, steps: &[ManualStep]) {
        for step in steps {
            self.ui.note(format_args!(
                "`{}` has not the shape that was looked for; paste this {}:",
                step.path, step.place
            ));
            for line in step.snippet.trim_end().lines() {
                self.ui.line(format_args!("    {line}"));
            }
        }
    }

    /// What changes in the files, if that is wanted.
    pub(super) fn show_difference(&self, changes: &[Change]) -> Result<()> {
        if self.args.diff && !self.ui.wants_json() {
            self.ui.difference(&consent::lines(changes), self.args.dry_run)?;
        }
        Ok(())
    }

    /// Writes everything or nothing; `heavy undo` takes it back. A work tree with other changes is no reason to refuse: no
    /// file is overwritten, and lines that are put in are taken out again exactly. With `dependencies` cargo brings its lock
    /// file up to date afterwards.
    pub(super) fn write(&self, changes: &[Change], dependencies: bool) -> Result<Written> {
        let plan = Move { changes: changes.to_vec(), lock_by_cargo: dependencies, ..Move::default() };
        self.apply_move(&plan, Labels::new("yours", self.verb))
    }

    /// The result as JSON, if that is wanted, with `details` in it; or that nothing was written.
    pub(super) fn finish(&self, changes: &[Change], details: &Value) -> Result<()> {
        if self.ui.wants_json() {
            let plan = changes.iter().map(|change| json!({ "action": action(change), "path": change.path.as_str() }));
            let mut result = json!({
                "command": self.verb,
                "project": self.project.root(),
                "plan": plan.collect::<Vec<_>>(),
                "applied": !self.args.dry_run,
            });
            if let (Some(result), Some(details)) = (result.as_object_mut(), details.as_object()) {
                result.extend(details.clone());
            }
            if self.args.diff {
                result["diff"] = consent::text(changes).into();
            }
            self.ui.json(&result)?;
        }
        if self.args.dry_run {
            self.ui.note("nothing was written");
        }
        Ok(())
    }

    /// The exit code, or, where something was written and something is left to be pasted, the error that says so.
    pub(super) fn end(&self, steps: &[ManualStep]) -> Result<u8> {
        let places = match steps.len() {
            0 => return Ok(0),
            _ if self.args.dry_run => return Ok(Kind::LeftOpen.exit_code()),
            1 => "1 place is".to_owned(),
            more => format!("{more} places are"),
        };
        let error = Error::new(Kind::LeftOpen, format!("{places} left for you; it does not compile until then"));
        // What was not shown above belongs to what is left.
        Err(match self.args.quiet {
            false => error.hint("paste what is shown above"),
            true => steps.iter().fold(error, |error, step| {
                error.hint(format!("paste into `{}` {}:\n{}", step.path, step.place, step.snippet.trim_end()))
            }),
        })
    }
}

/// What was written, and whether cargo could bring its lock file up to date.
pub(super) struct Written {
    pub(super) cargo: Result<()>,
}

/// What is to be pasted, for a program.
pub(super) fn manual_as_json(steps: &[ManualStep]) -> Vec<Value> {
    let steps = steps.iter();
    steps.map(|step| json!({ "path": step.path, "place": step.place, "snippet": step.snippet })).collect()
}

pub(super) fn action(change: &Change) -> &'static str {
    match (&change.before, &change.after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "update",
    }
}
