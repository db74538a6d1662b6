//! What a user does, one thing after another, and what is expected to come back.

use std::time::Duration;

use serde_json::Value;

use crate::shape::Shape;

/// One thing that a user does.
#[derive(Clone, Debug)]
pub struct Step {
    /// The line of the recording.
    pub line: usize,
    /// How the reports call it; steps of the same name are counted together.
    pub name: usize,
    /// How long the visitor took before.
    pub think: Duration,
    /// What it is.
    pub action: Action,
}

/// What a user does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Sends a request.
    Request(Request),
    /// Opens the connection of a live page.
    Join {
        /// Which; the connection of the recording.
        tab: u64,
        /// Path and query of the page.
        url: Shape,
        /// The page had a connection before: it was a reconnection.
        again: bool,
        /// The time zone of the visitor.
        zone: Option<String>,
        /// What came back.
        expect: Outcome,
    },
    /// Sends a message of a live page.
    Message(Message),
    /// Closes connections that nothing follows on, as leaving the page does.
    Leave(Vec<u64>),
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST, …
    pub method: String,
    /// Path and query.
    pub target: Shape,
    /// What is sent with it.
    pub body: Body,
    /// The status that was answered.
    pub status: u16,
    /// Where the answer sent the visitor.
    pub leads_to: Option<Shape>,
}

/// What is sent with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing.
    None,
    /// The fields of a form.
    Form(Vec<(String, String)>),
    /// JSON.
    Json(Value),
}

/// A message of a live page that is acknowledged.
#[derive(Clone, Debug)]
pub struct Message {
    /// On which connection.
    pub tab: u64,
    /// What it says.
    pub what: What,
    /// What came back.
    pub expect: Outcome,
}

/// What a message says.
#[derive(Clone, Debug)]
pub enum What {
    /// Something happened on the page.
    Event {
        /// The name of the handler.
        handler: Shape,
        /// `click`, `input`, …
        kind: String,
        /// What came with it.
        payload: Value,
    },
    /// A link, or back and forward.
    Navigate {
        /// Path and query.
        url: Shape,
        /// `push` or `pop`.
        kind: String,
    },
    /// Files are sent.
    Upload {
        /// The name of the handler.
        handler: Shape,
        /// Name, size and type of each.
        files: Vec<(String, u64, String)>,
    },
}

/// What came back to a message, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It was heard, and nothing changed.
    Heard,
    /// The page changed.
    Patch,
    /// The page became another one.
    Navigation,
    /// The browser was sent away, to be answered by a request.
    Leave,
    /// The page stopped working.
    Stopped,
}

impl Outcome {
    /// As it is read in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Heard => "an acknowledgement",
            Self::Patch => "a patch",
            Self::Navigation => "another page",
            Self::Leave => "a redirect",
            Self::Stopped => "a stopped page",
        }
    }

    /// Whether `got` will do where this was recorded: that more changes than before is no mistake.
    pub fn accepts(self, got: Self) -> bool {
        match self {
            Self::Heard => matches!(got, Self::Heard | Self::Patch),
            wanted => wanted == got,
        }
    }
}
