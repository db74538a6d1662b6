//! `cargo dev seed`

use std::process::{Command, ExitCode};

use crate::error::{Error, Result};
use crate::project::Project;

/// Lets the application put in its demo data, which it knows best.
pub(super) fn run(project: &Project) -> Result<ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "run",
            "--quiet",
            "--package",
            &project.name()?,
            "--",
            "seed",
        ])
        .current_dir(project.folder());
    // What cargo has set for this program is not the application's.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            command.env_remove(name);
        }
    }
    let status = command
        .status()
        .map_err(|error| Error::new(format!("cargo could not be started: {error}")))?;
    if status.success() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Error::new("the seeds are not in the database; why stands above").hint("cargo dev seed"))
}
