//! How the application is built and run: by the cargo that runs this command.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::error::{Error, Result};
use crate::project::Project;

/// Cargo in the project.
pub(crate) fn command(project: &Project) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(project.folder());
    forget_this_program(&mut command);
    command
}

/// Takes away what cargo has set for this program, which is not for the application.
pub(crate) fn forget_this_program(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(name);
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is handed to `map_err` as it is"
)]
pub(crate) fn not_started(error: std::io::Error) -> Error {
    Error::new(format!("cargo could not be started: {error}"))
}

/// Builds the application, and returns where the program is, which depends on the settings of cargo.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    let name = project.name()?;
    let built = build_program(project, &name, &[])?.ok_or_else(|| {
        Error::new("the application cannot be built; why stands above").hint("cargo build")
    })?;
    find(built, &name)
}

/// Builds the program of a package of the project with optimisation, and returns where it is.
pub(crate) fn build_release(project: &Project, package: &str) -> Result<PathBuf> {
    let built = build_program(project, package, &["--release"])?.ok_or_else(|| {
        Error::new(format!("`{package}` cannot be built; why stands above"))
            .hint(format!("cargo build --release --package {package}"))
    })?;
    find(built, package)
}

/// Builds the program that is called like its package; none if it cannot be built.
fn build_program(project: &Project, package: &str, how: &[&str]) -> Result<Option<Vec<Program>>> {
    let mut command = command(project);
    command
        .arg("build")
        .args(how)
        .args(["--package", package, "--bin", package]);
    programs(command)
}

/// The program of this name among those that were built.
pub(crate) fn find(built: Vec<Program>, name: &str) -> Result<PathBuf> {
    let program = built.into_iter().find(|program| program.name == name);
    program.map(|program| program.path).ok_or_else(|| {
        Error::new(format!("cargo has built no program `{name}`"))
            .hint("the program of `Cargo.toml` has the name of the package")
    })
}

/// Lets cargo build, with what it has to say in the terminal, and returns the programs; none if it could not.
pub(crate) fn programs(mut command: Command) -> Result<Option<Vec<Program>>> {
    let output = command
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(not_started)?;
    let messages = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success().then(|| read(&messages)))
}

/// A program that cargo has built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Of the target; the tests of a library have its name.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// The programs in cargo's messages, one JSON object a line.
fn read(messages: &str) -> Vec<Program> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let programs = messages.filter_map(|message| {
        Some(Program {
            path: PathBuf::from(message["executable"].as_str()?),
            name: message["target"]["name"].as_str()?.to_owned(),
        })
    });
    programs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_among_the_messages_of_cargo() {
        let messages = r#"
            {"reason":"compiler-artifact","target":{"name":"app","kind":["lib"]},"executable":null}
            {"reason":"compiler-artifact","target":{"name":"shop","kind":["bin"]},"executable":"/t/debug/shop"}
            {"reason":"build-finished","success":true}"#;
        let shop = Program {
            name: "shop".to_owned(),
            path: "/t/debug/shop".into(),
        };
        assert_eq!(read(messages), [shop]);
    }
}
