//! The only module that prints, and the only one that asks.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where printing belongs"
)]

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use console::Term;

use crate::error::Error;

/// Whether the last line of the terminal is a progress, which the next text takes the place of.
static IN_PROGRESS: AtomicBool = AtomicBool::new(false);

/// The width of the terminal, if there is one to show progress on.
pub(crate) fn width() -> Option<u16> {
    let terminal = Term::stderr();
    terminal.is_term().then(|| terminal.size().1)
}

/// Shows how far something is, until the next text.
pub(crate) fn progress(text: &str) {
    if width().is_some() {
        IN_PROGRESS.store(true, Ordering::Relaxed);
        eprint!("\r{text}\u{1b}[K");
    }
}

/// Takes the progress away.
pub(crate) fn end_progress() {
    if IN_PROGRESS.swap(false, Ordering::Relaxed) {
        eprint!("\r\u{1b}[K");
    }
}
{%- if test_daemon %}

/// Lets the terminal show a notice on the desktop (OSC 9), if it can, and ring its bell.
pub(crate) fn notify(text: &str) {
    if width().is_some() {
        eprint!("\u{1b}]9;{text}\u{7}\u{7}");
    }
}
{%- endif %}

/// Whether what is said is shown in colours.
pub(crate) fn has_colors() -> bool {
    console::colors_enabled_stderr()
}

pub(crate) fn error(error: &Error) {
    end_progress();
    eprintln!("error: {error}");
}

pub(crate) fn warning(text: &str) {
    end_progress();
    eprintln!("warning: {text}");
}

/// What was done, or is about to be.
pub(crate) fn say(text: &str) {
    end_progress();
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
