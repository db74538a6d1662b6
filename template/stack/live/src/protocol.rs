//! The messages between browser and server. docs/live-protocol.md says what they mean.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Value, value::RawValue};

use crate::{Window, live::PAGE_COST, patch_targets::Target, splice::Splices, upload::File};

/// The first message of a connection.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Join {
    /// Path and query.
    pub url: String,
    /// The fingerprint of the HTML that the browser shows; empty if it is not ours any more.
    pub hash: String,
    /// The fingerprint of the first items of its streams.
    pub items: String,
    /// The last state that it has received.
    pub state: String,
    /// Its MAC.
    pub mac: String,
    /// The time zone of the visitor.
    pub tz: Option<String>,
    /// Whether this page had a connection before.
    pub again: bool,
    /// What its streams show, by id.
    pub streams: BTreeMap<String, Window>,
    /// What the page calls itself from one load to the next; empty if it need not be remembered.
    pub page: String,
    /// Every event up to this number was acknowledged to it.
    pub seen: u64,
    /// It asks for another page than it shows.
    pub going: bool,
    /// How many messages it has received since a join has rendered the page; `None` if it does not go on with an upload.
    pub received: Option<u64>,
}

/// What an entry of the browser's history has kept of its page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entry {
    /// The last state that its page has received.
    pub state: String,
    /// Its MAC.
    pub mac: String,
    /// What its streams showed, by id.
    pub streams: BTreeMap<String, Window>,
}

/// Everything that a browser can send.
#[derive(Debug)]
pub(crate) enum Message {
    Join(Box<Join>),
    Event(Event),
    Navigate(Navigate),
    Return(Return),
    Upload(Upload),
    UploadCancelled {
        reference: u32,
    },
    Ping,
    /// A mistake in the page, which the script has seen.
    Warning(String),
}

/// An event, for a handler.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    _message: IgnoredAny,
    pub seq: u64,
    pub version: u64,
    pub handler: String,
    pub kind: String,
    pub payload: Box<RawValue>,
}

/// Another page should take the place of this one.
#[derive(Debug, Deserialize)]
pub(crate) struct Navigate {
    _message: IgnoredAny,
    pub seq: u64,
    pub url: String,
    /// `push` for a link, `pop` for back and forward.
    pub kind: String,
    /// Of the entry of the history that back and forward lead to.
    #[serde(default)]
    pub entry: Entry,
}

/// The answer to a call of the browser.
#[derive(Debug, Deserialize)]
pub(crate) struct Return {
    _message: IgnoredAny,
    pub id: u32,
    pub ok: bool,
    pub value: Value,
}

/// The visitor chose files.
#[derive(Debug, Deserialize)]
pub(crate) struct Upload {
    _message: IgnoredAny,
    pub seq: u64,
    pub handler: String,
    pub version: u64,
    pub reference: u32,
    pub files: Vec<File>,
}

impl Message {
    /// Reads a text frame: an array that begins with the name of the message.
    ///
    /// # Errors
    /// What is not of this protocol.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let name: String = {
            // Only the first element is looked at: the rest depends on it.
            let all: Vec<&RawValue> = serde_json::from_str(text)?;
            serde_json::from_str(all.first().map_or("null", |first| first.get()))?
        };
        Ok(match name.as_str() {
            "join" => {
                let (_, join): (IgnoredAny, Join) = serde_json::from_str(text)?;
                Self::Join(Box::new(join))
            }
            "ev" => Self::Event(serde_json::from_str(text)?),
            "nav" => Self::Navigate(serde_json::from_str(text)?),
            "ret" => Self::Return(serde_json::from_str(text)?),
            "up" => Self::Upload(serde_json::from_str(text)?),
            "upx" => {
                let (_, reference): (IgnoredAny, u32) = serde_json::from_str(text)?;
                Self::UploadCancelled { reference }
            }
            "ping" => Self::Ping,
            "warn" => {
                let (_, text): (IgnoredAny, String) = serde_json::from_str(text)?;
                Self::Warning(text)
            }
            other => {
                return Err(serde::de::Error::custom(format!(
                    "no message is called `{other}`"
                )));
            }
        })
    }

    /// What it costs, in clicks.
    pub(crate) fn cost(&self) -> u32 {
        match self {
            Self::Join(_) | Self::Navigate(_) | Self::Upload(_) => PAGE_COST,
            Self::Event(_)
            | Self::Return(_)
            | Self::UploadCancelled { .. }
            | Self::Ping
            | Self::Warning(_) => 1,
        }
    }
}

