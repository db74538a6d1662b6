//! A terminal that is written to line by line, with one line at the bottom that changes.
//!
//! While keys are read one by one the terminal is in raw mode, in which the end of a line does not lead to the
//! beginning of the next: everything that is printed then has to go through here.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use console::Style;
use crossterm::terminal;

/// How a word looks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    Good,
    Bad,
    Loud,
}

#[derive(Debug)]
struct Screen {
    /// The line at the bottom; empty if there is none.
    bottom: String,
    raw: bool,
}

static SCREEN: Mutex<Screen> = Mutex::new(Screen {
    bottom: String::new(),
    raw: false,
});

fn screen() -> MutexGuard<'static, Screen> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether somebody sees it as it comes.
pub(crate) fn is_seen() -> bool {
    std::io::stderr().is_terminal()
}

/// A line that stays, above the one at the bottom.
pub(crate) fn line(text: &str) {
    let screen = screen();
    let mut out = String::new();
    if !screen.bottom.is_empty() {
        out.push_str("\r\x1b[K");
    }
    let end = if screen.raw { "\r\n" } else { "\n" };
    for line in text.split('\n') {
        let _ = write!(out, "{line}{end}");
    }
    out.push_str(&screen.bottom);
    show(&out);
}

/// Sets the line at the bottom; an empty one takes it away. Nobody sees it in a file.
pub(crate) fn bottom(text: &str) {
    if !is_seen() {
        return;
    }
    let width = terminal::size().map_or(80, |(width, _)| usize::from(width));
    let mut screen = screen();
    screen.bottom = text.chars().take(width.saturating_sub(1)).collect();
    show(&format!("\r\x1b[K{}", screen.bottom));
}

fn show(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(text.as_bytes());
    let _ = err.flush();
}

/// Puts a look on words, where there are colours.
pub(crate) fn paint(look: Look, text: &str) -> String {
    let style = Style::new().for_stderr();
    let style = match look {
        Look::Good => style.green(),
        Look::Bad => style.red().bold(),
        Look::Loud => style.bold(),
    };
    style.apply_to(text).to_string()
}

/// Keys come one by one as long as this lives.
#[derive(Debug)]
pub(crate) struct Raw(());

impl Raw {
    /// None, if nobody can type.
    pub(crate) fn begin() -> Option<Self> {
        if !std::io::stdin().is_terminal() {
            return None;
        }
        terminal::enable_raw_mode().ok()?;
        screen().raw = true;
        Some(Self(()))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        bottom("");
        screen().raw = false;
        let _ = terminal::disable_raw_mode();
    }
}
