//! A recording, as `RECORD=path` writes it: who did what, and what came back.
//!
//! It may be cut off, edited by hand or come from elsewhere: what cannot be read is an error with the number of its
//! line, and never a panic.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, BufRead},
};

use serde_json::{Map, Value};

use crate::Error;

/// The version of the format that is understood.
const VERSION: u64 = 1;
/// Bytes of a line; one of the protocol's messages is far smaller.
const LINE_BYTES: usize = 16 * 1024 * 1024;

/// Everything that was recorded, by visitor.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// In the order in which they came.
    pub visitors: Vec<Visitor>,
    /// Lines that are missing, because the disk was too slow.
    pub dropped: u64,
}

/// One browser: its requests and the messages of its live pages.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// What `--connection` takes: the number in the file; `2.1` where the file has several beginnings.
    pub id: String,
    /// In the order in which they began.
    pub events: Vec<Event>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// When it began, in microseconds.
    pub began: u64,
    /// When it was over.
    pub ended: u64,
    /// What it was.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What {
    /// A request and its answer.
    Request {
        /// GET, POST, …
        method: String,
        /// Path and query.
        target: String,
        /// The status of the answer.
        status: u16,
        /// A form or JSON, if one was sent and was not too long.
        body: Option<String>,
    },
    /// A message of the browser.
    In(u64, Value),
    /// A message of the server.
    Out(u64, Value),
    /// A part of an upload.
    Chunk(u64),
}

/// What a recording holds, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests, without those that opened a connection.
    pub requests: usize,
    /// Connections of live pages.
    pub connections: usize,
    /// Messages in both directions.
    pub messages: usize,
}

impl Recording {
    /// Reads the lines of a recording.
    ///
    /// # Errors
    /// If a line is none of a recording; one at the end that was cut off is left out.
    pub fn read(input: impl BufRead) -> Result<Self, Error> {
        let mut reader = Reader::default();
        let mut broken: Option<Error> = None;
        for (number, line) in Lines(input).enumerate().map(|(at, line)| (at + 1, line)) {
            let line = line.map_err(|error| Error::new(format!("line {number}: {error}")))?;
            let parsed = serde_json::from_slice::<Value>(&line);
            let is_start = matches!(&parsed, Ok(value) if value.get("recording").is_some());
            // One that was cut off is followed by nothing or by a new beginning.
            if let Some(error) = broken.take()
                && !is_start
            {
                return Err(error);
            }
            match parsed {
                Ok(value) => reader.line(number, value)?,
                Err(error) => {
                    broken = Some(Error::new(format!(
                        "line {number} of the recording cannot be read: {error}"
                    )));
                }
            }
        }
        Ok(reader.finish())
    }

    /// What there is of it all.
    pub fn counts(&self) -> Counts {
        let mut all = Counts::default();
        for visitor in &self.visitors {
            let counts = visitor.counts();
            all.requests += counts.requests;
            all.connections += counts.connections;
            all.messages += counts.messages;
        }
        all
    }

    /// The visitor who did most, or the one of this number.
    ///
    /// # Errors
    /// If there is none.
    pub fn choose(&self, id: Option<&str>) -> Result<&Visitor, Error> {
        let names = || {
            let names: Vec<String> = self
                .visitors
                .iter()
                .map(|one| format!("`{}`", one.id))
                .collect();
            names.join(", ")
        };
        match id {
            Some(id) => {
                let found = self.visitors.iter().find(|one| one.id == id);
                found.ok_or_else(|| {
                    Error::new(format!("the recording has no connection `{id}`"))
                        .hint(format!("it has {}", names()))
                })
            }
            None => {
                let richest = self.visitors.iter().rev().max_by_key(|one| one.worth());
                richest.filter(|one| one.worth() > 0).ok_or_else(|| {
                    Error::new("nobody has done anything in the recording")
                        .hint("`cargo dev record` writes one: click around in the browser, then press Ctrl-C")
                })
            }
        }
    }
}

impl Visitor {
    /// What there is of this visitor.
    pub fn counts(&self) -> Counts {
        let mut connections: Vec<u64> = Vec::new();
        let mut counts = Counts::default();
        for event in &self.events {
            match &event.what {
                What::Request { status: 101, .. } => {}
                What::Request { .. } => counts.requests += 1,
                What::In(number, _) | What::Out(number, _) | What::Chunk(number) => {
                    counts.messages += 1;
                    connections.push(*number);
                }
            }
        }
        connections.sort_unstable();
        connections.dedup();
        counts.connections = connections.len();
        counts
    }

    /// Everything that this visitor did; what came back is the server's.
    pub fn worth(&self) -> usize {
        let own = |event: &&Event| matches!(event.what, What::Request { .. } | What::In(..));
        self.events.iter().filter(own).count()
    }
}

