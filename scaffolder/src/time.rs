//! Time tracking: changes in a work tree become spans of work, spans become signed entries, entries a report.
//!
//! The way of an hour of work:
//!
//! 1. [`tracker`]: a stream of (moment, change) becomes [`tracker::Work`], what was seen between a first and a last change.
//! 2. [`log`]: each is a line of a log that survives a kill; reading it back pads and joins them into [`span`]s.
//! 3. [`chain`]: finished spans become entries, signed and chained, of a file that is committed.
//! 4. [`sheet`]: everybody's spans by day and by author; [`calendar`] is the same as a picture.
//!
//! These look at neither disk nor clock. What does:
//!
//! - [`paths`] finds the folder, [`ignore_filter`] knows what git ignores, [`watcher`] reports changes, `change_source`
//!   chooses between it and polling, [`recorder`] follows them into the [`log_store`];
//! - [`cement`](mod@cement) signs with the [`key`]; [`committed`] is what was committed.
//!
//! Everything lies in the folder that all work trees of a repository share, so that a work tree that is removed takes no time
//! with it and nothing of it is ever committed:
//!
//! ```text
//! <common git dir>/heavy/time/
//!     main.jsonl         the log of the main work tree; tree-NAME.jsonl of a linked one
//!     main.lock          locked by whoever watches that work tree
//!     main.run           who that is
//!     main.stop          made to ask it to end
//!     main.err           its standard error when it runs in the background
//!     cemented/*/*.jsonl what this clone has cemented, on whatever branch, by where it lay then
//!     cement.lock        locked while somebody cements
//! ```
//!
//! Moments are whole seconds since 1970 in UTC; only a report knows a time zone.

pub mod calendar;
pub mod cement;
pub mod chain;
mod change_source;
pub mod committed;
pub mod days;
mod files;
pub mod ignore_filter;
pub mod key;
pub mod log;
pub mod log_store;
pub mod paths;
pub mod recorder;
pub mod sheet;
pub mod span;
pub mod tracker;
pub mod watcher;

/// When work begins and ends, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// So long without a change, and the work has ended with the last one.
    pub idle: i64,
    /// What is counted before a first change: somebody thought and typed before the file was saved.
    pub before: i64,
    /// What is counted after a last change.
    pub after: i64,
    /// A log that is written at most so often loses at most this by a kill.
    pub heartbeat: i64,
}

impl Rules {
    /// The rules that everybody has.
    pub const USUAL: Self = Self { idle: 5 * 60, before: 2 * 60, after: 60, heartbeat: 60 };
}

/// `1:05` for 65 minutes: hours and minutes, rounded to the nearest minute.
#[must_use]
pub fn clock(seconds: i64) -> String {
    let minutes = (seconds + 30) / 60;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// A moment as it is stored: `2026-11-27T09:12:00Z`.
#[must_use]
pub fn stored(moment: i64) -> String {
    jiff::Timestamp::from_second(moment).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

/// A stored moment.
#[must_use]
pub fn moment(stored: &str) -> Option<i64> {
    stored.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_read_as_hours_and_minutes() {
        assert_eq!(clock(0), "0:00");
        assert_eq!(clock(29), "0:00");
        assert_eq!(clock(30), "0:01");
        assert_eq!(clock(3599), "1:00");
        assert_eq!(clock(65 * 60), "1:05");
    }

    #[test]
    fn a_stored_moment_comes_back() {
        assert_eq!(moment(&stored(1_795_770_720)), Some(1_795_770_720));
    }
}
