//! Cargo, the one that runs this command.

use std::process::Command;

use crate::error::Error;
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
