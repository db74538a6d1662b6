//! What keys mean.

use std::io::{IsTerminal as _, stdin};
use std::thread;

use console::{Key, Term};
use tokio::sync::mpsc::UnboundedSender;

use super::events::Event;
use crate::ui;

/// A command that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyCommand {
    All,
    Failed,
    /// Only tests with this in their name; empty is all.
    Filter(String),
    StopAtFirst,
    Help,
    Quit,
}

pub(super) const HELP: &str = "  Enter, a   run all tests
  r          run those that failed last time
  f          type a part of a name, and run only tests that have it; nothing is all again
  s          stop at the first failure, or not
  h          this
  q, Ctrl-C  quit";

/// Hands on what is typed, if somebody is there who can type.
pub(super) fn listen(events: &UnboundedSender<Event>) {
    let terminal = Term::stderr();
    if !stdin().is_terminal() || !terminal.is_term() {
        return;
    }
    let events = events.clone();
    // A thread, because reading a terminal cannot be given up.
    thread::spawn(move || {
        while let Ok(key) = terminal.read_key_raw() {
            let command = match command(&key) {
                Some(KeyCommand::Filter(_)) => {
                    ui::say("tests with this in their name:");
                    let typed = terminal.read_line().unwrap_or_default();
                    KeyCommand::Filter(typed.trim().to_owned())
                }
                Some(command) => command,
                None => continue,
            };
            // Reading once more would change the terminal's mode while the process ends.
            let is_last = command == KeyCommand::Quit;
            if events.send(Event::Key(command)).is_err() || is_last {
                return;
            }
        }
    });
}

fn command(key: &Key) -> Option<KeyCommand> {
    match key {
        Key::Enter | Key::Char('a') => Some(KeyCommand::All),
        Key::Char('r') => Some(KeyCommand::Failed),
        Key::Char('f' | '/') => Some(KeyCommand::Filter(String::new())),
        Key::Char('s') => Some(KeyCommand::StopAtFirst),
        Key::Char('h' | '?') => Some(KeyCommand::Help),
        Key::Char('q') | Key::CtrlC => Some(KeyCommand::Quit),
        _ => None,
    }
}
