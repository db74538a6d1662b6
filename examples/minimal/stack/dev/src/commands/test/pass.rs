//! One pass: build, find the tests, run them in order, say how it went.
//!
//! What a change can affect is built and run before the rest is even built, as far as the last pass has shown
//! which programs have it.

mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::changes::{self, Change, Kind};
use super::order::{self, Known, Step};
use super::process::{self, Cancel, End, Line};
use super::programs::{Program, Test};
use super::report::Verdict;
use super::runner;
use super::session::Session;
use super::tell;
use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui::{self, screen};

/// Which tests are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    /// Those that failed last time.
    Failed,
    /// All, those first that these files affect.
    Changed(BTreeSet<PathBuf>),
}

/// How a pass ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    NotBuilt,
    /// No test has what the filter says.
    NoTests,
    Cancelled,
}

/// A pass that is on its way.
pub(super) struct Pass<'a> {
    project: &'a Project,
    session: &'a mut Session,
    cancel: Cancel,
    changes: Vec<Change>,
    /// Packages, as they are named together to cargo.
    groups: Vec<Vec<String>>,
    begun: Instant,
    built: Duration,
    first: Option<Duration>,
    verdicts: BTreeMap<Test, Verdict>,
    /// How many there are to run.
    total: usize,
    /// Whether a runner has failed for another reason than a test.
    broken: bool,
}

/// Whether to go on.
enum Next {
    Go,
    Stop(Outcome),
}

impl<'a> Pass<'a> {
    pub(super) fn new(
        project: &'a Project,
        session: &'a mut Session,
        wanted: &Wanted,
        cancel: Cancel,
    ) -> Self {
        let changes: Vec<Change> = match wanted {
            Wanted::Changed(files) => files
                .iter()
                .filter_map(|file| match changes::classify(file, &session.workspace) {
                    Kind::Tested(change) => Some(change),
                    Kind::Browser(_) | Kind::Nothing => None,
                })
                .collect(),
            Wanted::All | Wanted::Failed => Vec::new(),
        };
        let groups = session.groups(&changes);
        Self {
            project,
            session,
            cancel,
            changes,
            groups,
            begun: Instant::now(),
            built: Duration::ZERO,
            first: None,
            verdicts: BTreeMap::new(),
            total: 0,
            broken: false,
        }
    }

    /// Runs it.
    pub(super) async fn run(mut self, wanted: &Wanted) -> Result<Outcome> {
        if !self.changes.is_empty() {
            tell::changed(&self.changes);
        }
        let outcome = match self.steps(wanted).await? {
            Next::Go if self.broken => Outcome::Failed,
            Next::Go if self.verdicts.is_empty() => Outcome::NoTests,
            Next::Go if self.failures().is_empty() => Outcome::Passed,
            Next::Go => Outcome::Failed,
            Next::Stop(outcome) => outcome,
        };
        screen::bottom("");
        self.session.remember(&self.verdicts);
        let ended = matches!(outcome, Outcome::Passed | Outcome::Failed);
        if ended {
            tell::summary(&tell::Summary {
                verdicts: &self.verdicts,
                not_run: self.total.saturating_sub(self.verdicts.len()),
                took: self.begun.elapsed(),
                built: self.built,
                first: self.first.filter(|_| !self.changes.is_empty()),
            });
        }
        Ok(outcome)
    }

    async fn steps(&mut self, wanted: &Wanted) -> Result<Next> {
        // As far as is known from the last pass; what is only there now comes with all others.
        let expected = self.wanted(wanted, &self.session.tests);
        self.total = expected.len();
        let expected = self.order(&self.session.programs, expected);
        if let Some(step) = expected.iter().find(|step| step.is_first) {
            let needed = choices(step, &self.session.programs);
            let Some((programs, tests)) = self.build(Some(&needed)).await? else {
                return Ok(Next::Stop(self.unbuilt()));
            };
            let mut steps = self.order(&programs, self.wanted(wanted, &tests));
            steps.retain(|step| step.is_first);
            for step in steps {
                if let Next::Stop(outcome) = self.step(&programs, &step).await? {
                    return Ok(Next::Stop(outcome));
                }
            }
            if *wanted == Wanted::Failed {
                return Ok(Next::Go);
            }
        }
        let Some((programs, tests)) = self.build(None).await? else {
            return Ok(Next::Stop(self.unbuilt()));
        };
        self.session.programs.clone_from(&programs);
        self.session.tests.clone_from(&tests);
        self.session.forget_lost(&self.groups);
        let mut left = self.wanted(wanted, &tests);
        self.total = left.len();
        left.retain(|test| !self.verdicts.contains_key(test));
        for step in self.order(&programs, left) {
            if let Next::Stop(outcome) = self.step(&programs, &step).await? {
                return Ok(Next::Stop(outcome));
            }
        }
        self.documentation().await
    }

