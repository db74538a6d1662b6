//! `cargo dev seed`

use std::process::ExitCode;

use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;

/// Lets the application put in its demo data, which it knows best.
pub(super) fn run(project: &Project) -> Result<ExitCode> {
    let mut command = cargo::command(project);
    command.args(["run", "--quiet", "--", "seed"]);
    let status = command.status().map_err(cargo::not_started)?;
    if status.success() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(
        Error::new("the seeds are not in the database; the errors are above")
            .hint("cargo dev seed"),
    )
}
