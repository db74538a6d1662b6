//! The only module that prints.
//!
//! Results (a list, a finding, JSON) go to standard output, everything about the work itself to standard error, so
//! that results can be piped. Colours appear only where a terminal shows them; `NO_COLOR` turns them off.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the module that prints")]

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use console::{Color, StyledObject, style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;

use crate::diff::{self, Line};
use crate::error::{Error, Kind, Result};

/// The spinner on the screen, if there is one: whatever is printed has to get past it.
static SPINNER: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Whether a JSON object was written to standard output, on which there is to be one and no more.
static HAS_WRITTEN_JSON: AtomicBool = AtomicBool::new(false);

/// How much is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ui {
    quiet: bool,
    json: bool,
}

impl Ui {
    /// `quiet` leaves only results and errors; `json` turns the result into one JSON object.
    #[must_use]
    pub const fn new(quiet: bool, json: bool) -> Self {
        Self { quiet, json }
    }

    /// One thing that was done: `   Created my-app`.
    pub fn status(&self, verb: &str, text: impl Display) {
        if !self.silent() {
            say(&format!("{:>12} {text}", styled(verb).green().bold()));
        }
    }

    /// Something worth knowing that stops nothing.
    pub fn note(&self, text: impl Display) {
        if !self.silent() {
            say(&format!("{} {text}", styled("note:").cyan().bold()));
        }
    }

    /// Something that failed without stopping the command; nothing is lost by it.
    pub fn warning(&self, error: &Error) {
        if !self.silent() {
            describe(&styled("warning:").yellow().bold().to_string(), error);
        }
    }

    /// A line of its own, as it is.
    pub fn line(&self, text: impl Display) {
        if !self.silent() {
            say(&text.to_string());
        }
    }

    /// A part of the result, on standard output, as it is.
    ///
    /// # Errors
    /// Standard output cannot be written; a reader that went away (`| head`) is no error.
    pub fn result(&self, text: impl Display) -> Result<()> {
        clear_spinner();
        match writeln!(io::stdout().lock(), "{text}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::system("cannot write to standard output").because(error))
            }
            _ => Ok(()),
        }
    }

    /// A line of a plan, `    update    src/routes.rs`: as the result, or before the question whether to do it.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub fn planned(&self, action: &str, subject: impl Display, as_result: bool) -> Result<()> {
        let colour = action_colour(action);
        let action = style(format!("{action:<8}"));
        let action = colour.map_or(action.clone(), |colour| action.fg(colour));
        if as_result {
            return self.result(format_args!("    {action}  {subject}"));
        }
        self.line(format_args!("    {}  {subject}", action.for_stderr()));
        Ok(())
    }

    /// A difference, in the colours that git uses: as the result, or before the question whether to do it.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub fn difference(&self, lines: &[Line], as_result: bool) -> Result<()> {
        for Line { kind, text } in lines {
            let text = style(text);
            let text = match kind {
                diff::Kind::Header => text.bold(),
                diff::Kind::Hunk => text.cyan(),
                diff::Kind::Added => text.green(),
                diff::Kind::Removed => text.red(),
                diff::Kind::Context => text,
            };
            if as_result {
                self.result(text)?;
            } else {
                self.line(text.for_stderr());
            }
        }
        Ok(())
    }

    /// The whole result as one JSON object.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub fn json(&self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Error::system("cannot write the result as JSON").because(error))?;
        HAS_WRITTEN_JSON.store(true, Ordering::Relaxed);
        self.result(text)
    }

    /// Whether the result is wanted as JSON.
    #[must_use]
    pub const fn wants_json(&self) -> bool {
        self.json
    }

    /// Shows that something takes its time, until the guard is dropped. A terminal gets a spinner, anything else nothing.
    #[must_use]
    pub fn busy(&self, text: &str) -> Spinner {
        if !self.silent() && console::user_attended_stderr() {
            let spinner = ProgressBar::new_spinner().with_message(text.to_owned());
            if let Ok(style) = ProgressStyle::with_template("{spinner:.green} {wide_msg}") {
                spinner.set_style(style);
            }
            spinner.enable_steady_tick(Duration::from_millis(100));
            *SPINNER.lock().unwrap_or_else(PoisonError::into_inner) = Some(spinner);
        }
        Spinner { text: text.to_owned() }
    }

    /// A line that says how things stand and changes as they do, until the guard is dropped; only on a terminal. It costs
    /// nothing while it stays the same.
    #[must_use]
    pub fn live(&self) -> StatusLine {
        let bar = (!self.silent() && console::user_attended_stderr()).then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
                bar.set_style(style);
            }
            bar
        });
        StatusLine { bar }
    }

    const fn silent(&self) -> bool {
        self.quiet || self.json
    }
}

