//! `heavy new --run`, and the question about it.

use std::path::Path;

use crate::commands::cargo;
use crate::error::{Error, Result};
use crate::project::cargo::become_it;
use crate::prompt::Prompt;
use crate::suggest::typed;
use crate::ui::Ui;

/// Hands over to `cargo dev` in the new project, or to `cargo run` where the template has no such alias.
pub(super) fn run(project: &Path, ui: Ui) -> Result<u8> {
    let verb = if has_dev(project) { "dev" } else { "run" };
    ui.status("Running", format_args!("cargo {verb} in {}", project.display()));
    let mut command = cargo(project);
    command.arg(verb);
    become_it(command).map_err(|error| {
        Error::system("the project is complete, but `cargo` could not be started")
            .because(error)
            .hint(format!("`cd {} && cargo {verb}` starts it once cargo is on the PATH", typed(project)))
    })
}

/// Asks whether to go on with `cargo dev`, where the project has it. Who stops here has a complete project all the same.
pub(super) fn is_wanted(project: &Path, prompt: &Prompt) -> bool {
    has_dev(project)
        && prompt.confirm("Build it and open it in the browser now (`cargo dev`)?", Some(true)).unwrap_or(false)
}

/// Whether the project's own settings of cargo have the alias `dev`.
fn has_dev(project: &Path) -> bool {
    let text = std::fs::read_to_string(project.join(".cargo/config.toml")).unwrap_or_default();
    let settings: toml::Table = toml::from_str(&text).unwrap_or_default();
    settings.get("alias").and_then(|alias| alias.get("dev")).is_some()
}