/// One message to the browser: everything new since the last one.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(crate) struct Reply {
    #[serde(rename = "v", skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    #[serde(rename = "h", skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub splices: Option<Splices>,
    #[serde(rename = "e", skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    #[serde(rename = "a", skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<u64>,
    #[serde(rename = "w", skip_serializing_if = "Vec::is_empty")]
    pub working: Vec<u64>,
    #[serde(rename = "d", skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<u64>,
    #[serde(rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<u64>,
    #[serde(rename = "x", skip_serializing_if = "Vec::is_empty")]
    pub cut_off: Vec<u64>,
    #[serde(rename = "S", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub state_splices: Option<Splices>,
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(rename = "hd", skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub url: Option<(String, &'static str)>,
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    pub navigated: Option<u8>,
    #[serde(rename = "go", skip_serializing_if = "Option::is_none")]
    pub leave: Option<String>,
    #[serde(rename = "c", skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<(u32, Vec<Value>)>,
    #[serde(rename = "i", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<(String, &'static str, String, String, usize)>,
    #[serde(rename = "ua", skip_serializing_if = "Vec::is_empty")]
    pub upload_at: Vec<(u32, u64, usize)>,
    #[serde(rename = "ue", skip_serializing_if = "Vec::is_empty")]
    pub upload_refused: Vec<(u32, String)>,
    #[serde(rename = "ud", skip_serializing_if = "Vec::is_empty")]
    pub upload_done: Vec<u32>,
    #[serde(rename = "err", skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Reply {
    /// Whether it says no more than which events were heard.
    pub(crate) fn only_acknowledges(&mut self) -> bool {
        let (acknowledged, working) = (self.acknowledged.take(), std::mem::take(&mut self.working));
        let only = *self == Self::default();
        (self.acknowledged, self.working) = (acknowledged, working);
        only
    }

    /// Leaves out handlers that began and ended since the last message.
    pub(crate) fn forget_what_is_over(&mut self) {
        let (working, done) = (self.working.clone(), self.done.clone());
        self.working.retain(|seq| !done.contains(seq));
        self.done.retain(|seq| !working.contains(seq));
    }
}

/// Why the server closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The browser left.
    Gone,
    /// The server stops; the browser should connect again at once.
    Restart,
    /// The browser does not read what it is sent.
    SlowReader,
    /// More events than a person can cause.
    TooManyEvents,
    /// A message above the limit.
    TooLarge,
    /// A message that is not of the protocol.
    Protocol,
    /// The visitor logged out, or their session expired.
    SessionEnded,
    /// A component panicked; the page shows it.
    Panicked,
}

impl CloseReason {
    /// The code of the close frame, and a reason for the log of the browser.
    pub(crate) fn frame(self) -> (u16, &'static str) {
        match self {
            Self::Gone => (1000, ""),
            Self::Restart => (1012, "the server restarts"),
            Self::SlowReader => (4000, "messages are not read fast enough"),
            Self::TooManyEvents => (4001, "too many events"),
            Self::TooLarge => (4002, "a message is too large"),
            Self::Protocol => (4003, "a message cannot be read"),
            Self::SessionEnded => (4004, "the session has ended"),
            Self::Panicked => (1011, "the page has stopped"),
        }
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
