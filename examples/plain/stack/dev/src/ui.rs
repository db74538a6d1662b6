//! The only module that prints, and the only one that asks.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where printing belongs"
)]

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::error::Error;

/// Shows what the machinery reports while something takes long.
pub(crate) fn log() {
    // The server's own notices are for whoever typed the statements.
    let shown = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("sqlx", LevelFilter::ERROR);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_level(false)
        .without_time()
        .with_ansi(std::io::stderr().is_terminal());
    // Who has set one up already shows it there.
    drop(
        tracing_subscriber::registry()
            .with(lines)
            .with(shown)
            .try_init(),
    );
}

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
