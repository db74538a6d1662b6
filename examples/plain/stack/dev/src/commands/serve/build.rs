//! Building, and what the compiler reports.

use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};
use console::strip_ansi_codes;

use super::overlay::Problem;
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
    /// Builds the application. Cargo shows its progress, unless `quiet`. Errors and warnings are printed; the errors are
    /// returned, too.
    pub(super) async fn run(
        project: &Project,
        release: bool,
        quiet: bool,
    ) -> Result<std::result::Result<Self, Problem>> {
        let name = project.name()?;
        let mut command = cargo::command(project);
        command.args(["build", "--bin", &name]);
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
                Message::parse_stream(BufReader::new(stdout))
                    .map_while(std::result::Result::ok)
                    .for_each(|message| messages.add(message));
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

/// What cargo's messages tell.
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

    fn add(&mut self, message: Message) {
        match message {
            Message::CompilerArtifact(artifact) if artifact.target.name == self.name => {
                if let Some(program) = artifact.executable {
                    self.program = Some(program.into());
                    self.fresh = artifact.fresh;
                }
            }
            Message::CompilerMessage(message) => self.report(&message.message),
            _ => {}
        }
    }

    fn report(&mut self, diagnostic: &Diagnostic) {
        let Some(rendered) = &diagnostic.rendered else {
            return;
        };
        ui::say(rendered.trim_end());
        // The last one only counts the others.
        let counts =
            diagnostic.spans.is_empty() && diagnostic.code.is_none() && !self.errors.is_empty();
        if diagnostic.level == DiagnosticLevel::Error && !counts {
            let text = strip_ansi_codes(rendered);
            self.errors.push(text.trim_end().to_owned());
        }
    }

    fn finish(mut self) -> Result<std::result::Result<Build, Problem>> {
        if !self.success {
            if self.errors.is_empty() {
                self.errors.push("The terminal shows the error.".to_owned());
            }
            return Ok(Err(Problem {
                title: "The application cannot be built".to_owned(),
                texts: self.errors,
            }));
        }
        let Some(program) = self.program else {
            return Err(
                Error::new(format!("cargo has built no program `{}`", self.name))
                    .hint("`default-run` in `Cargo.toml` names it"),
            );
        };
        Ok(Ok(Build {
            program,
            fresh: self.fresh,
        }))
    }
}