/// While it lives, something is going on.
#[derive(Debug)]
pub struct Spinner {
    text: String,
}

impl Spinner {
    /// Says what exactly is going on.
    pub fn now(&self, detail: &str) {
        if let Some(spinner) = SPINNER.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            spinner.set_message(format!("{}: {detail}", self.text));
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        clear_spinner();
    }
}

/// A line that changes.
#[derive(Debug)]
pub struct StatusLine {
    bar: Option<ProgressBar>,
}

impl StatusLine {
    /// What it says from now on.
    pub fn now(&self, text: &str) {
        if let Some(bar) = self.bar.as_ref().filter(|bar| bar.message() != text) {
            bar.set_message(text.to_owned());
            bar.tick();
        }
    }

    /// Steps out of the way of what is printed meanwhile.
    pub fn aside(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Prints clap's help, in colour where a terminal shows it, and returns the exit code.
#[must_use]
pub fn help(text: &clap::builder::StyledStr) -> u8 {
    let shown = if console::colors_enabled() { text.ansi().to_string() } else { text.to_string() };
    // A reader that went away (`| head`) is no error.
    drop(write!(io::stdout().lock(), "{shown}"));
    0
}

/// Says why the command ends without what was asked for; with `json` as one object, on standard output unless the result stands
/// there already (a move with conflicts), and then on standard error. A "no" to a question is said as what it is.
pub fn error(error: &Error, json: bool) {
    if error.kind == Kind::Declined {
        return Ui::new(false, json).status("Declined", &error.message);
    }
    if !json {
        return describe(&styled("error:").red().bold().to_string(), error);
    }
    clear_spinner();
    let object = json!({
        "error": {
            "kind": error.kind.name(),
            "code": error.kind.exit_code(),
            "message": error.message,
            "causes": error.causes,
            "hints": error.hints,
        }
    });
    // Nobody is left to tell that standard output cannot be written.
    if HAS_WRITTEN_JSON.load(Ordering::Relaxed) {
        say(&object.to_string());
    } else {
        drop(writeln!(io::stdout().lock(), "{object:#}"));
    }
}

fn describe(what: &str, error: &Error) {
    clear_spinner();
    say(&format!("{what} {error}"));
    for cause in &error.causes {
        say(&format!("{} {}", styled("caused by:").red(), cause.trim_end().replace('\n', "\n    ")));
    }
    for hint in &error.hints {
        say(&format!("{} {hint}", styled("hint:").cyan().bold()));
    }
}

/// Says that a signal ended the command, whose exit code it returns. A prompt may have hidden the cursor.
#[must_use]
pub fn stopped() -> u8 {
    clear_spinner();
    if console::user_attended_stderr() {
        drop(console::Term::stderr().show_cursor());
        // A question may stand on the line, or the terminal's own `^C`.
        say("");
    }
    error(&Error::new(Kind::Stopped, "stopped; nothing was left behind"), false);
    Kind::Stopped.exit_code()
}

/// The colours that git gives to what is added, removed and in conflict.
fn action_colour(action: &str) -> Option<Color> {
    match action {
        "create" => Some(Color::Green),
        "delete" => Some(Color::Red),
        "conflict" => Some(Color::Magenta),
        "keep" => Some(Color::Yellow),
        _ => None,
    }
}

fn clear_spinner() {
    if let Some(spinner) = SPINNER.lock().unwrap_or_else(PoisonError::into_inner).take() {
        spinner.finish_and_clear();
    }
}

fn styled(text: &str) -> StyledObject<&str> {
    style(text).for_stderr()
}

/// Writes a line to standard error. If even that fails there is nobody left to tell.
fn say(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}
