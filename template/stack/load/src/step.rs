//! What a user does, one step after another, and which kind of response is expected.

use std::time::Duration;

use serde_json::Value;

use crate::{form, pattern::Pattern};

/// One thing that a user does.
#[derive(Clone, Debug)]
pub struct Step {
    /// The line of the recording.
    pub line: usize,
    /// Index of its name in reports; steps of the same name are counted together.
    pub name: usize,
    /// How long the visitor waited before it.
    pub think: Duration,
    /// The browser does it by itself: it follows a redirect, fetches what a page is made of, or joins the page.
    pub is_automatic: bool,
    /// What it is.
    pub action: Action,
}

/// What a user does. Live connections have the numbers of the recording.
#[derive(Clone, Debug)]
pub enum Action {
    /// Sends a request.
    Request(Request),
    /// Opens the connection of a live page and joins the page.
    Connect {
        /// The connection.
        connection: u64,
        /// Path and query of the page.
        url: Pattern,
        /// The page had a connection before.
        reconnect: bool,
        /// The time zone of the visitor.
        time_zone: Option<String>,
        /// How the page responded.
        expect: Outcome,
    },
    /// Sends a message of a live page.
    Message(Message),
    /// Closes connections that are not used any more, as leaving a page does.
    Disconnect(Vec<u64>),
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST, …
    pub method: String,
    /// Path and query.
    pub target: Pattern,
    /// What is sent with it.
    pub body: Body,
    /// The status of the response.
    pub status: u16,
    /// Where the response redirected to.
    pub redirect: Option<Pattern>,
}

/// What is sent with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing.
    None,
    /// The fields of a form.
    Form(form::Fields),
    /// JSON.
    Json(Value),
}

/// A message of a live page that is acknowledged.
#[derive(Clone, Debug)]
pub struct Message {
    /// On which connection.
    pub connection: u64,
    /// What it says.
    pub kind: MessageKind,
    /// How the page responded.
    pub expect: Outcome,
}

/// What a message says.
#[derive(Clone, Debug)]
pub enum MessageKind {
    /// An event on the page.
    Event {
        /// The name of the handler.
        handler: Pattern,
        /// `click`, `input`, …
        event: String,
        /// What came with it.
        payload: Value,
    },
    /// A link, or back and forward.
    Navigate {
        /// Path and query.
        url: Pattern,
        /// `push` or `pop`.
        mode: String,
    },
    /// Files are uploaded.
    Upload {
        /// The name of the handler.
        handler: Pattern,
        /// Name, size and type of each.
        files: Vec<UploadFile>,
    },
}

/// Name, size in bytes and type of a file.
pub type UploadFile = (String, u64, String);

/// How a live page responded to a message, from the least to the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The message was received, and nothing changed.
    #[default]
    Acknowledged,
    /// The page changed.
    Patch,
    /// Another page came over the same connection.
    Navigation,
    /// The browser has to send a request for another page.
    Redirect,
    /// The page stopped working.
    Stopped,
}

impl Outcome {
    /// The outcome in a message of the server.
    pub fn of(message: &Value) -> Self {
        let has = |name: &str| message.get(name).is_some();
        if has("err") {
            Self::Stopped
        } else if has("go") {
            Self::Redirect
        } else if has("n") {
            Self::Navigation
        } else if has("p") || has("h") || has("i") {
            Self::Patch
        } else {
            Self::Acknowledged
        }
    }

    /// As in a report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledged => "an acknowledgement",
            Self::Patch => "a patch",
            Self::Navigation => "another page",
            Self::Redirect => "a redirect",
            Self::Stopped => "a stopped page",
        }
    }

    /// Whether `got` is right where this was recorded: a page may change more than it did then.
    pub fn accepts(self, got: Self) -> bool {
        match self {
            Self::Acknowledged => matches!(got, Self::Acknowledged | Self::Patch),
            expected => expected == got,
        }
    }

    /// Whether the page has no further use for its connection.
    pub fn ends_page(self) -> bool {
        self >= Self::Redirect
    }
}
