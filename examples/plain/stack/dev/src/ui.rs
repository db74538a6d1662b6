//! The only module that prints, and the only one that asks.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where printing belongs"
)]

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::error::Error;

/// Whether what is said is shown in colours.
pub(crate) fn has_colors() -> bool {
    console::colors_enabled_stderr()
}

pub(crate) fn error(error: &Error) {
    eprintln!("error: {error}");
}

pub(crate) fn warning(text: &str) {
    eprintln!("warning: {text}");
}

/// What was done, or is about to be.
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// What was asked for.
pub(crate) fn result(text: &str) {
    println!("{text}");
}

/// Asks, if somebody is there who can answer; no answer is `None`.
pub(crate) fn ask(question: &str) -> Option<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    loop {
        eprint!("{question} [y/n] ");
        std::io::stderr().flush().ok()?;
        let mut answer = String::new();
        if std::io::stdin().lock().read_line(&mut answer).ok()? == 0 {
            return None;
        }
        match answer.trim() {
            "y" | "yes" => return Some(true),
            "n" | "no" => return Some(false),
            _ => {}
        }
    }
}
