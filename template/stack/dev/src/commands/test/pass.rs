//! One pass: build, find the tests, run them in order, say how it went.
//!
//! What a change can affect is built and run before the rest is even built, as far as the last pass has shown
//! which programs have it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::changes::{self, Change, Kind};
use super::order::{self, Known, Step};
use super::process::{self, Cancel, End, Line};
use super::programs::{Program, Test};
use super::report::{Said, Verdict};
use super::runner::{self, Run, Runner};
use super::session::Session;
use super::tell;
use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui::screen;

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
        self.session.forget_lost();
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
            command.args(runner::build(packages, &choices, screen::has_colors()));
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

    async fn step(&mut self, programs: &[Program], step: &Step) -> Result<Next> {
        let begun = Instant::now();
        let before = self.verdicts.len();
        let mut done = 0;
        let groups = self.groups.clone();
        let runner = Runner {
            nextest: self.session.nextest,
            fail_fast: self.session.fail_fast,
            groups: &groups,
            programs,
        };
        for run in runner.runs(&step.tests) {
            let end = self.go(run, &step.what, (done, step.tests.len())).await?;
            done = self.verdicts.len() - before;
            if matches!(end, End::Cancelled) {
                return Ok(Next::Stop(Outcome::Cancelled));
            }
            let failed = !self.failures().is_empty();
            if failed && self.session.fail_fast {
                if matches!(end, End::Broken) {
                    self.show_again(&runner).await?;
                }
                tell::step(&step.what, &self.verdicts, &step.tests, begun.elapsed());
                return Ok(Next::Stop(Outcome::Failed));
            }
        }
        tell::step(&step.what, &self.verdicts, &step.tests, begun.elapsed());
        Ok(Next::Go)
    }

    /// Runs one command, and takes down what it says.
    async fn go(&mut self, mut run: Run, what: &str, progress: (usize, usize)) -> Result<End> {
        let mut command = cargo::command(self.project);
        command.args(&run.arguments);
        let own = run.reader.stops_by_itself();
        let stop = self.session.fail_fast && !own;
        let wanted: BTreeSet<Test> = run.tests.iter().cloned().collect();
        let mut complete = 0;
        let (mut done, of) = progress;
        let (verdicts, first, begun) = (&mut self.verdicts, &mut self.first, self.begun);
        let end = process::run(command, &mut self.cancel, |line| {
            let (Line::Out(text) | Line::Err(text)) = line;
            match run.reader.read(&text) {
                Said::Verdict(test, verdict) => {
                    // Another program may have a test of the same name, which was not asked for.
                    if !wanted.is_empty() && !wanted.contains(&test) {
                        return ControlFlow::Continue(());
                    }
                    if verdicts.get(&test) == Some(&Verdict::Failed) && verdict == Verdict::Failed {
                        return ControlFlow::Continue(());
                    }
                    done += 1;
                    first.get_or_insert_with(|| begun.elapsed());
                    tell::verdict(what, (done, of), &test, verdict);
                    verdicts.insert(test, verdict);
                    if stop && verdict == Verdict::Failed {
                        return ControlFlow::Break(());
                    }
                }
                Said::Text(text) => screen::line(&text),
                Said::Complete => complete += 1,
                Said::Nothing => {}
            }
            ControlFlow::Continue(())
        });
        let end = end.await?;
        if let End::Ended(status) = end {
            let failed = |test: &&Test| verdicts.get(*test) == Some(&Verdict::Failed);
            let explained = complete > 0 && run.tests.iter().any(|test| failed(&test));
            let silent = run.tests.iter().filter(|test| !verdicts.contains_key(test));
            let silent: Vec<Test> = silent.cloned().collect();
            if status.success() || explained {
                // Left out by the runner's own settings, or by its stop at the first failure.
                if !self.session.fail_fast {
                    verdicts.extend(silent.into_iter().map(|test| (test, Verdict::Ignored)));
                }
            } else if run.tests.is_empty() {
                if complete == 0 {
                    return Err(Error::new("the tests of the documentation did not run")
                        .hint("cargo test --doc --workspace"));
                }
            } else {
                self.broken = true;
                tell::broken_off(&run.arguments, silent.len());
                verdicts.extend(silent.into_iter().map(|test| (test, Verdict::Failed)));
            }
        }
        Ok(end)
    }

    /// Runs what has failed once more: a program that was stopped has not written why.
    async fn show_again(&mut self, runner: &Runner<'_>) -> Result<()> {
        let failed: Vec<Test> = self.failures().into_iter().cloned().collect();
        for mut run in runner.runs(&failed) {
            let mut command = cargo::command(self.project);
            command.args(&run.arguments);
            process::run(command, &mut self.cancel, |line| {
                let (Line::Out(text) | Line::Err(text)) = line;
                if let Said::Text(text) = run.reader.read(&text) {
                    screen::line(&text);
                }
                ControlFlow::Continue(())
            })
            .await?;
        }
        Ok(())
    }

    /// The examples in the documentation, which cargo-nextest leaves out.
    async fn documentation(&mut self) -> Result<Next> {
        for packages in self.groups.clone() {
            let documented = packages.iter().any(|name| {
                let package = self.session.workspace.package(name);
                package.is_some_and(|package| package.doctest)
            });
            if !documented {
                continue;
            }
            let run = runner::documentation(&packages, self.session.filter.as_deref());
            if matches!(
                self.go(run, "the documentation", (0, 0)).await?,
                End::Cancelled
            ) {
                return Ok(Next::Stop(Outcome::Cancelled));
            }
        }
        Ok(Next::Go)
    }
}

/// Targets by their packages, as cargo chooses them.
type Choices = BTreeSet<(String, Vec<String>)>;

/// The programs that a step's tests are in, as cargo chooses them.
fn choices(step: &Step, programs: &[Program]) -> Choices {
    let ids: BTreeSet<&str> = step
        .tests
        .iter()
        .map(|test| test.program.as_str())
        .collect();
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
