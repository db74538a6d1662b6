//! Running what was built, and taking down what it says.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Instant;

use super::{Next, Outcome, Pass};
use crate::cargo;
use crate::commands::test::order::Step;
use crate::commands::test::process::{self, End, Line};
use crate::commands::test::programs::{Program, Test};
use crate::commands::test::report::{Said, Verdict};
use crate::commands::test::runner::{self, Run, Runner};
use crate::commands::test::tell;
use crate::error::{Error, Result};
use crate::ui::screen;

impl Pass<'_> {
    pub(super) async fn step(&mut self, programs: &[Program], step: &Step) -> Result<Next> {
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
    pub(super) async fn documentation(&mut self) -> Result<Next> {
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
