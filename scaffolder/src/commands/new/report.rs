//! What `heavy new` says at its end.

use std::path::Path;

use serde_json::json;

use super::destination::Destination;
use crate::answers::{Answers, Value};
use crate::diff::difference;
use crate::error::Result;
use crate::plan::Plan;
use crate::project::repository::FirstCommit;
use crate::source::Source;
use crate::stamp::Stamp;
use crate::template::Template;
use crate::tree::Tree;
use crate::ui::Ui;

pub(super) struct Report<'a> {
    pub(super) destination: &'a Destination,
    pub(super) answers: &'a Answers,
    pub(super) plan: &'a Plan,
    pub(super) source: &'a Source,
    pub(super) commit: Option<&'a str>,
    pub(super) template: &'a Template,
    /// What the template's hooks said.
    pub(super) notes: &'a [String],
    pub(super) dry_run: bool,
    /// Whether the content of what is written is shown too.
    pub(super) diff: bool,
}

impl Report<'_> {
    /// What would be written.
    pub(super) fn list(&self, ui: Ui) -> Result<()> {
        if ui.wants_json() {
            return self.json(ui);
        }
        for (path, file) in &self.plan.create {
            ui.result(format_args!("create {path}{}", if file.executable { " (executable)" } else { "" }))?;
        }
        if self.diff {
            ui.difference(&difference(&Tree::new(), &self.plan.create), true)?;
        }
        for path in &self.plan.same {
            ui.result(format_args!("same   {path}"))?;
        }
        for path in &self.plan.kept {
            ui.result(format_args!("keep   {path} (differs)"))?;
        }
        ui.note(format_args!("nothing was written to `{}`", self.destination.path.display()));
        Ok(())
    }

    /// What is about to be written.
    pub(super) fn creating(&self, ui: Ui) -> Result<()> {
        let features = self.answers.features();
        let with = if features.is_empty() { String::new() } else { format!(" with {}", features.join(" and ")) };
        let name = self.destination.name.crate_name();
        ui.status(
            "Creating",
            format_args!("`{name}` (\"{}\") in {}{with}", self.title(), self.destination.path.display()),
        );
        if self.diff {
            ui.difference(&difference(&Tree::new(), &self.plan.create), false)?;
        }
        Ok(())
    }

    /// What was written, and what to type next.
    pub(super) fn created(&self, ui: Ui, commit: Option<FirstCommit>, surrounding: Option<&Path>) -> Result<()> {
        if ui.wants_json() {
            return self.json(ui);
        }
        let files = self.plan.create.len();
        let commit_too = if commit.is_some() { ", and the first commit" } else { "" };
        ui.status("Created", format_args!("{files} files{commit_too}"));
        if commit.is_some_and(|commit| !commit.signed_by_user) {
            ui.note("git knows no name to sign with, so the commit is signed `heavy <heavy@localhost>`");
        }
        if let Some(git) = surrounding {
            let around = git.parent().filter(|_| git.ends_with(".git")).unwrap_or(git);
            ui.note(format_args!(
                "`{}` is a git repository already: no new one was made, and nothing was committed",
                around.display()
            ));
        }
        for note in self.notes {
            ui.line(format_args!("\n{note}"));
        }
        Ok(())
    }

    fn json(&self, ui: Ui) -> Result<()> {
        let paths = |paths: &[crate::tree::TreePath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
        let created: Vec<&str> = self.plan.create.keys().map(crate::tree::TreePath::as_str).collect();
        ui.json(&json!({
            "path": self.destination.absolute,
            "name": self.destination.name.crate_name(),
            "title": self.title(),
            "features": self.answers.features(),
            "files": created,
            "same": paths(&self.plan.same),
            "kept": paths(&self.plan.kept),
            "dry_run": self.dry_run,
            "template": {
                "source": self.source.to_string(),
                "commit": self.commit,
                "version": self.template.manifest.version,
                "stamp": Stamp::of(self.template).as_str(),
            },
        }))
    }

    fn title(&self) -> String {
        match self.answers.get("title") {
            Some(Value::Text(title)) if !title.is_empty() => title.clone(),
            _ => self.destination.name.default_title(),
        }
    }
}
