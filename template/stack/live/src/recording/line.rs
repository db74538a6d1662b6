//! The lines of a recording.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Line {
    /// The application started.
    Start(Start),
    /// Something happened.
    Event(Event),
}

/// The header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Start {
    /// The version of the format, 1.
    pub recording: u32,
    /// When, as in RFC 3339.
    pub started: String,
}

/// What happened, and when.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Event {
    /// Microseconds since the header before.
    pub at: u64,
    /// What it was.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum EventKind {
    /// A message of a live page's connection.
    Live {
        /// The number of the connection; they begin at 1 after each header.
        connection: u64,
        /// `in` or `out`.
        direction: String,
        /// A text message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Value>,
        /// The length of a binary message, or of one that cannot be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<usize>,
    },
    /// A request, written down when it was answered.
    Http {
        /// `in`.
        direction: String,
        /// GET, POST, …
        method: String,
        /// Path and query.
        target: String,
        /// The status of the answer.
        status: u16,
        /// Microseconds until the head of the answer.
        duration: u64,
        /// The number of the visitor, known by their cookies; they begin at 1 after each header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visitor: Option<u64>,
        /// The number of the live connection that it opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        connection: Option<u64>,
        /// What was sent with it, if that was a form or JSON and not too long.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
    },
    /// Lines are missing here, because there was no keeping up.
    Dropped {
        /// How many.
        lines: u64,
    },
}
