//! Lines → what each visitor did.
//!
//! A recording may be cut off, edited by hand or come from elsewhere: what cannot be read is an error with the number of
//! its line, and never a panic.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, BufRead},
};

use serde::Deserialize;
use serde_json::Value;

use super::{Event, EventKind, Recording, Visitor};
use crate::Error;

/// The version of the format that can be read.
const VERSION: u64 = 1;
/// Bytes of a line; a message of the protocol is far smaller.
const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// A line that is not a header.
#[derive(Deserialize)]
struct Line {
    /// Microseconds since the header.
    at: u64,
    visitor: Option<u64>,
    #[serde(flatten)]
    kind: LineKind,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum LineKind {
    Http {
        method: String,
        target: String,
        status: u16,
        #[serde(default)]
        duration: u64,
        body: Option<String>,
        connection: Option<u64>,
    },
    Live {
        connection: u64,
        direction: Direction,
        message: Option<Value>,
    },
    Dropped {
        #[serde(default)]
        lines: u64,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    In,
    Out,
}

pub(super) fn read(input: impl BufRead) -> Result<Recording, Error> {
    let mut reader = Reader::default();
    let mut incomplete: Option<Error> = None;
    for (number, line) in Lines(input).enumerate().map(|(at, line)| (at + 1, line)) {
        let line = line.map_err(|error| Error::new(format!("line {number}: {error}")))?;
        let parsed = serde_json::from_slice::<Value>(&line);
        let is_header = matches!(&parsed, Ok(value) if value.get("recording").is_some());
        // After a line that was cut off there is nothing, or another header.
        if let Some(error) = incomplete.take()
            && !is_header
        {
            return Err(error);
        }
        match parsed {
            Ok(header) if is_header => reader.header(&header["recording"])?,
            Ok(value) => reader
                .line(number, value)
                .map_err(|error| unreadable(number, &error))?,
            Err(error) => incomplete = Some(unreadable(number, &error.to_string())),
        }
    }
    Ok(reader.finish())
}

fn unreadable(line: usize, why: &str) -> Error {
    Error::new(format!(
        "line {line} of the recording cannot be read: {why}"
    ))
}

/// The lines of a file, none of which may be endless.
struct Lines<R>(R);

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        let limit = MAX_LINE_BYTES as u64 + 1;
        match io::Read::take(&mut self.0, limit).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) if line.len() > MAX_LINE_BYTES => Some(Err(io::Error::other("it is too long"))),
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(error)),
        }
    }
}

#[derive(Default)]
struct Reader {
    /// How many headers there were.
    section: usize,
    dropped: u64,
    /// With their section, and with the visitor where the line has one; else the connection has one.
    events: Vec<(usize, Option<u64>, Event)>,
    /// Section and connection → visitor.
    visitors: HashMap<(usize, u64), u64>,
}

impl Reader {
    fn header(&mut self, version: &Value) -> Result<(), Error> {
        if version.as_u64() != Some(VERSION) {
            return Err(Error::new(format!(
                "the recording is of version {version}, and only version {VERSION} is supported"
            )));
        }
        self.section += 1;
        Ok(())
    }

    fn line(&mut self, number: usize, value: Value) -> Result<(), String> {
        let line: Line = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let (duration, kind) = match line.kind {
            LineKind::Dropped { lines } => {
                self.dropped = self.dropped.saturating_add(lines);
                return Ok(());
            }
            LineKind::Http {
                method,
                target,
                status,
                duration,
                body,
                connection,
            } => {
                if let (Some(visitor), Some(connection)) = (line.visitor, connection) {
                    self.visitors.insert((self.section, connection), visitor);
                }
                check_request(&method, &target)?;
                let request = EventKind::Request {
                    method,
                    target,
                    status,
                    body,
                };
                (duration, request)
            }
            LineKind::Live {
                connection,
                direction,
                message,
            } => {
                let message = match (message, direction) {
                    (Some(message), Direction::In) => EventKind::ClientMessage(connection, message),
                    (Some(message), Direction::Out) => {
                        EventKind::ServerMessage(connection, message)
                    }
                    (None, _) => EventKind::UploadChunk(connection),
                };
                (0, message)
            }
        };
        let event = Event {
            line: number,
            began: line.at.saturating_sub(duration),
            ended: line.at,
            kind,
        };
        self.events.push((self.section, line.visitor, event));
        Ok(())
    }

    fn finish(self) -> Recording {
        // Events without a visitor are those of visitor 0.
        let mut visitors: BTreeMap<(usize, u64), Vec<Event>> = BTreeMap::new();
        for (section, visitor, event) in self.events {
            let visitor = match &event.kind {
                EventKind::Request { .. } => visitor,
                EventKind::ClientMessage(connection, _)
                | EventKind::ServerMessage(connection, _)
                | EventKind::UploadChunk(connection) => {
                    self.visitors.get(&(section, *connection)).copied()
                }
            };
            let key = (section, visitor.unwrap_or_default());
            visitors.entry(key).or_default().push(event);
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

/// Both are sent as they are, so they must not become more than one request.
fn check_request(method: &str, target: &str) -> Result<(), String> {
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_target = target.starts_with('/') && target.bytes().all(|byte| byte.is_ascii_graphic());
    if is_method && is_target {
        return Ok(());
    }
    Err(format!(
        "`{} {}` is not a request",
        method.escape_default(),
        target.escape_default()
    ))
}
