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
    let mut command = command(project);
    command
        .args(["build", "--package", &name, "--bin", &name])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit());
    let output = command.output().map_err(not_started)?;
    if !output.status.success() {
        return Err(
            Error::new("the application cannot be built; why stands above").hint("cargo build"),
        );
    }
    let programs = programs(&String::from_utf8_lossy(&output.stdout));
    let application = programs.into_iter().find(|program| program.name == name);
    application.map(|program| program.path).ok_or_else(|| {
        Error::new(format!("cargo has built no program `{name}`"))
            .hint("the program of `Cargo.toml` has the name of the package")
    })
}

/// Builds the program of a package of the project with optimisation, and returns where it is.
pub(crate) fn build_release(project: &Project, package: &str) -> Result<PathBuf> {
    let mut command = command(project);
    command
        .args(["build", "--release", "--package", package, "--bin", package])
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit());
    let output = command.output().map_err(not_started)?;
    if !output.status.success() {
        return Err(
            Error::new(format!("`{package}` cannot be built; why stands above"))
                .hint(format!("cargo build --release --package {package}")),
        );
    }
    let programs = programs(&String::from_utf8_lossy(&output.stdout));
    let program = programs.into_iter().find(|program| program.name == package);
    program
        .map(|program| program.path)
        .ok_or_else(|| Error::new(format!("cargo has built no program `{package}`")))
}

/// A program that cargo has built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Of the target; the tests of a library have its name.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// The programs in cargo's messages, one JSON object a line.
pub(crate) fn programs(messages: &str) -> Vec<Program> {
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
        assert_eq!(programs(messages), [shop]);
    }
}
