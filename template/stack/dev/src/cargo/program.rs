//! Building a program of the project, to run it.

use std::path::PathBuf;
use std::process::Stdio;

use cargo_metadata::Message;

use super::{command, not_started};
use crate::error::{Error, Result};
use crate::project::Project;

/// Builds a program of the project, and returns its path, which depends on cargo's settings. `options` are cargo's, such
/// as `--release`; without `--package` it is a program of the application.
pub(crate) fn build(project: &Project, options: &[&str], program: &str) -> Result<PathBuf> {
    let output = command(project)
        .args(["build", "--bin", program])
        .args(options)
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit())
        .output()
        .map_err(not_started)?;
    if !output.status.success() {
        let options: String = options.iter().map(|option| format!(" {option}")).collect();
        return Err(
            Error::new(format!("`{program}` cannot be built; the errors are above"))
                .hint(format!("cargo build --bin {program}{options}")),
        );
    }
    find(&output.stdout, program)
        .ok_or_else(|| Error::new(format!("cargo has built no program `{program}`")))
}

/// The program of this name in cargo's messages.
fn find(messages: &[u8], name: &str) -> Option<PathBuf> {
    Message::parse_stream(messages)
        .map_while(std::result::Result::ok)
        .find_map(|message| match message {
            Message::CompilerArtifact(artifact) if artifact.target.name == name => {
                Some(PathBuf::from(artifact.executable?))
            }
            _ => None,
        })
}
