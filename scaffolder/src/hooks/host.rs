//! What a hook asks of the outside.

use crate::error::{Error, Result};
use crate::tree::Tree;

/// What hooks can learn of the machine, as cargo-generate tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookEnvironment {
    /// `authors`: the user's name and mail address.
    pub authors: Option<String>,
    /// `username`: the user's name.
    pub username: Option<String>,
    /// `env::destination_directory`: where the project goes.
    pub destination: String,
    /// `within_cargo_project`: whether a folder above the project has a `Cargo.toml`.
    pub within_cargo_project: bool,
}

impl Default for HookEnvironment {
    fn default() -> Self {
        Self { authors: None, username: None, destination: ".".to_owned(), within_cargo_project: false }
    }
}

/// Answers what hooks ask with `variable::prompt`, `system::command` and `system::date`.
///
/// What is returned as an error stops the rendering with that error.
pub trait Host {
    /// What hooks can learn of the machine.
    fn environment(&self) -> HookEnvironment {
        HookEnvironment::default()
    }

    /// Asks for a text that matches `regex`, if there is one.
    ///
    /// # Errors
    /// Nobody can be asked, or they stopped.
    fn ask_text(&mut self, prompt: &str, default: Option<&str>, regex: Option<&str>) -> Result<String>;

    /// Asks yes or no.
    ///
    /// # Errors
    /// Nobody can be asked, or they stopped.
    fn ask_bool(&mut self, prompt: &str, default: bool) -> Result<bool>;

    /// Asks for one of several texts.
    ///
    /// # Errors
    /// Nobody can be asked, or they stopped.
    fn ask_choice(&mut self, prompt: &str, default: &str, choices: &[String]) -> Result<String>;

    /// Runs a command on the tree, if the person consents, and returns what it printed.
    ///
    /// # Errors
    /// No consent; or the command failed.
    fn run_command(&mut self, command: &str, args: &[String], tree: &mut Tree) -> Result<String>;

    /// Today's date in UTC: year, month, day.
    ///
    /// # Errors
    /// Unless it is implemented: what is rendered would change from day to day.
    fn today(&mut self) -> Result<(i64, i64, i64)> {
        Err(Error::template("a hook asks for the date, which would make every day's project another one"))
    }
}

/// Refuses whatever a hook asks: for tests, and where a template must do without.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {
    fn ask_text(&mut self, prompt: &str, _: Option<&str>, _: Option<&str>) -> Result<String> {
        Err(nobody(prompt))
    }

    fn ask_bool(&mut self, prompt: &str, _: bool) -> Result<bool> {
        Err(nobody(prompt))
    }

    fn ask_choice(&mut self, prompt: &str, _: &str, _: &[String]) -> Result<String> {
        Err(nobody(prompt))
    }

    fn run_command(&mut self, command: &str, _: &[String], _: &mut Tree) -> Result<String> {
        Err(Error::user(format!("a hook of the template wants to run `{}`", command.escape_debug()))
            .hint("read the template's hooks first, then add `--allow-commands`"))
    }
}

fn nobody(prompt: &str) -> Error {
    Error::user(format!("a hook asks \"{}\", and there is nobody to answer", prompt.escape_debug()))
        .hint("run `heavy new` in a terminal")
}
