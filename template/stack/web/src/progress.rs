//! How far a long piece of work is.

mod terminal;

pub use terminal::on_stderr;

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
