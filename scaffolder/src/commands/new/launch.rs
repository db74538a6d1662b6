//! `heavy new --run`.

use std::path::Path;

use crate::commands::cargo;
use crate::error::{Error, Result};
use crate::project::cargo::become_it;
use crate::ui::Ui;

/// Hands over to `cargo run` in the new project.
pub(super) fn run(project: &Path, ui: Ui) -> Result<u8> {
    ui.status("Running", format_args!("cargo run in {}", project.display()));
    let mut command = cargo(project);
    command.arg("run");
    become_it(command).map_err(|error| {
        Error::system("the project is complete, but `cargo` could not be started")
            .because(error)
            .hint(format!("`cd {} && cargo run` starts it once cargo is on the PATH", project.display()))
    })
}
