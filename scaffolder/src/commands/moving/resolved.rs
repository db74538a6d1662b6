//! Files whose conflicts are resolved: what the version renamed is renamed in them too. While they had markers, they were no Rust.

use crate::cli::MoveArgs;
use crate::codemods::{Codemods, Rewritten, rewrite};
use crate::diff::difference;
use crate::error::Result;
use crate::lockfile::Keep;
use crate::plan::moves::{Moves, Summary};
use crate::project::Project;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

use super::upgrade::{codemods, shown};
use super::{Moving, State};

/// What a move owes to the files that were in conflict.
pub(super) struct Owed<'a> {
    project: &'a Project,
    summary: &'a Summary,
    to: State,
    codemods: Vec<Codemods>,
    keep: Keep,
    /// The files that the move changed, as they were before it.
    before: Tree,
}

impl<'a> Owed<'a> {
    /// Nothing where the versions that the move passed rename nothing, or where its template cannot be had any more, which is said.
    pub(super) fn of(project: &'a Project, summary: &'a Summary, args: &MoveArgs, ui: Ui) -> Result<Option<Self>> {
        let rust = |path: &TreePath| path.as_str().ends_with(".rs");
        if summary.header.from == summary.header.to || !summary.conflicts.iter().any(rust) {
            return Ok(None);
        }
        let to = match Moving::inspect(args.project.as_deref(), ui).and_then(|moving| moving.known_state()) {
            Ok(to) => to,
            Err(error) => {
                ui.warning(&error);
                ui.note("so names that the version changed stay in the files that were in conflict");
                return Ok(None);
            }
        };
        let codemods = codemods(&summary.header.from, &to, ui);
        if codemods.is_empty() {
            return Ok(None);
        }
        let before = Moves::of(project).last()?.map(|remembered| remembered.before).unwrap_or_default();
        Ok(Some(Self { project, summary, to, codemods, keep: project.keep()?, before }))
    }

    /// The files as they are now, and what becomes of them.
    pub(super) fn rewritten(&self) -> Result<(Tree, Rewritten)> {
        let ours = self.project.all_files()?;
        let conflicts = &self.summary.conflicts;
        let is_users = |path: &TreePath| conflicts.contains(path) && !self.to.is_once(path) && !self.keep.matches(path);
        let rewritten = rewrite(&ours, &self.before, is_users, &self.codemods);
        let before = ours.into_iter().filter(|(path, _)| rewritten.files.contains_key(path)).collect();
        Ok((before, rewritten))
    }
}

/// Shows what was rewritten, and what is left to a person.
pub(super) fn show(before: &Tree, rewritten: &Rewritten, ui: Ui) -> Result<()> {
    if !rewritten.files.is_empty() {
        ui.note("the version changed names, and the files that were in conflict go along:");
        ui.difference(&difference(before, &rewritten.files), false)?;
    }
    if !rewritten.remarks.is_empty() {
        ui.note("lines to look at:");
        for remark in &rewritten.remarks {
            ui.line(format_args!("    {}", shown(remark)));
        }
    }
    Ok(())
}
