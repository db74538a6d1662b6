//! What the hooks of a template may ask for while a project is rendered.

use std::path::Path;

use crate::error::{Error, Result};
use crate::hooks::{HookEnvironment, Host, NoHost};
use crate::project::hook_command;
use crate::prompt::Prompt;
use crate::suggest::typed;
use crate::tree::Tree;

/// Asks the person at the terminal, if there is one, and runs commands only with their consent.
pub(super) struct TerminalHost<'a> {
    pub(super) prompt: Option<&'a Prompt>,
    /// Consent given beforehand: `--allow-commands`.
    pub(super) allow_commands: bool,
    /// Where the project goes, as typed.
    pub(super) typed: &'a Path,
    /// The same from the root on.
    pub(super) absolute: &'a Path,
}

/// What a hook may know of the machine when the project goes to the path `as_typed`, which is `absolute` from the root on.
pub(super) fn environment(as_typed: &Path, absolute: &Path) -> HookEnvironment {
    let mut above = absolute.ancestors().skip(1);
    HookEnvironment {
        authors: None,
        username: std::env::var("USER").or_else(|_| std::env::var("USERNAME")).ok(),
        // What a hook says to type next is shorter with it.
        destination: if is_current(absolute) { ".".to_owned() } else { typed(as_typed) },
        within_cargo_project: above.any(|folder| folder.join("Cargo.toml").is_file()),
    }
}

fn is_current(folder: &Path) -> bool {
    std::env::current_dir().is_ok_and(|current| current == folder)
}

impl Host for TerminalHost<'_> {
    fn environment(&self) -> HookEnvironment {
        environment(self.typed, self.absolute)
    }

    fn ask_text(&mut self, prompt: &str, default: Option<&str>, regex: Option<&str>) -> Result<String> {
        match self.prompt {
            Some(person) => person.matching_text(prompt, default, regex),
            None => NoHost.ask_text(prompt, default, regex),
        }
    }

    fn ask_bool(&mut self, prompt: &str, default: bool) -> Result<bool> {
        match self.prompt {
            Some(person) => person.confirm(prompt, Some(default)),
            None => NoHost.ask_bool(prompt, default),
        }
    }

    fn ask_choice(&mut self, prompt: &str, default: &str, choices: &[String]) -> Result<String> {
        let Some(person) = self.prompt else { return NoHost.ask_choice(prompt, default, choices) };
        let labels: Vec<&str> = choices.iter().map(String::as_str).collect();
        let first = labels.iter().position(|label| *label == default).unwrap_or(0);
        person.choose(prompt, &labels, first).map(|chosen| choices[chosen].clone())
    }

    fn run_command(&mut self, command: &str, args: &[String], tree: &mut Tree) -> Result<String> {
        if !self.allow_commands {
            let Some(person) = self.prompt else { return NoHost.run_command(command, args, tree) };
            let line: Vec<&str> = std::iter::once(command).chain(args.iter().map(String::as_str)).collect();
            let question =
                format!("A hook of the template wants to run `{}`. Allow it?", line.join(" ").escape_debug());
            if !person.confirm(&question, Some(false))? {
                return Err(Error::declined());
            }
        }
        hook_command::run(command, args, tree)
    }
}
