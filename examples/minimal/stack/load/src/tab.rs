//! A live page's connection, as the script of the page has it: docs/live-protocol.md.

use std::{collections::HashMap, task};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::Instant};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message as Frame,
        protocol::{Role, WebSocketConfig},
    },
};

use crate::{splice, step::Outcome};

/// A connection and what its page knows.
pub(crate) struct Tab {
    socket: WebSocketStream<TcpStream>,
    pub page: Page,
    seq: u64,
    acknowledged: u64,
    /// Handlers that still work, and those that are done.
    working: HashMap<u64, bool>,
    /// The most that the page was told since somebody asked.
    pub outcome: Outcome,
    /// Whether the page has joined.
    pub joined: bool,
    /// How far uploads have come.
    uploads: HashMap<u64, Upload>,
    pub heard: Instant,
    pub said: Instant,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Upload {
    pub received: u64,
    pub refused: bool,
    pub done: bool,
}

/// What a page keeps for its next connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub url: String,
    /// The HTML, if anybody reads it.
    pub html: Option<String>,
    pub state: String,
    pub mac: String,
    pub version: u64,
}

/// Why a connection ended, in a word for the report.
pub(crate) type Failure = String;

impl Tab {
    /// On a connection that was upgraded, with what was read already.
    pub(crate) async fn new(stream: TcpStream, read: Vec<u8>, page: Page) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0);
        let socket =
            WebSocketStream::from_partially_read(stream, read, Role::Client, Some(config)).await;
        let now = Instant::now();
        Self {
            socket,
            page,
            seq: 0,
            acknowledged: 0,
            working: HashMap::new(),
            outcome: Outcome::Heard,
            joined: false,
            uploads: HashMap::new(),
            heard: now,
            said: now,
        }
    }

    /// Goes on with the numbers of the connection before.
    pub(crate) fn goes_on(&mut self, before: &Self) {
        (self.seq, self.acknowledged) = (before.seq, before.acknowledged);
    }

    /// The number of the next message.
    pub(crate) fn next(&mut self) -> u64 {
        self.seq += 1;
        self.outcome = Outcome::Heard;
        self.seq
    }

    pub(crate) async fn say(&mut self, message: &Value) -> Result<(), Failure> {
        self.said = Instant::now();
        self.socket
            .send(Frame::text(message.to_string()))
            .await
            .map_err(|error| broken(&error))
    }

    pub(crate) async fn chunk(
        &mut self,
        reference: u32,
        file: u32,
        bytes: usize,
    ) -> Result<(), Failure> {
        self.said = Instant::now();
        let mut frame = Vec::with_capacity(8 + bytes);
        frame.extend_from_slice(&reference.to_be_bytes());
        frame.extend_from_slice(&file.to_be_bytes());
        frame.resize(8 + bytes, b'x');
        self.socket
            .send(Frame::binary(frame))
            .await
            .map_err(|error| broken(&error))
    }

    pub(crate) async fn close(&mut self) {
        // Nobody waits for the other end to say goodbye as well.
        self.socket.close(None).await.ok();
    }

    /// The next message, once it is there.
    pub(crate) fn poll(
        &mut self,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<Result<Value, Failure>> {
        loop {
            let frame = match self.socket.poll_next_unpin(cx) {
                task::Poll::Pending => return task::Poll::Pending,
                task::Poll::Ready(None) => Err("live connection closed".into()),
                task::Poll::Ready(Some(Err(error))) => Err(broken(&error)),
                task::Poll::Ready(Some(Ok(Frame::Text(text)))) => {
                    serde_json::from_str(text.as_str())
                        .map_err(|_| "a message that cannot be read".to_owned())
                }
                task::Poll::Ready(Some(Ok(Frame::Close(frame)))) => Err(match frame {
                    Some(frame) => format!("live connection closed ({})", u16::from(frame.code)),
                    None => "live connection closed".into(),
                }),
                task::Poll::Ready(Some(Ok(_))) => continue,
            };
            return task::Poll::Ready(frame);
        }
    }

    /// Takes in a message of the server; what is to be answered comes back: number and path of a call.
    ///
    /// # Errors
    /// If it cannot be applied.
    pub(crate) fn take(&mut self, message: &Value) -> Result<Vec<(u64, Value)>, Failure> {
        self.heard = Instant::now();
        if let Some(upto) = message["a"].as_u64() {
            self.acknowledged = self.acknowledged.max(upto);
        }
        let numbers = |name: &str| {
            message[name]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_u64)
        };
        for seq in numbers("w") {
            self.working.entry(seq).or_insert(false);
        }
        for seq in numbers("d") {
            self.working.remove(&seq);
        }
        let outcome = Outcome::of(message);
        if outcome == Outcome::Navigation {
            self.working.clear();
        }
        self.outcome = self.outcome.max(outcome);
        if let Some(version) = message["v"].as_u64() {
            self.page.version = version;
            self.joined = true;
        }
        self.change(message)?;
        for (list, apply) in [
            ("ua", Upload::at as fn(&mut Upload, &Value)),
            ("ue", Upload::refuse),
            ("ud", Upload::finish),
        ] {
            for one in message[list].as_array().into_iter().flatten() {
                let reference = one.as_u64().or_else(|| one[0].as_u64()).unwrap_or_default();
                apply(self.uploads.entry(reference).or_default(), one);
            }
        }
        let calls = message["c"].as_array().into_iter().flatten();
        Ok(calls
            .filter_map(|call| Some((call[0].as_u64()?, call[1].clone())))
            .collect())
    }

    fn change(&mut self, message: &Value) -> Result<(), Failure> {
        let misfit = || "a patch that does not fit the page".to_owned();
        if let Some(html) = &mut self.page.html {
            if let Some(whole) = message["h"].as_str() {
                whole.clone_into(html);
            } else if let Some(splices) = message["p"].as_array() {
                *html = splice::apply(html, splices).ok_or_else(misfit)?;
            }
            if let Some(state) = message["S"].as_str() {
                state.clone_into(&mut self.page.state);
            } else if let Some(splices) = message["s"].as_array() {
                self.page.state = splice::apply(&self.page.state, splices).ok_or_else(misfit)?;
            }
            if let Some(mac) = message["m"].as_str() {
                mac.clone_into(&mut self.page.mac);
            }
        }
        if let Some(url) = message["u"][0].as_str() {
            url.clone_into(&mut self.page.url);
        }
        Ok(())
    }

    /// Whether everything about the message with this number was heard.
    pub(crate) fn is_answered(&self, seq: u64) -> bool {
        matches!(self.outcome, Outcome::Leave | Outcome::Stopped)
            || self.acknowledged >= seq && !self.working.contains_key(&seq)
    }

    pub(crate) fn upload(&self, reference: u32) -> Upload {
        self.uploads
            .get(&u64::from(reference))
            .copied()
            .unwrap_or_default()
    }
}

impl Upload {
    fn at(&mut self, message: &Value) {
        self.received = message[1].as_u64().unwrap_or_default();
    }

    fn refuse(&mut self, _: &Value) {
        self.refused = true;
    }

    fn finish(&mut self, _: &Value) {
        self.done = true;
    }
}

/// What a browser asks for when a connection was silent.
pub(crate) fn ping() -> Value {
    json!(["ping"])
}

fn broken(error: &tokio_tungstenite::tungstenite::Error) -> Failure {
    use tokio_tungstenite::tungstenite::Error;
    match error {
        Error::Io(error) => crate::http::failure(error),
        Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_) => {
            "live connection closed".into()
        }
        other => format!("live connection: {other}"),
    }
}
