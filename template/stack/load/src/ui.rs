//! The only module that prints.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where printing belongs"
)]

use std::io::IsTerminal as _;

use serde_json::Value;

use crate::{
    Error,
    metrics::{Results, short},
    stalls::MIN_STALL,
};

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

/// How the run goes: a line that is overwritten on a terminal, one now and then elsewhere.
pub fn progress(results: &Results) {
    let Some(sample) = results.timeline.last() else {
        return;
    };
    let silence = if sample.silence >= MIN_STALL.as_secs_f64() {
        format!("  nothing answered for {:.1} s", sample.silence)
    } else {
        String::new()
    };
    let line = format!(
        "{:>5} s  {:>6} users  {:>5} live  {:>8}/s  p50 {} ms  p99 {} ms  {} errors{silence}",
        short(sample.at),
        sample.users,
        sample.connected,
        short(sample.responses),
        short(sample.p50),
        short(sample.p99),
        results.counts.error_count(),
    );
    if std::io::stderr().is_terminal() {
        eprint!("\r\u{1b}[2K{line}");
    } else if results.timeline.len() % 5 == 1 {
        eprintln!("{line}");
    }
}

/// After the last [`progress`].
pub fn progress_ends() {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
}
