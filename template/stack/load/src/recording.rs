//! A recording, as `RECORD=path` writes it: who did what, and what came back.

mod har;
mod reader;

use std::io::BufRead;

use serde_json::Value;

use crate::Error;

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
    /// What `--visitor` takes: the number in the file; `2.1` where the file has several headers.
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
    pub kind: EventKind,
}

/// What happened. Messages have the number of their live connection.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// A request and the status of its response.
    Request {
        /// GET, POST, …
        method: String,
        /// Path and query.
        target: String,
        /// The status of the response.
        status: u16,
        /// A form or JSON, if one was sent and was not too long.
        body: Option<String>,
    },
    /// The browser sent a message.
    ClientMessage(u64, Value),
    /// The server sent a message.
    ServerMessage(u64, Value),
    /// The browser sent a part of an upload.
    UploadChunk(u64),
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
    /// If a line is not one of a recording, with its number. An incomplete last line is ignored.
    pub fn read(input: impl BufRead) -> Result<Self, Error> {
        reader::read(input)
    }

    /// Reads a HAR file: requests to the site of the first one, and messages of its live pages.
    ///
    /// # Errors
    /// If it is none, with the number of the entry that cannot be read.
    pub fn read_har(input: impl BufRead) -> Result<Self, Error> {
        har::read(input)
    }

    /// How much is in it.
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

    /// The visitor with this number, or the one who did most.
    ///
    /// # Errors
    /// If there is none.
    pub fn choose(&self, id: Option<&str>) -> Result<&Visitor, Error> {
        if let Some(id) = id {
            let found = self.visitors.iter().find(|visitor| visitor.id == id);
            return found.ok_or_else(|| {
                let ids: Vec<String> = self
                    .visitors
                    .iter()
                    .map(|visitor| format!("`{}`", visitor.id))
                    .collect();
                Error::new(format!("the recording has no visitor `{id}`"))
                    .hint(format!("it has {}", ids.join(", ")))
            });
        }
        let busiest = self.visitors.iter().rev().max_by_key(|it| it.activity());
        busiest.filter(|it| it.activity() > 0).ok_or_else(|| {
            Error::new("the recording has no request and no message of a browser").hint(
                "`cargo dev record` writes one: click around in the browser, then press Ctrl-C",
            )
        })
    }
}

impl Visitor {
    /// How much there is of this visitor.
    pub fn counts(&self) -> Counts {
        let mut connections: Vec<u64> = Vec::new();
        let mut counts = Counts::default();
        for event in &self.events {
            match &event.kind {
                EventKind::Request { status: 101, .. } => {}
                EventKind::Request { .. } => counts.requests += 1,
                EventKind::ClientMessage(connection, _)
                | EventKind::ServerMessage(connection, _)
                | EventKind::UploadChunk(connection) => {
                    counts.messages += 1;
                    connections.push(*connection);
                }
            }
        }
        connections.sort_unstable();
        connections.dedup();
        counts.connections = connections.len();
        counts
    }

    /// How many requests and messages this visitor sent.
    pub fn activity(&self) -> usize {
        let sent = |event: &&Event| {
            matches!(
                event.kind,
                EventKind::Request { .. } | EventKind::ClientMessage(..)
            )
        };
        self.events.iter().filter(sent).count()
    }
}
