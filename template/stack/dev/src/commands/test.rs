//! `cargo dev test`: the tests, on every save, those first that the change can affect.
//!
//! 1. [`workspace`]: which packages there are; [`watch`](crate::watch): what is saved;
//! 2. [`changes`]: what a file is to the tests; [`order`]: which come first, with what failed last time ([`history`]);
//! 3. [`mod@run`]: cargo-nextest builds and runs them ([`nextest`]), and [`process`] ends it when something is
//!    saved meanwhile;
//! 4. [`scheduler`]: what runs next, after a save or a key ([`events`], [`keys`]).
//!
//! The database server and the template database are kept ready beside ([`databases`]). Tests find them by
//! themselves, as under `cargo test`: one that is run by hand or by a debugger needs nothing of this.

mod changes;
mod databases;
mod events;
mod history;
mod keys;
mod nextest;
mod order;
mod process;
mod run;
mod scheduler;
mod workspace;

use std::pin::pin;
use std::process::ExitCode;

use tokio::sync::{mpsc, watch};

use crate::cli::Test;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;
use events::Event;
use history::History;
use run::Run;
use scheduler::{Outcome, Request, Scheduler, Settings};
use workspace::Workspace;

pub(super) async fn run(project: &Project, arguments: &Test) -> Result<ExitCode> {
    nextest::require(project)?;
    let workspace = Workspace::read(project)?;
    let settings = Settings {
        filter: arguments.filter.clone(),
        fail_fast: arguments.fail_fast,
        all_packages: arguments.workspace,
    };
    let daemon = Daemon {
        project,
        history: History::read(&workspace.state()),
        workspace,
        scheduler: Scheduler::new(settings),
    };
    if arguments.once {
        daemon.once().await
    } else {
        daemon.stay(arguments.notify).await
    }
}

/// What is known from one run to the next.
struct Daemon<'a> {
    project: &'a Project,
    workspace: Workspace,
    history: History,
    scheduler: Scheduler,
}

impl Daemon<'_> {
    /// One run, for CI: how it went is the exit code.
    async fn once(mut self) -> Result<ExitCode> {
        let (events, mut inbox) = mpsc::unbounded_channel();
        events::listen_to_signals(&events)?;
        match self.execute(&Request::All, &mut inbox).await? {
            Outcome::Passed => Ok(ExitCode::SUCCESS),
            Outcome::Failed | Outcome::Cancelled => Ok(ExitCode::FAILURE),
            Outcome::NotBuilt => Err(not_built()),
            Outcome::NoTests => Err(no_tests(&self.scheduler.settings)),
        }
    }

    /// A run after each save, until somebody quits; `notify` tells of failures outside of the terminal.
    async fn stay(mut self, notify: bool) -> Result<ExitCode> {
        let (events, mut inbox) = mpsc::unbounded_channel();
        events::watch(self.project, &events)?;
        events::listen_to_signals(&events)?;
        databases::keep(self.project);
        keys::listen(&events);
        let mut before = Outcome::Passed;
        while !self.scheduler.has_quit {
            let Some(request) = self.scheduler.next() else {
                let Some(event) = inbox.recv().await else {
                    break;
                };
                self.scheduler.handle(event, &self.workspace);
                continue;
            };
            self.prepare(&request);
            let outcome = self.execute(&request, &mut inbox).await;
            match &outcome {
                Ok(Outcome::Passed | Outcome::Failed | Outcome::Cancelled) => {}
                Ok(Outcome::NotBuilt) => ui::error(&not_built()),
                Ok(Outcome::NoTests) if request == Request::Failed => {
                    ui::say("no test failed last time");
                }
                Ok(Outcome::NoTests) => ui::error(&no_tests(&self.scheduler.settings)),
                Err(error) => ui::error(error),
            }
            let outcome = outcome.unwrap_or(Outcome::NotBuilt);
            self.scheduler.finish(&request, outcome);
            if notify && let Some(text) = outcome.notice(&mut before) {
                ui::notify(text);
            }
            if outcome != Outcome::Cancelled {
                ui::say("waiting for a save; h shows the keys");
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Keeps up with what the changed files mean to the packages and the databases.
    fn prepare(&mut self, request: &Request) {
        let Request::Changed(files) = request else {
            return;
        };
        if files.iter().any(|file| file.ends_with("Cargo.toml")) {
            match Workspace::read(self.project) {
                Ok(workspace) => self.workspace = workspace,
                Err(error) => ui::error(&error),
            }
        }
        if files.iter().any(|file| file.starts_with("schema")) {
            databases::keep(self.project);
        }
    }

    /// One run, cancelled when something is saved or asked for meanwhile.
    async fn execute(
        &mut self,
        request: &Request,
        inbox: &mut mpsc::UnboundedReceiver<Event>,
    ) -> Result<Outcome> {
        let settings = self.scheduler.settings.clone();
        let (giving_up, cancel) = watch::channel(false);
        let run = Run {
            project: self.project,
            workspace: &self.workspace,
            settings: &settings,
            history: &mut self.history,
            cancel,
        };
        let mut run = pin!(run.run(request));
        loop {
            tokio::select! {
                outcome = &mut run => return outcome,
                Some(event) = inbox.recv() => {
                    if self.scheduler.handle_while_running(event, &self.workspace) {
                        let _ = giving_up.send(true);
                    }
                }
            }
        }
    }
}

fn not_built() -> Error {
    Error::new("the tests cannot be built; see the error above").hint("cargo test --no-run")
}

fn no_tests(settings: &Settings) -> Error {
    match &settings.filter {
        Some(filter) => Error::new(format!("no test has `{filter}` in its name"))
            .hint("`cargo test -- --list` shows which there are"),
        None => Error::new("there are no tests").hint("`tests/` is the place for them"),
    }
}
