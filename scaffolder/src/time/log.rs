//! The log of a work tree: a line of JSON for each update of a stretch of work, of which the last one counts.
//!
//! A line that cannot be read (torn by a kill or a full disk, edited) costs itself and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::span::{self, Span};
use super::tracker::Work;
use super::{Rules, moment, stored};

#[derive(Deserialize, Serialize)]
struct Line {
    work: String,
    from: String,
    to: String,
    author: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    done: bool,
}

/// A stretch of work, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The work.
    pub work: Work,
    /// Who was there, as git names people: `Ada <ada@example.org>`.
    pub author: String,
}

/// A log, read.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// What is known of each stretch of work, by its name.
    pub works: BTreeMap<String, Logged>,
    /// The numbers of lines that cannot be read, and why.
    pub damaged: Vec<(usize, String)>,
}

/// The line that says this, with its end.
#[must_use]
pub fn line(work: &Work, author: &str) -> String {
    let line = Line {
        work: work.id.clone(),
        from: stored(work.from),
        to: stored(work.to),
        author: author.to_owned(),
        done: work.done,
    };
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}

/// Reads a log.
#[must_use]
pub fn read(bytes: &[u8]) -> Log {
    let mut log = Log::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match parse(line) {
            Ok(logged) => drop(log.works.insert(logged.work.id.clone(), logged)),
            Err(why) => log.damaged.push((index + 1, why)),
        }
    }
    log
}

/// The same log, as short as it can be.
#[must_use]
pub fn compact(log: &Log) -> String {
    log.works.values().map(|logged| line(&logged.work, &logged.author)).collect()
}

fn parse(line: &[u8]) -> Result<Logged, String> {
    let line: Line = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let from = moment(&line.from).ok_or_else(|| format!("`{}` is no moment", line.from))?;
    let to = moment(&line.to).ok_or_else(|| format!("`{}` is no moment", line.to))?;
    if to < from {
        return Err("it ends before it begins".to_owned());
    }
    Ok(Logged { work: Work { id: line.work, from, to, done: line.done }, author: line.author })
}

/// A log as time: padded, joined, never in the future.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// What is over and cannot change any more.
    pub finished: Vec<Span>,
    /// What still goes on, or has ended so lately that a change would continue it.
    pub open: Vec<Span>,
}

impl Spans {
    /// Both.
    #[must_use]
    pub fn all(&self) -> Vec<Span> {
        span::union(self.finished.iter().chain(&self.open).copied())
    }
}

/// The time that was worked, as far as it is known at `now`.
#[must_use]
pub fn spans<'a>(works: impl IntoIterator<Item = &'a Logged>, rules: Rules, now: i64) -> Spans {
    let (mut finished, mut open) = (Vec::new(), Vec::new());
    for Logged { work, .. } in works {
        let over = work.to.saturating_add(rules.after);
        let padded = Span::new(work.from.saturating_sub(rules.before), over.min(now));
        // A process that was killed cannot say that its work is done; then time does.
        if over <= now && (work.done || work.to.saturating_add(rules.idle) <= now) {
            finished.extend(padded);
        } else {
            open.extend(padded);
        }
    }
    Spans { finished: span::union(finished), open: span::union(open) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_780_800;

    fn logged(id: &str, from: i64, to: i64, done: bool) -> String {
        line(&Work { id: id.to_owned(), from: NOON + from, to: NOON + to, done }, "Ada <ada@example.org>")
    }

    fn finished(text: &str, now: i64) -> Vec<(i64, i64)> {
        let log = read(text.as_bytes());
        let spans = spans(log.works.values(), Rules::USUAL, NOON + now);
        spans.finished.iter().map(|span| (span.from() - NOON, span.to() - NOON)).collect()
    }

    #[test]
    fn the_last_line_of_a_name_counts() {
        let text = [logged("a", 0, 0, false), logged("a", 0, 600, false), logged("a", 0, 700, true)].concat();
        assert_eq!(finished(&text, 10_000), [(-120, 760)]);
    }

    #[test]
    fn work_whose_process_was_killed_is_finished_when_nothing_can_continue_it() {
        let text = logged("a", 0, 600, false);
        assert!(finished(&text, 899).is_empty());
        assert_eq!(finished(&text, 900), [(-120, 660)]);
    }

    #[test]
    fn padding_that_runs_into_the_next_work_is_counted_once() {
        let text = [logged("a", 0, 600, true), logged("b", 700, 900, true)].concat();
        assert_eq!(finished(&text, 10_000), [(-120, 960)]);
    }

    #[test]
    fn work_that_a_wrong_clock_put_into_the_future_waits() {
        let text = logged("a", 90_000, 90_600, true);
        assert!(finished(&text, 0).is_empty());
        let log = read(text.as_bytes());
        assert_eq!(spans(log.works.values(), Rules::USUAL, NOON), Spans::default());
        assert_eq!(finished(&text, 100_000).len(), 1);
    }

    #[test]
    fn damaged_lines_are_named_and_the_rest_is_kept() {
        let text = format!(
            "{}{{\"work\":\"b\",\"fr\n\n\u{0}\u{ff}rubbish\n{}{}{}",
            logged("a", 0, 600, true),
            logged("c", 1000, 900, true),
            logged("d", 2000, 2600, true),
            r#"{"work":"e","from":"2026-02-30T00:00:00Z","to":"now","author":"x"}"#,
        );
        let log = read(text.as_bytes());
        assert_eq!(log.works.keys().collect::<Vec<_>>(), ["a", "d"]);
        assert_eq!(log.damaged.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5, 7]);
    }

    #[test]
    fn a_log_made_short_says_the_same() {
        let text = [logged("a", 0, 0, false), logged("a", 0, 700, true), logged("b", 2000, 2100, false)].concat();
        let log = read(text.as_bytes());
        let short = compact(&log);
        assert_eq!(short.lines().count(), 2);
        assert_eq!(read(short.as_bytes()).works, log.works);
    }
}
