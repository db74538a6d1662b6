//! One run of the tests: a run of cargo-nextest for each group of packages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::changes::{self, Change};
use super::history::History;
use super::nextest::{self, Results};
use super::order;
use super::process::{self, Cancel};
use super::scheduler::{Outcome, Request, Settings};
use super::workspace::Workspace;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// A run, with what it needs.
pub(super) struct Run<'a> {
    pub(super) project: &'a Project,
    pub(super) workspace: &'a Workspace,
    pub(super) settings: &'a Settings,
    pub(super) history: &'a mut History,
    pub(super) cancel: Cancel,
}

impl Run<'_> {
    /// Runs the tests that are asked for, and remembers what failed.
    pub(super) async fn run(mut self, request: &Request) -> Result<Outcome> {
        self.history.forget_missing(self.workspace);
        if *request == Request::Failed && self.history.failed().is_empty() {
            return Ok(Outcome::NoTests);
        }
        let changes = self.changes(request);
        let config = self.write_config(&changes)?;
        let selection = self.selection(request);
        // Whether every test of a group runs.
        let is_complete = *request != Request::Failed && self.settings.filter.is_none();
        let mut total = Outcome::NoTests;
        let mut all = Results::default();
        for packages in self.groups(request, &changes) {
            let mut results = Results::default();
            let outcome = self
                .group_in_order(&packages, &changes, &config, &selection, &mut results)
                .await?;
            let stops = match outcome {
                Outcome::Passed | Outcome::NoTests => false,
                Outcome::Failed => self.settings.fail_fast,
                Outcome::NotBuilt | Outcome::Cancelled => true,
            };
            let complete = is_complete && !stops;
            self.history
                .record(&results, if complete { &packages } else { &[] });
            if stops {
                return Ok(outcome);
            }
            // A failure outweighs what passes, and that a group without tests.
            total = total.max(outcome);
            all.times.append(&mut results.times);
        }
        if let Some(slowest) = all.slowest() {
            ui::say(&slowest);
        }
        Ok(total)
    }

    /// Builds and runs the tests of packages: those that the changes affect, if they are in one program, before the other
    /// programs are built.
    async fn group_in_order(
        &mut self,
        packages: &[String],
        changes: &[Change],
        config: &Path,
        selection: &[String],
        results: &mut Results,
    ) -> Result<Outcome> {
        let failed = self.history.failed();
        let Some(first) = order::first(changes, failed, packages, self.workspace) else {
            return self.group(packages, config, selection, results).await;
        };
        let with = |more: &[String]| [more, selection].concat();
        let near = self
            .group(packages, config, &with(&first.arguments()), results)
            .await?;
        let stops = match near {
            Outcome::Passed | Outcome::NoTests => false,
            Outcome::Failed => self.settings.fail_fast,
            Outcome::NotBuilt | Outcome::Cancelled => true,
        };
        if stops {
            return Ok(near);
        }
        let others = self
            .group(packages, config, &with(&first.others()), results)
            .await?;
        Ok(near.max(others))
    }

    /// Builds and runs the tests of packages.
    async fn group(
        &mut self,
        packages: &[String],
        config: &Path,
        selection: &[String],
        results: &mut Results,
    ) -> Result<Outcome> {
        let mut command = nextest::run(self.project, packages, config);
        command.args(selection);
        let each = |line: &str| results.read(line);
        let Some(status) = process::run(command, &mut self.cancel, each).await? else {
            return Ok(Outcome::Cancelled);
        };
        match status.code() {
            Some(0) if results.passed.is_empty() => Ok(Outcome::NoTests),
            Some(0) => Ok(Outcome::Passed),
            Some(nextest::TESTS_FAILED) => Ok(Outcome::Failed),
            Some(nextest::BUILD_FAILED) => Ok(Outcome::NotBuilt),
            _ => {
                let packages = packages.join(" --package ");
                let error =
                    Error::new("cargo-nextest could not run the tests; see the error above");
                Err(error.hint(format!("cargo nextest run --package {packages}")))
            }
        }
    }

    /// What the changed files are; says so.
    fn changes(&self, request: &Request) -> Vec<Change> {
        let mut changes = Vec::new();
        if let Request::Changed(files) = request {
            let files = files.iter();
            changes.extend(files.filter_map(|file| Change::of(file, self.workspace)));
            ui::say(&format!("\n{} changed", changes::labels(&changes)));
        }
        let failed = self.history.failed().len();
        if failed > 0 {
            ui::say(&format!("{failed} failed last time"));
        }
        changes
    }

    /// Which packages are tested together, in their order.
    fn groups(&self, request: &Request, changes: &[Change]) -> Vec<Vec<String>> {
        let failed = self.history.failed().iter();
        // Where something has failed is looked at until it passes.
        let failed: BTreeSet<String> = failed.map(|test| test.package.clone()).collect();
        let mut near = failed.clone();
        near.extend(changes.iter().filter_map(|change| change.package.clone()));
        let mut groups = self.workspace.groups(&near, self.settings.all_packages);
        if *request == Request::Failed {
            groups.retain(|group| group.iter().any(|name| failed.contains(name)));
        }
        groups
    }

    /// Writes the configuration of cargo-nextest with the order.
    fn write_config(&self, changes: &[Change]) -> Result<PathBuf> {
        let folder = self.workspace.state();
        let path = folder.join("order.toml");
        let config = order::config(changes, self.history.failed());
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&path, config))
            .map_err(|error| Error::new(format!("cannot write `{}`: {error}", path.display())))?;
        Ok(path)
    }

    /// The arguments of cargo-nextest that choose tests.
    fn selection(&self, request: &Request) -> Vec<String> {
        let stop = ["--no-fail-fast", "--fail-fast"][usize::from(self.settings.fail_fast)];
        let mut arguments = vec![stop.to_owned()];
        if *request == Request::Failed {
            arguments.extend(["-E".to_owned(), order::tests(self.history.failed())]);
        }
        if let Some(filter) = &self.settings.filter {
            arguments.extend(["--".to_owned(), filter.clone()]);
        }
        arguments
    }
}
