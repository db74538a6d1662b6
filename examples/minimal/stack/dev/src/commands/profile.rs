//! `cargo dev profile`: where the time goes, as a flame graph.
//!
//! The application is built as for a release, but with the names of its functions and with frame pointers, and
//! watched by the profiler of the system through the tool [`flamegraph`].

pub(super) mod flamegraph;
mod serve;
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::cargo::{self, Program};
use crate::cli::Profile;
use crate::error::{Error, Result};
use crate::project::Project;
use flamegraph::Flamegraph;

pub(super) async fn run(project: &Project, what: &Profile) -> Result<ExitCode> {
    let tool = Flamegraph::find()?;
    match what {
        Profile::Serve { duration, out } => serve::run(project, &tool, *duration, out).await,
        Profile::Test { filter, out } => tests::run(project, &tool, filter.as_deref(), out),
    }
}

/// Builds programs of the application to be looked at; `what` says which, in the words of cargo.
fn build(project: &Project, what: &[&str]) -> Result<Vec<Program>> {
    let mut command = cargo::command(project);
    command
        .args(what)
        .args(["--package", &project.name()?, "--profile", "profiling"])
        .env("RUSTFLAGS", rustflags(std::env::var_os("RUSTFLAGS")));
    cargo::programs(command)?.ok_or_else(|| {
        Error::new("the application cannot be built; why stands above")
            .hint("cargo build --profile profiling")
    })
}

/// With frame pointers, by which a profiler walks the stack at little cost.
fn rustflags(own: Option<OsString>) -> OsString {
    let mut flags = own.unwrap_or_default();
    if !flags.is_empty() {
        flags.push(" ");
    }
    flags.push("-C force-frame-pointers=yes");
    flags
}

/// A program of the application, to be run in the project's folder as cargo would.
fn program(project: &Project, path: &Path) -> Result<Command> {
    let mut command = Command::new(path);
    cargo::forget_this_program(&mut command);
    command
        .current_dir(project.folder())
        .env("CARGO_MANIFEST_DIR", absolute(project.folder())?);
    if project.setting("APP_ENV").is_none() {
        // A build like that of a release takes itself for one in production.
        command.env("APP_ENV", "development");
    }
    Ok(command)
}

/// A path that holds in every folder.
fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|error| Error::new(format!("`{}`: {error}", path.display())))
}

/// Where a picture goes; its folder is made.
fn place(path: &Path) -> Result<PathBuf> {
    let path = absolute(path)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            Error::new(format!(
                "the folder `{}` cannot be made: {error}",
                folder.display()
            ))
        })?;
    }
    Ok(path)
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn flags_that_are_set_are_kept() {
        assert_eq!(rustflags(None), "-C force-frame-pointers=yes");
        assert_eq!(
            rustflags(Some("-C target-cpu=native".into())),
            "-C target-cpu=native -C force-frame-pointers=yes"
        );
    }
}
