//! `cargo dev test`: the tests, on every save, those first that the change can affect.
//!
//! 1. [`workspace`]: which packages there are; [`watch`](crate::watch): what is saved;
//! 2. [`changes`]: what a file is to the tests, [`order`]: which come first;
//! 3. [`pass`]: build, run, tell; [`runner`] has the commands, [`report`] reads what they write, and
//!    [`process`] ends them when something is saved meanwhile;
//! 4. [`desk`]: what comes next, after a save or a key ([`events`], [`keys`]).
//!
//! The database server and the template database are kept ready beside ([`databases`]). Tests find them by
//! themselves, as under `cargo test`: one that is run by hand or by a debugger needs nothing of this.

mod changes;
mod databases;
mod debug;
mod desk;
mod events;
mod keys;
mod memory;
mod order;
mod pass;
mod process;
mod programs;
mod report;
mod runner;
mod session;
mod tell;
mod workspace;

use std::pin::pin;
use std::process::ExitCode;

use tokio::sync::mpsc;

use crate::cli::Test;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui::screen;
use desk::Desk;
use events::Event;
use pass::{Outcome, Pass, Wanted};
use process::Cancel;
use session::Session;
use workspace::Workspace;

pub(super) async fn run(project: &Project, arguments: &Test) -> Result<ExitCode> {
    if let Some(name) = &arguments.debug {
        return debug::run(project, name);
    }
    if let Some(name) = &arguments.print_debug {
        return debug::print(project, name);
    }
    let workspace = Workspace::read(project)?;
    let session = Session {
        failed: memory::read(&workspace.target),
        workspace,
        nextest: !arguments.no_nextest && runner::has_nextest(project),
        fail_fast: arguments.fail_fast,
        all_packages: arguments.workspace,
        filter: arguments.filter.clone(),
        programs: Vec::new(),
        tests: Vec::new(),
    };
    if arguments.once {
        once(project, session).await
    } else {
        stay(project, session).await
    }
}

/// One pass, for CI: what came of it is the exit code.
async fn once(project: &Project, mut session: Session) -> Result<ExitCode> {
    let (events, mut inbox) = mpsc::unbounded_channel();
    events::listen_to_signals(&events)?;
    let (giving_up, cancel) = Cancel::new();
    let filter = session.filter.clone();
    let mut pass = pin!(Pass::new(project, &mut session, &Wanted::All, cancel).run(&Wanted::All));
    let outcome = loop {
        tokio::select! {
            outcome = &mut pass => break outcome?,
            // Nothing comes but that it shall end.
            _ = inbox.recv() => drop(giving_up.send(true)),
        }
    };
    match outcome {
        Outcome::Passed => Ok(ExitCode::SUCCESS),
        Outcome::Failed | Outcome::Cancelled => Ok(ExitCode::FAILURE),
        Outcome::NotBuilt => Err(not_built()),
        Outcome::NoTests => Err(no_tests(filter.as_deref())),
    }
}

/// A pass after each save, until somebody quits.
async fn stay(project: &Project, mut session: Session) -> Result<ExitCode> {
    let (events, mut inbox) = mpsc::unbounded_channel();
    events::watch(project, &events)?;
    events::listen_to_signals(&events)?;
    // What the server says while it starts is for an ordinary terminal.
    databases::keep(project).wait().await;
    let mut desk = Desk::new(session.filter.clone(), session.fail_fast);
    let raw = screen::Raw::begin();
    if raw.is_some() {
        events::listen_to_keys(&events);
    }
    while !desk.quits() {
        let Some(wanted) = desk.next() else {
            screen::bottom(&desk.bottom(session.nextest));
            let Some(event) = inbox.recv().await else {
                break;
            };
            desk.take(event, &session.workspace);
            say(&mut desk);
            continue;
        };
        (session.filter, session.fail_fast) = desk.settings();
        if let Wanted::Changed(files) = &wanted {
            if files.iter().any(|file| file.ends_with("Cargo.toml")) {
                match Workspace::read(project) {
                    Ok(workspace) => session.workspace = workspace,
                    Err(error) => screen::line(&format!("error: {error}")),
                }
            }
            if files.iter().any(|file| file.starts_with("schema")) {
                databases::keep(project);
            }
        }
        let outcome = pass(project, &mut session, &wanted, &mut desk, &mut inbox).await;
        match &outcome {
            Ok(Outcome::NotBuilt) => screen::line(&format!("error: {}", not_built())),
            Ok(Outcome::NoTests) if matches!(wanted, Wanted::Failed) => {
                screen::line("no test failed last time");
            }
            Ok(Outcome::NoTests) => {
                screen::line(&format!("error: {}", no_tests(session.filter.as_deref())));
            }
            Ok(Outcome::Passed | Outcome::Failed | Outcome::Cancelled) => {}
            Err(error) => screen::line(&format!("error: {error}")),
        }
        desk.ended(&wanted, outcome.unwrap_or(Outcome::NotBuilt));
    }
    drop(raw);
    Ok(ExitCode::SUCCESS)
}

/// One pass, given up when something is saved or asked for meanwhile.
async fn pass(
    project: &Project,
    session: &mut Session,
    wanted: &Wanted,
    desk: &mut Desk,
    inbox: &mut mpsc::UnboundedReceiver<Event>,
) -> Result<Outcome> {
    let workspace = session.workspace.clone();
    let (giving_up, cancel) = Cancel::new();
    let mut pass = pin!(Pass::new(project, session, wanted, cancel).run(wanted));
    loop {
        tokio::select! {
            outcome = &mut pass => return outcome,
            Some(event) = inbox.recv() => {
                if desk.take_while_running(event, &workspace) {
                    let _ = giving_up.send(true);
                }
                say(desk);
                screen::bottom(&desk.prompt().unwrap_or_default());
            }
        }
    }
}

fn say(desk: &mut Desk) {
    for text in desk.said() {
        screen::line(&text);
    }
}

fn not_built() -> Error {
    Error::new("the tests cannot be built; why stands above").hint("cargo test --no-run")
}

fn no_tests(filter: Option<&str>) -> Error {
    match filter {
        Some(filter) => Error::new(format!("no test has `{filter}` in its name"))
            .hint("`cargo test -- --list` tells which there are"),
        None => Error::new("there are no tests").hint("`tests/` is the place for them"),
    }
}
