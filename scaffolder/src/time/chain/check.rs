//! What is wrong with a file of time, line by line.

use std::collections::BTreeSet;
use std::fmt::{self, Display};

use serde::Serialize;

use super::{Entry, FORMAT, Header, digest, is_signed, json};
use crate::hidden::{escaped, is_hidden};
use crate::time::span::{self, Span};
use crate::time::{moment, stored};

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The line, counted from 1.
    pub line: usize,
    /// The entry's number, where the line has one that can be read.
    pub entry: Option<u64>,
    /// When the entry begins, where it can be read.
    pub from: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        match (self.entry, &self.from) {
            (Some(entry), Some(from)) => write!(f, " (entry {entry}, {from})")?,
            (Some(entry), None) => write!(f, " (entry {entry})")?,
            _ => {}
        }
        write!(f, ": {}", self.what)
    }
}

/// A file, checked.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Whose it is, if the first line is in order.
    pub header: Option<Header>,
    /// The time of the entries that are in order, in the order of their lines.
    pub spans: Vec<Span>,
    /// What is wrong, from top to bottom.
    pub findings: Vec<Finding>,
}

/// Checks a file: every line by itself, and that none is missing between them.
#[must_use]
pub fn check(bytes: &[u8], now: i64) -> Checked {
    let mut checked = Checked::default();
    let mut find = |line: usize, what: &str| {
        checked.findings.push(Finding { line, entry: None, from: None, what: what.to_owned() });
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        let good = String::from_utf8_lossy(bytes);
        let line = good.split('\u{fffd}').next().unwrap_or_default().matches('\n').count() + 1;
        find(line, "it is no text");
        return checked;
    };
    let mut lines: Vec<&str> = text.split('\n').collect();
    // What follows the last line's end is nothing; anything else was cut off.
    let end = lines.pop().unwrap_or_default();
    let Some((first, entries)) = lines.split_first() else {
        find(1, if end.is_empty() { "the file is empty" } else { "the line is cut off" });
        return checked;
    };
    let header = match read_header(first) {
        Ok(header) => header,
        Err(what) => {
            find(1, &what);
            return checked;
        }
    };
    if !end.is_empty() {
        find(lines.len() + 1, "the line is cut off");
    }
    let mut walk = Walk::new(&header, entries, now);
    walk.before = Some(digest(first));
    for (index, line) in entries.iter().enumerate() {
        walk.step(index + 2, line);
    }
    checked.spans = walk.spans;
    checked.findings.extend(walk.findings);
    checked.findings.sort_by_key(|finding| finding.line);
    checked.header = Some(header);
    checked
}

/// What a file lacks of what was committed, or has in its place. Lines are only ever added to such a file.
#[must_use]
pub fn since_committed(bytes: &[u8], committed: &[u8]) -> Option<Finding> {
    if bytes.starts_with(committed) {
        return None;
    }
    let finding = |line, what: &str| Finding { line, entry: None, from: None, what: what.to_owned() };
    if committed.starts_with(bytes) && bytes.ends_with(b"\n") {
        let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        let (here, there) = (lines(bytes), lines(committed));
        let what = match there - here {
            1 => "1 entry is missing here, which the last commit has".to_owned(),
            lost => format!("{lost} entries are missing here, which the last commit has"),
        };
        return Some(finding(here + 1, &what));
    }
    let same = bytes.iter().zip(committed).take_while(|(here, there)| here == there).map(|(here, _)| here);
    let line = same.filter(|byte| **byte == b'\n').count() + 1;
    Some(finding(line, "it is signed, but it is not the line that was committed"))
}

fn read_header(line: &str) -> Result<Header, String> {
    if let Some(what) = foreign_text(line) {
        return Err(what.to_owned());
    }
    let header: Header =
        serde_json::from_str(line).map_err(|_| "it is not the first line of a file of time".to_owned())?;
    if header.format != FORMAT {
        return Err(format!("its format is {}, which this version of heavy does not know", header.format));
    }
    for (what, text) in [("author", &header.author), ("chain", &header.chain)] {
        if text.contains(is_hidden) {
            return Err(format!("its {what} has characters that cannot be seen: {}", escaped(text)));
        }
    }
    if json(&header) != line
        || moment(&header.begun).is_none()
        || !is_signed(&header.key, &header.signed(), &header.sig)
    {
        return Err("it was edited: the signature does not fit".to_owned());
    }
    Ok(header)
}