    /// Those of the tests that are asked for.
    fn wanted(&self, wanted: &Wanted, tests: &[Test]) -> Vec<Test> {
        let filter = self.session.filter.as_deref().unwrap_or_default();
        let asked = tests.iter().filter(|test| {
            let failed = || self.session.failed.contains(*test);
            test.name.contains(filter) && (*wanted != Wanted::Failed || failed())
        });
        asked.cloned().collect()
    }

    fn order(&self, programs: &[Program], tests: Vec<Test>) -> Vec<Step> {
        let known = Known {
            workspace: &self.session.workspace,
            programs,
            changes: &self.changes,
            failed: &self.session.failed,
            left: !self.verdicts.is_empty(),
        };
        order::order(tests, &known)
    }

    fn unbuilt(&self) -> Outcome {
        if self.cancel.is_cancelled() {
            Outcome::Cancelled
        } else {
            Outcome::NotBuilt
        }
    }

    fn failures(&self) -> Vec<&Test> {
        let failed = self.verdicts.iter();
        let failed = failed.filter(|(_, verdict)| **verdict == Verdict::Failed);
        failed.map(|(test, _)| test).collect()
    }

    /// Builds test programs, chosen ones or all, and lists what is in them. None, if cargo has failed, which
    /// has said why then, or was cancelled.
    async fn build(
        &mut self,
        chosen: Option<&Choices>,
    ) -> Result<Option<(Vec<Program>, Vec<Test>)>> {
        let begun = Instant::now();
        screen::bottom("building");
        let mut messages = Vec::new();
        for packages in &self.groups {
            let choices: Option<Vec<_>> = chosen.map(|chosen| {
                let chosen = chosen.iter();
                let these = chosen.filter(|(package, _)| packages.contains(package));
                these.map(|(_, choice)| choice.clone()).collect()
            });
            if choices.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            let mut command = cargo::command(self.project);
            let choices = choices.unwrap_or_default();
            command.args(runner::build(packages, &choices, ui::has_colors()));
            let end = process::run(command, &mut self.cancel, |line| {
                match line {
                    Line::Out(text) => messages.push(text),
                    Line::Err(text) => tell::building(&text),
                }
                ControlFlow::Continue(())
            });
            match end.await? {
                End::Ended(status) if status.success() => {}
                End::Ended(_) | End::Broken | End::Cancelled => return Ok(None),
            }
        }
        self.built += begun.elapsed();
        let messages = messages.iter().map(String::as_str);
        let programs = Program::read(messages, &self.session.workspace);
        let tests = list(&programs)?;
        Ok(Some((programs, tests)))
    }
}

/// Targets by their packages, as cargo chooses them.
type Choices = BTreeSet<(String, Vec<String>)>;

/// The programs that a step's tests are in, as cargo chooses them.
fn choices(step: &Step, programs: &[Program]) -> Choices {
    let nearest = &step.tests[..step.nearest];
    let ids: BTreeSet<&str> = nearest.iter().map(|test| test.program.as_str()).collect();
    let programs = programs
        .iter()
        .filter(|program| ids.contains(program.id.as_str()));
    let choices = programs.map(|program| (program.package.clone(), program.choice()));
    choices.collect()
}

/// Asks all programs at once.
fn list(programs: &[Program]) -> Result<Vec<Test>> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = programs
            .iter()
            .map(|program| scope.spawn(|| program.tests()))
            .collect();
        let mut tests = Vec::new();
        for answer in asked {
            let answer = answer.join();
            tests.extend(answer.map_err(|_| Error::new("the tests could not be listed"))??);
        }
        Ok(tests)
    })
}
