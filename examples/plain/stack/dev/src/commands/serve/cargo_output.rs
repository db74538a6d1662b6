//! What cargo writes to standard error: its progress, and what it has against the project's manifests.

use std::io::{BufReader, Read};

use console::strip_ansi_codes;

use crate::ui;

/// How many lines are kept.
const KEPT_LINES: usize = 30;

/// What cargo does, which it says of each package.
const STEPS: [&str; 7] = [
    "Compiling ",
    "Checking ",
    "Finished ",
    "Fresh ",
    "Dirty ",
    "Locking ",
    "Adding ",
];

/// Shows what cargo writes, until its end; returns what is no step of the build. Steps are shown only if `all`.
pub(super) fn show(stderr: impl Read, all: bool) -> String {
    let mut kept = Vec::new();
    let mut line = Vec::new();
    // A line ends with `\n`; one that ends with `\r` is the progress, which the next one takes the place of.
    for byte in BufReader::new(stderr).bytes().map_while(Result::ok) {
        if !matches!(byte, b'\n' | b'\r') {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line).replace("\u{1b}[K", "");
        let plain = strip_ansi_codes(&text).trim().to_owned();
        if byte == b'\r' {
            // Cargo fills it up with spaces, behind which `^C` would not be on the same line.
            ui::progress(text.trim_end());
        } else if STEPS.iter().any(|step| plain.starts_with(step)) {
            if all {
                ui::say(&text);
            }
        } else if !plain.is_empty() && !plain.starts_with("error: could not compile") {
            ui::say(&text);
            kept.push(plain);
            kept.truncate(KEPT_LINES);
        }
        line.clear();
    }
    ui::end_progress();
    kept.join("\n")
}