/// What git or an editor may leave in a file.
fn foreign_text(line: &str) -> Option<&'static str> {
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|marker| line.starts_with(marker)) {
        Some("a merge left its conflict marker")
    } else if line.trim().is_empty() {
        Some("an empty line was added")
    } else if line.ends_with('\r') {
        Some("its line ending was changed")
    } else {
        None
    }
}

struct Walk<'a> {
    header: &'a Header,
    now: i64,
    /// The numbers that the file has anywhere.
    numbers: BTreeSet<u64>,
    /// The number that should come next.
    next: u64,
    /// The digest of the line before, unless that is not in order itself.
    before: Option<String>,
    spans: Vec<Span>,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn new(header: &'a Header, entries: &[&str], now: i64) -> Self {
        let numbers = entries.iter().filter_map(|line| serde_json::from_str::<Entry>(line).ok());
        Self {
            header,
            now,
            numbers: numbers.map(|entry| entry.n).collect(),
            next: 1,
            before: None,
            spans: Vec::new(),
            findings: Vec::new(),
        }
    }

    fn step(&mut self, line: usize, text: &str) {
        let before = self.before.take();
        if let Some(what) = foreign_text(text) {
            return self.find(line, None, what.to_owned());
        }
        let Ok(entry) = serde_json::from_str::<Entry>(text) else {
            // Whatever stood here had the next number.
            self.next += 1;
            return self.find(line, None, "it was edited: it cannot be read".to_owned());
        };
        let signed = is_signed(&self.header.key, &entry.signed(&self.header.chain), &entry.sig);
        let span = entry.span().filter(|_| signed && json(&entry) == text);
        let Some(span) = span else {
            self.next = if entry.n == self.next { self.next + 1 } else { self.next };
            let what = "it was edited, or is of another file: the signature does not fit";
            return self.find(line, Some(&entry), what.to_owned());
        };
        let placed = self.place(line, &entry, before.as_ref());
        self.before = Some(digest(text));
        if span.to() > self.now {
            return self.find(line, Some(&entry), format!("it lies in the future: it ends at {}", entry.to));
        }
        if let Some(other) = self.spans.iter().rev().find(|other| other.common(span).is_some()) {
            let what = format!("it overlaps the entry that begins at {}", stored(other.from()));
            return self.find(line, Some(&entry), what);
        }
        if placed {
            self.spans.push(span);
        }
    }

    /// Whether it stands where it was written.
    fn place(&mut self, line: usize, entry: &Entry, before: Option<&String>) -> bool {
        let expected = std::mem::replace(&mut self.next, entry.n.saturating_add(1));
        if entry.n == expected {
            if before.is_some_and(|before| *before != entry.prev) {
                self.find(line, Some(entry), "it does not follow the line before it".to_owned());
                return false;
            }
            return true;
        }
        let skipped = expected..entry.n;
        let lost: Vec<u64> = skipped.filter(|n| !self.numbers.contains(n)).take(100).collect();
        let what = match lost.as_slice() {
            [] => "it stands out of place, or twice".to_owned(),
            [only] => format!("entry {only} is missing before it"),
            [first, .., last] => format!("entries {first} to {last} are missing before it"),
        };
        // An entry after a hole is in order itself.
        let fine = !lost.is_empty();
        self.find(line, Some(entry), what);
        fine
    }

    fn find(&mut self, line: usize, entry: Option<&Entry>, what: String) {
        let from = entry.map(|entry| entry.from.clone()).filter(|from| moment(from).is_some());
        self.findings.push(Finding { line, entry: entry.map(|entry| entry.n), from, what });
    }
}

impl Checked {
    /// Finds a file that was given another name, as a copy has: its own ends in that of its chain.
    pub fn is_called(&mut self, name: &str) {
        let Some(header) = &self.header else { return };
        let end = format!("-{}.jsonl", header.chain);
        if !name.ends_with(&end) {
            self.accuse(format!("its name does not end in `{end}`: it is a copy, or was renamed"));
        }
    }

    /// Finds a file that is another one's copy.
    pub fn is_copy_of(&mut self, name: &str) {
        self.accuse(format!("it is the same chain as `{}`: one of them is a copy", escaped(name)));
    }

    fn accuse(&mut self, what: String) {
        self.findings.insert(0, Finding { line: 1, entry: None, from: None, what });
    }

    /// How many seconds are proven.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        span::seconds(&span::union(self.spans.iter().copied()))
    }
}