/// The lines of a file, none of which may be endless.
struct Lines<R>(R);

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        let most = LINE_BYTES as u64 + 1;
        match io::Read::take(&mut self.0, most).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) if line.len() > LINE_BYTES => Some(Err(io::Error::other("it is too long"))),
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// A visitor, known by the beginning of the file that it belongs to and its number; 0 if it has none.
type Key = (usize, u64);

#[derive(Default)]
struct Reader {
    section: usize,
    dropped: u64,
    /// With the visitor where the line says it, else with the connection.
    events: Vec<(usize, Option<u64>, Event)>,
    /// Whose a connection is.
    owners: HashMap<(usize, u64), u64>,
}

impl Reader {
    fn line(&mut self, line: usize, value: Value) -> Result<(), Error> {
        let wrong = |what: &str| {
            Error::new(format!(
                "line {line} of the recording cannot be read: {what}"
            ))
        };
        let Value::Object(mut value) = value else {
            return Err(wrong("it is no object"));
        };
        if let Some(version) = value.get("recording") {
            if version.as_u64() != Some(VERSION) {
                let text = format!(
                    "the recording is of version {version}, and only version {VERSION} is known"
                );
                return Err(Error::new(text));
            }
            self.section += 1;
            return Ok(());
        }
        let ended = number(&value, "at").ok_or_else(|| wrong("it has no time `at`"))?;
        let kind = text(&value, "kind").unwrap_or_default();
        let (visitor, connection) = (number(&value, "visitor"), number(&value, "connection"));
        let (began, what) = match kind.as_str() {
            "dropped" => {
                self.dropped = self
                    .dropped
                    .saturating_add(number(&value, "lines").unwrap_or_default());
                return Ok(());
            }
            "http" => {
                if let (Some(visitor), Some(connection)) = (visitor, connection) {
                    self.owners.insert((self.section, connection), visitor);
                }
                let began = ended.saturating_sub(number(&value, "duration").unwrap_or_default());
                (began, request(&value).map_err(|what| wrong(&what))?)
            }
            "live" => {
                let connection =
                    connection.ok_or_else(|| wrong("it has no number `connection`"))?;
                (
                    ended,
                    message(connection, &mut value)
                        .ok_or_else(|| wrong("its `direction` is neither `in` nor `out`"))?,
                )
            }
            other => return Err(wrong(&format!("its kind is `{other}`"))),
        };
        self.events.push((
            self.section,
            visitor,
            Event {
                line,
                began,
                ended,
                what,
            },
        ));
        Ok(())
    }

    fn finish(self) -> Recording {
        let mut visitors: BTreeMap<Key, Vec<Event>> = BTreeMap::new();
        for (section, visitor, event) in self.events {
            let owner = match &event.what {
                What::In(number, _) | What::Out(number, _) | What::Chunk(number) => {
                    self.owners.get(&(section, *number)).copied()
                }
                What::Request { .. } => visitor,
            };
            visitors
                .entry((section, owner.unwrap_or_default()))
                .or_default()
                .push(event);
        }
        let several = self.section > 1;
        let visitors = visitors.into_iter().map(|((section, number), mut events)| {
            events.sort_by_key(|event| (event.began, event.line));
            let id = if several {
                format!("{section}.{number}")
            } else {
                number.to_string()
            };
            Visitor { id, events }
        });
        Recording {
            visitors: visitors.collect(),
            dropped: self.dropped,
        }
    }
}

fn number(of: &Map<String, Value>, name: &str) -> Option<u64> {
    of.get(name)?.as_u64()
}

fn text(of: &Map<String, Value>, name: &str) -> Option<String> {
    of.get(name)?.as_str().map(str::to_owned)
}

fn request(value: &Map<String, Value>) -> Result<What, String> {
    let missing = |name: &str| format!("it has no `{name}`");
    let method = text(value, "method").ok_or_else(|| missing("method"))?;
    let target = text(value, "target").ok_or_else(|| missing("target"))?;
    let status = number(value, "status").and_then(|status| u16::try_from(status).ok());
    let status = status.ok_or_else(|| missing("status"))?;
    // It is put into a request as it is.
    let is_token = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_token || !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return Err(format!(
            "`{} {}` is no request",
            method.escape_default(),
            target.escape_default()
        ));
    }
    Ok(What::Request {
        method,
        target,
        status,
        body: text(value, "body"),
    })
}

fn message(connection: u64, value: &mut Map<String, Value>) -> Option<What> {
    let is_in = match value.get("direction")?.as_str()? {
        "in" => true,
        "out" => false,
        _ => return None,
    };
    Some(match value.remove("message") {
        Some(message) if is_in => What::In(connection, message),
        Some(message) => What::Out(connection, message),
        None => What::Chunk(connection),
    })
}
