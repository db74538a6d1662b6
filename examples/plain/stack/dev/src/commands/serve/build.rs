//! Building, and what the compiler reports.

use std::io::BufReader;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::SystemTime;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};
use console::strip_ansi_codes;

use super::cargo_output;
use super::overlay::Problem;
use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::signal::end_group;
use crate::ui;

/// A program that was built.
pub(super) struct Build {
    pub(super) program: PathBuf,
    /// Whether it is the same as before.
    pub(super) fresh: bool,
}

/// The end of a build.
pub(super) struct Ended {
    /// The program, or what is wrong with its code.
    pub(super) outcome: std::result::Result<Build, Problem>,
    /// When each build script last began and ended.
    pub(super) scripts: Vec<RangeInclusive<SystemTime>>,
}

impl Build {
    /// Builds the application. Cargo's progress is shown on a terminal, and its steps unless `quiet`. Errors and warnings are
    /// printed; the errors are returned, too.
    pub(super) async fn run(project: &Project, release: bool, quiet: bool) -> Result<Ended> {
        let name = project.name()?;
        let mut command = cargo::command(project);
        command.args(["build", "--bin", &name]);
        command.arg("--message-format=json-diagnostic-rendered-ansi");
        if release {
            command.arg("--release");
        }
        let colors = if ui::has_colors() { "always" } else { "never" };
        command.env("CARGO_TERM_COLOR", colors);
        if let Some(width) = ui::width() {
            command.env("CARGO_TERM_PROGRESS_WHEN", "always");
            command.env("CARGO_TERM_PROGRESS_WIDTH", width.to_string());
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Compilers and build scripts end with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = Building(command.spawn().map_err(cargo::not_started)?);
        let output = child.0.stderr.take();
        let output = tokio::task::spawn_blocking(move || {
            output.map_or_else(String::new, |stderr| cargo_output::show(stderr, !quiet))
        });
        let mut messages = Messages::new(name);
        let stopped = |error| Error::new(format!("the build has stopped: {error}"));
        if let Some(stdout) = child.0.stdout.take() {
            let read = move || {
                Message::parse_stream(BufReader::new(stdout))
                    .map_while(std::result::Result::ok)
                    .for_each(|message| messages.add(message));
                messages
            };
            messages = tokio::task::spawn_blocking(read).await.map_err(stopped)?;
        }
        let output = output.await.map_err(stopped)?;
        // It has closed its output, so this is its end.
        let status = child.0.wait().map_err(cargo::not_started)?;
        messages.success = status.success();
        if messages.errors.is_empty() {
            messages.errors.push(output);
        }
        let scripts = std::mem::take(&mut messages.scripts);
        Ok(Ended {
            outcome: messages.finish()?,
            scripts,
        })
    }
}

/// Cargo at work, which ends with this command.
struct Building(Child);

impl Drop for Building {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            end_group(self.0.id(), false);
            self.0.wait().ok();
        }
    }
}

/// What cargo's messages tell.
struct Messages {
    name: String,
    program: Option<PathBuf>,
    fresh: bool,
    scripts: Vec<RangeInclusive<SystemTime>>,
    errors: Vec<String>,
    success: bool,
}

impl Messages {
    fn new(name: String) -> Self {
        Self {
            name,
            program: None,
            fresh: false,
            scripts: Vec::new(),
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
            Message::BuildScriptExecuted(script) => {
                self.scripts.extend(when_it_ran(script.out_dir.as_ref()));
            }
            Message::CompilerMessage(message) => self.report(&message.message),
            _ => {}
        }
    }

    fn report(&mut self, diagnostic: &Diagnostic) {
        let Some(rendered) = &diagnostic.rendered else {
            return;
        };
        let rendered = rendered.trim_end();
        match ui::has_colors() {
            true => ui::say(rendered),
            false => ui::say(&strip_ansi_codes(rendered)),
        }
        // The last one only counts the others.
        let counts =
            diagnostic.spans.is_empty() && diagnostic.code.is_none() && !self.errors.is_empty();
        if diagnostic.level == DiagnosticLevel::Error && !counts {
            self.errors.push(rendered.to_owned());
        }
    }

    fn finish(self) -> Result<std::result::Result<Build, Problem>> {
        if !self.success {
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

/// Cargo writes one file beside a build script's `OUT_DIR` when it starts, and others when it has ended, of which `output` is
/// given the time of the start.
fn when_it_ran(out_dir: &Path) -> Option<RangeInclusive<SystemTime>> {
    let [begun, ended] = ["invoked.timestamp", "root-output"];
    Some(modified(&out_dir.with_file_name(begun))?..=modified(&out_dir.with_file_name(ended))?)
}

/// When a file was last written.
pub(super) fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}
