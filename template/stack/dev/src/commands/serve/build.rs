//! Building, and what the compiler has to say.

use std::io::{self, BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::show::{Problem, plain};
use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// A program that was built.
pub(super) struct Build {
    pub(super) program: PathBuf,
    /// Whether it is the same as before.
    pub(super) fresh: bool,
}

impl Build {
    /// Builds the application, without a word about what goes well if it is to be `quiet`. Errors and warnings are printed as cargo prints them; the errors are returned, too.
    pub(super) async fn run(
        project: &Project,
        release: bool,
        quiet: bool,
    ) -> Result<std::result::Result<Self, Problem>> {
        let name = project.name()?;
        let mut command = cargo::command(project);
        command.args(["build", "--package", &name, "--bin", &name]);
        command.arg(match ui::has_colors() {
            true => "--message-format=json-diagnostic-rendered-ansi",
            false => "--message-format=json",
        });
        if release {
            command.arg("--release");
        }
        if quiet {
            command.arg("--quiet");
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = Building(command.spawn().map_err(cargo::not_started)?);
        let mut messages = Messages::new(name);
        if let Some(stdout) = child.0.stdout.take() {
            let read = move || {
                let lines = BufReader::new(stdout).lines();
                lines
                    .map_while(io::Result::ok)
                    .for_each(|line| messages.take(&line));
                messages
            };
            messages = tokio::task::spawn_blocking(read)
                .await
                .map_err(|error| Error::new(format!("the build has stopped: {error}")))?;
        }
        // It has closed its output, so this is its end.
        let status = child.0.wait().map_err(cargo::not_started)?;
        messages.success = status.success();
        messages.finish()
    }
}

/// Cargo at work, which ends with this command.
struct Building(Child);

impl Drop for Building {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Cargo's messages, one JSON object a line.
struct Messages {
    name: String,
    program: Option<PathBuf>,
    fresh: bool,
    errors: Vec<String>,
    success: bool,
}

impl Messages {
    fn new(name: String) -> Self {
        Self {
            name,
            program: None,
            fresh: false,
            errors: Vec::new(),
            success: false,
        }
    }

    fn take(&mut self, line: &str) {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            return;
        };
        if let Some(program) = message["executable"].as_str()
            && message["target"]["name"] == *self.name
        {
            self.program = Some(program.into());
            self.fresh = message["fresh"] == true;
        }
        let Some(rendered) = message["message"]["rendered"].as_str() else {
            return;
        };
        ui::say(rendered.trim_end());
        // The last one only counts the others.
        let counts = message["message"]["spans"]
            .as_array()
            .is_none_or(Vec::is_empty)
            && message["message"]["code"].is_null()
            && !self.errors.is_empty();
        if message["message"]["level"] == "error" && !counts {
            self.errors.push(plain(rendered).trim_end().to_owned());
        }
    }

    fn finish(mut self) -> Result<std::result::Result<Build, Problem>> {
        if !self.success {
            if self.errors.is_empty() {
                self.errors
                    .push("Cargo has said why in the terminal.".to_owned());
            }
            return Ok(Err(Problem {
                title: "The application cannot be built".to_owned(),
                texts: self.errors,
            }));
        }
        let Some(program) = self.program else {
            return Err(
                Error::new(format!("cargo has built no program `{}`", self.name))
                    .hint("the program of `Cargo.toml` has the name of the package"),
            );
        };
        Ok(Ok(Build {
            program,
            fresh: self.fresh,
        }))
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
