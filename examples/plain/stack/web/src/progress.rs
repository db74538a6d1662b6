//! The progress of a long command.

use std::io::{self, Write};

/// The progress of a job. The job passes it to a callback; only the command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The number of finished items.
    pub done: u64,
    /// The number of all items, counted at the start.
    pub total: u64,
}

impl Progress {
    /// No progress yet, of `total` items; a count from a database is never negative.
    pub fn of(total: i64) -> Self {
        Self {
            done: 0,
            total: u64::try_from(total).unwrap_or_default(),
        }
    }

    /// Adds `count` finished items. `done` never exceeds `total`, even if items are added concurrently.
    pub fn advance(&mut self, count: usize) {
        self.done = self.total.min(self.done + count as u64);
    }
}

/// A callback that prints the progress to stderr, since stdout is for results: a line at the start, after each tenth, and at the
/// end. `what` describes the job: "re-encrypting values".
pub fn on_stderr(what: &'static str) -> impl FnMut(Progress) + Send {
    let mut lines = Lines { what, last: None };
    move |progress| lines.write(progress, &mut io::stderr())
}

struct Lines {
    what: &'static str,
    /// The tenth of the last line.
    last: Option<u64>,
}

impl Lines {
    fn write(&mut self, Progress { done, total }: Progress, to: &mut dyn Write) {
        let tenth = (done * 10).checked_div(total).unwrap_or(10);
        if self.last.is_none_or(|last| last < tenth) {
            self.last = Some(tenth);
            // The work goes on if nobody reads.
            writeln!(to, "{}: {done} of {total}", self.what).ok();
        }
    }
}
