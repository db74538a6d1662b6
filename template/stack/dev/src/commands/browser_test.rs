//! `cargo dev browser-test`: the application, a fresh database and a real browser.
//!
//! 1. find the programs ([`programs`]), and install what the tests need from npm ([`packages`]);
//! 2. build the application, and make a database of its own, with seeds;
//! 3. let Playwright run the tests, as `tests/browser/playwright.config.mjs` says. They start and stop the application
//!    themselves, so that a test can restart it in the middle.

mod packages;
mod programs;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use tokio::sync::oneshot;

use crate::cargo;
use crate::cli::BrowserTest;
use crate::commands::run_databases::Databases;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::signal::{interrupt, interrupted};
use crate::ui;
use programs::Programs;
pub(super) use programs::check;

/// What the tests find in their environment.
type Environment = BTreeMap<&'static str, String>;

pub(super) async fn run(project: &Project, arguments: &BrowserTest) -> Result<ExitCode> {
    let folder = folder(project);
    let programs = Programs::find(project)?;
    if !arguments.environment {
        packages::install(&folder, &programs.npm)?;
    }
    let application = cargo::build(project, &[], &project.name()?)?;
    let databases = Databases::create(project).await?;
    seed(project, &application, &databases)?;
    let mut environment: Environment = databases.variables().collect();
    environment.insert("APP_BIN", application.display().to_string());
    environment.extend(programs.browser.variables());
    if arguments.environment {
        print_and_wait(&environment).await?;
        return Ok(ExitCode::SUCCESS);
    }
    test(&folder, &programs.node, &environment, &arguments.arguments).await
}

/// Where the tests are.
fn folder(project: &Project) -> PathBuf {
    project.folder().join("tests/browser")
}

/// Lets the application put in its demo data.
fn seed(project: &Project, application: &Path, databases: &Databases) -> Result<()> {
    let mut command = Command::new(application);
    cargo::forget_this_program(&mut command);
    let status = command
        .arg("seed")
        .current_dir(project.folder())
        .env("APP_ENV", "development")
        .envs(databases.variables())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| Error::new(format!("the application could not be started: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(
        Error::new("the seeds are not in the database; see the error above")
            .hint("cargo test seed::"),
    )
}

/// Prints the environment, and waits until this program's input is closed or it is interrupted: the databases exist until
/// then.
async fn print_and_wait(environment: &Environment) -> Result<()> {
    let interrupted = interrupted()?;
    ui::result(&serde_json::to_string(environment)?);
    let (sender, closed) = oneshot::channel();
    // No task: nothing can cancel the reading, and the runtime would wait for it at the end.
    thread::spawn(move || {
        let read = io::copy(&mut io::stdin().lock(), &mut io::sink());
        sender.send(read).ok();
    });
    tokio::select! {
        Ok(read) = closed => drop(read?),
        () = interrupted => {}
    }
    Ok(())
}

/// Lets Playwright run the tests, and returns its exit code. Interrupted, it ends browsers and applications first, and
/// writes its report; interrupted again, it is killed.
async fn test(
    folder: &Path,
    node: &Path,
    environment: &Environment,
    arguments: &[String],
) -> Result<ExitCode> {
    let mut command = Command::new(node);
    cargo::forget_this_program(&mut command);
    command
        .current_dir(folder)
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .args(arguments)
        .envs(environment);
    let first = interrupted()?;
    let mut playwright = tokio::process::Command::from(command)
        .spawn()
        .map_err(|error| Error::new(format!("`node` could not be started: {error}")))?;
    let status = tokio::select! {
        biased;
        status = playwright.wait() => status?,
        () = first => {
            let second = interrupted()?;
            // By Ctrl-C it has had the signal from the terminal as well. It takes two within a second for one.
            if let Some(id) = playwright.id() {
                interrupt(id);
            }
            tokio::select! {
                status = playwright.wait() => status?,
                () = second => {
                    playwright.kill().await?;
                    return Ok(ExitCode::FAILURE);
                }
            }
        }
    };
    // Playwright has said which tests have failed, and where their traces are.
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}
