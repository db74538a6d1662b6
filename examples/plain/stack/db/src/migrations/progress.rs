//! How far a backfill is: a bar on a terminal, else a line in the log now and then.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

use super::{Event, Filled};

/// How often the log tells.
const LOGGED: Duration = Duration::from_secs(10);
/// How wide the bar is, in characters.
const WIDTH: usize = 30;

/// Shows the events of a run of migrations.
#[derive(Debug, Default)]
pub struct Progress {
    logged: Option<Instant>,
    drawn: bool,
}

impl Progress {
    /// Shows how far a backfill is; returns the name of a migration that was applied.
    pub fn show(&mut self, event: Event<'_>) -> Option<String> {
        let (migration, filled) = match event {
            Event::Applied(migration) => {
                if std::mem::take(&mut self.drawn) {
                    draw("");
                }
                return Some(migration.name.clone());
            }
            Event::Filled(migration, filled) => (migration, filled),
        };
        if stderr().is_terminal() {
            draw(&format!("{} {}", migration.name, bar(filled)));
            self.drawn = true;
        } else if self.logged.is_none_or(|last| last.elapsed() >= LOGGED) {
            tracing::info!("`{}`: {filled}", migration.name);
            self.logged = Some(Instant::now());
        }
        None
    }
}

/// Draws a line in place of the last one.
fn draw(line: &str) {
    // Nobody is there to whom it matters that a bar could not be drawn.
    write!(stderr(), "\r\u{1b}[2K{line}").ok();
}

fn bar(filled: Filled) -> String {
    let Some(percent) = filled.percent() else {
        return filled.to_string();
    };
    let done = usize::try_from(percent).unwrap_or_default() * WIDTH / 100;
    format!(
        "[{}{}] {filled}",
        "#".repeat(done),
        ".".repeat(WIDTH - done)
    )
}
