//! The only module that prints.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where printing belongs"
)]

use std::io::IsTerminal as _;

use serde_json::Value;

use crate::{Error, crowd::Measured, verdict::short};

/// What went wrong.
pub fn error(error: &Error) {
    eprintln!("error: {error}");
}

/// What is done.
pub fn say(text: &str) {
    eprintln!("{text}");
}

/// What was asked for.
pub fn result(value: &Value) {
    println!("{value:#}");
}

/// How it goes: a line that is written over on a terminal, one now and then elsewhere.
pub fn progress(measured: &Measured) {
    let Some(now) = measured.moments.last() else {
        return;
    };
    let line = format!(
        "{:>5} s  {:>6} users  {:>5} live  {:>8}/s  p50 {} ms  p99 {} ms  {} errors",
        short(now.at),
        now.users,
        now.connected,
        short(now.answers),
        short(now.p50),
        short(now.p99),
        measured.counts.failures(),
    );
    if std::io::stderr().is_terminal() {
        eprint!("\r\u{1b}[2K{line}");
    } else if measured.moments.len() % 5 == 1 {
        eprintln!("{line}");
    }
}

/// After the last [`progress`].
pub fn progress_ends() {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
}
