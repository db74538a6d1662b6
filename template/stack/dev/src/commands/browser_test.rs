//! `cargo dev browser-test`: the application, a fresh database and a real browser.
//!
//! 1. find the programs ([`programs`]) and the tests that were asked for ([`files`]);
//! 2. install what the tests need from npm ([`packages`]), and build the application;
//! 3. make a database of its own, with seeds;
//! 4. let Node run the tests. They start and stop the application themselves, so that a test can
//!    restart it in the middle: `tests/browser/support/`.

mod files;
mod keep;
mod packages;
mod programs;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::cargo;
use crate::cli::BrowserTest;
use crate::commands::run_databases::Databases;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;
use files::Chosen;
use programs::Programs;
pub(super) use programs::check;

/// Where the tests are, from the project's folder.
const FOLDER: &str = "tests/browser";

pub(super) async fn run(project: &Project, arguments: &BrowserTest) -> Result<ExitCode> {
    let programs = Programs::find(project)?;
    let chosen = Chosen::find(project.folder(), arguments.filter.as_deref())?;
    packages::install(&project.folder().join(FOLDER), &programs.npm)?;
    let application = cargo::build(project, &[], &project.name()?)?;
    let databases = Databases::create(project).await?;
    seed(project, &application, &databases)?;
    let passed = test(
        project,
        arguments,
        &programs,
        &chosen,
        &application,
        &databases,
    )?;
    if arguments.keep {
        keep::keep(databases, project).await?;
    }
    if passed {
        return Ok(ExitCode::SUCCESS);
    }
    Err(
        Error::new("a browser test failed; what happened stands above").hint(
            "`cargo dev browser-test --screenshots DIR` keeps a picture of the page on which one failed",
        ),
    )
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
    Err(Error::new("the seeds are not in the database; why stands above").hint("cargo test seed::"))
}

/// Runs the tests, and returns whether all have passed.
fn test(
    project: &Project,
    arguments: &BrowserTest,
    programs: &Programs,
    chosen: &Chosen,
    application: &Path,
    databases: &Databases,
) -> Result<bool> {
    let mut node = Command::new(&programs.node);
    cargo::forget_this_program(&mut node);
    node.current_dir(project.folder())
        .args(["--test", "--test-reporter=spec"])
        .args(chosen.pattern())
        .args(&chosen.files)
        .env("APP_BIN", application)
        .env("CHROMIUM", &programs.chromium)
        .env("HEADED", if arguments.headed { "1" } else { "" })
        .envs(databases.variables())
        .env_remove("SCREENSHOTS");
    if let Some(folder) = &arguments.screenshots {
        let folder = std::path::absolute(folder)
            .map_err(|error| Error::new(format!("`{}`: {error}", folder.display())))?;
        node.env("SCREENSHOTS", folder);
    }
    ui::say(&format!("running {}", chosen.describe()));
    let status = node
        .status()
        .map_err(|error| Error::new(format!("`node` could not be started: {error}")))?;
    Ok(status.success())
}
