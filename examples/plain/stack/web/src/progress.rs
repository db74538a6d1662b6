//! How far a long piece of work is, and how a command shows it.

use std::io::{self, Write};

/// How far it is. What is told of it goes to whoever waits; the work itself never prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Items that are done: just now, or before.
    pub done: u64,
    /// Items in all, as many as there were at the start.
    pub total: u64,
}

impl Progress {
    /// Nothing done yet, of `total`; a count from a database is never negative.
    pub fn of(total: i64) -> Self {
        Self {
            done: 0,
            total: u64::try_from(total).unwrap_or_default(),
        }
    }

    /// `count` more are done. Never more than all, though others may add items meanwhile.
    pub fn advance(&mut self, count: usize) {
        self.done = self.total.min(self.done + count as u64);
    }
}

/// Shows what it hears on stderr, so that stdout stays for results: a line at the start, whenever another tenth is done, and
/// at the end. `what` is done to the items: "encrypting phone numbers".
pub fn on_stderr(what: &'static str) -> impl FnMut(Progress) + Send {
    let mut lines = Lines { what, last: None };
    move |progress| lines.write(progress, &mut io::stderr())
}

struct Lines {
    what: &'static str,
    /// The tenth that the last line was about.
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
