//! Building a program of the project, to run it.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use super::{command, not_started};
use crate::error::{Error, Result};
use crate::project::Project;

/// Builds the program that is called like its package, in the release profile if `release`, and returns its path,
/// which depends on cargo's settings.
pub(crate) fn build(project: &Project, package: &str, release: bool) -> Result<PathBuf> {
    let mut command = command(project);
    command.args(["build", "--package", package, "--bin", package]);
    if release {
        command.arg("--release");
    }
    let output = command
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(not_started)?;
    if !output.status.success() {
        let release = if release { " --release" } else { "" };
        return Err(
            Error::new(format!("`{package}` cannot be built; why stands above"))
                .hint(format!("cargo build{release} --package {package}")),
        );
    }
    find(&String::from_utf8_lossy(&output.stdout), package)
        .ok_or_else(|| Error::new(format!("cargo has built no program `{package}`")))
}

/// The program of this name in cargo's messages, one JSON object a line.
fn find(messages: &str, name: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
