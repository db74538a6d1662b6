//! The connection of a live page, as the script of the page has it: docs/live-protocol.md.

mod page;

use std::{collections::HashMap, task, time::Duration};

use futures_util::{SinkExt, StreamExt};
use hyper::Uri;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, ClientRequestBuilder, Message as Frame, protocol::WebSocketConfig},
};

use crate::{http, play::Target, step::Outcome};
pub(crate) use page::Page;

/// After so long without a message a browser asks whether the server is still there.
const PING_AFTER: Duration = Duration::from_secs(25);

/// A longer message is sent in parts.
const PART_BYTES: usize = 32 * 1024;

/// A connection and what its page knows.
pub(crate) struct LiveConnection {
    socket: WebSocketStream<http::Stream>,
    /// How long the server may take until it has read what is sent.
    timeout: Duration,
    pub page: Page,
    /// The number of the last message.
    seq: u64,
    pub acknowledged: u64,
    /// Messages whose handlers are still at work.
    working: Vec<u64>,
    /// The most that the page was told since the last message.
    pub outcome: Outcome,
    /// Whether the page has joined.
    pub joined: bool,
    uploads: HashMap<u64, UploadProgress>,
    last_sent: Instant,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UploadProgress {
    /// Bytes that the server has.
    pub received: u64,
    /// Bytes that may be on their way beyond those.
    pub granted: u64,
    pub rejected: bool,
    pub done: bool,
}

impl UploadProgress {
    pub(crate) fn is_over(self) -> bool {
        self.rejected || self.done
    }
}

/// What a live page calls in the browser: the number of the call, and its path.
pub(crate) type BrowserCall = (u64, Value);

/// Why a connection ended, in a few words for the report.
pub(crate) type Failure = String;

impl LiveConnection {
    pub(crate) async fn open(
        target: &Target,
        timeout: Duration,
        cookies: Option<String>,
        page: Page,
    ) -> Result<Self, Failure> {
        let stream = http::connect(target, timeout).await?;
        // Only the host of it is sent.
        let uri: Uri = format!("ws://{}/live", target.origin.authority())
            .parse()
            .map_err(|_| "an address that cannot be connected to")?;
        let mut request = ClientRequestBuilder::new(uri)
            .with_header("Origin", target.origin.text())
            .with_header("Sec-Fetch-Site", "same-origin");
        if let Some(cookies) = cookies {
            request = request.with_header("Cookie", cookies);
        }
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0)
            .max_message_size(Some(http::MAX_BODY_BYTES))
            .max_frame_size(Some(http::MAX_BODY_BYTES));
        let opened =
            tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await;
        let (socket, _) = opened.map_err(|error| match error {
            tungstenite::Error::Http(response) => {
                format!(
                    "expected a live connection, got {}",
                    response.status().as_u16()
                )
            }
            error => describe(&error),
        })?;
        Ok(Self {
            socket,
            timeout,
            page,
            seq: 0,
            acknowledged: 0,
            working: Vec::new(),
            outcome: Outcome::default(),
            joined: false,
            uploads: HashMap::new(),
            last_sent: Instant::now(),
        })
    }

    /// Continues with the message numbers of the connection before.
    pub(crate) fn resume(&mut self, before: &Self) {
        (self.seq, self.acknowledged) = (before.seq, before.acknowledged);
    }

    /// The number of the next message.
    pub(crate) fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.outcome = Outcome::default();
        self.seq
    }

    pub(crate) async fn send(&mut self, message: &Value) -> Result<(), Failure> {
        let text = message.to_string();
        if text.len() <= PART_BYTES {
            return self.send_frame(Frame::text(text)).await;
        }
        let mut left = text.len();
        for part in text.as_bytes().chunks(PART_BYTES) {
            left -= part.len();
            let left = u32::try_from(left).map_err(|_| "a message that is too long")?;
            let frame = [&[0; 4], &left.to_be_bytes()[..], part].concat();
            self.send_frame(Frame::binary(frame)).await?;
        }
        Ok(())
    }

    /// Sends a part of an upload, `bytes` long.
    pub(crate) async fn send_chunk(
        &mut self,
        upload: u32,
        file: u32,
        bytes: usize,
    ) -> Result<(), Failure> {
        let mut frame = Vec::with_capacity(8 + bytes);
        frame.extend_from_slice(&upload.to_be_bytes());
        frame.extend_from_slice(&file.to_be_bytes());
        frame.resize(8 + bytes, b'x');
        self.send_frame(Frame::binary(frame)).await
    }

    async fn send_frame(&mut self, frame: Frame) -> Result<(), Failure> {
        self.last_sent = Instant::now();
        tokio::time::timeout(self.timeout, self.socket.send(frame))
            .await
            .map_err(|_| no_response(self.timeout))?
            .map_err(|error| describe(&error))
    }

    /// When the next ping is due.
    pub(crate) fn ping_due(&self) -> Instant {
        self.last_sent + PING_AFTER
    }

    pub(crate) async fn ping(&mut self) -> Result<(), Failure> {
        self.send(&json!(["ping"])).await
    }

    pub(crate) async fn close(&mut self) {
        // It does not wait for the server to close its side, only until it has read what was sent.
        let closed = tokio::time::timeout(self.timeout, self.socket.close(None));
        closed.await.ok();
    }

    /// The next message of the server, once it is there.
    pub(crate) fn poll_message(
        &mut self,
        cx: &mut task::Context<'_>,
    ) -> task::Poll<Result<Value, Failure>> {
        loop {
            let message = match task::ready!(self.socket.poll_next_unpin(cx)) {
                None => Err("live connection closed".into()),
                Some(Err(error)) => Err(describe(&error)),
                Some(Ok(Frame::Text(text))) => serde_json::from_str(text.as_str())
                    .map_err(|_| "a message that cannot be read".to_owned()),
                Some(Ok(Frame::Close(frame))) => Err(match frame {
                    Some(frame) => format!("live connection closed ({})", u16::from(frame.code)),
                    None => "live connection closed".into(),
                }),
                Some(Ok(_)) => continue,
            };
            return task::Poll::Ready(message);
        }
    }

    /// Applies a message of the server. The calls in it are to be answered.
    ///
    /// # Errors
    /// If it does not fit the page.
    pub(crate) fn receive(&mut self, message: &Value) -> Result<Vec<BrowserCall>, Failure> {
        if let Some(upto) = message["a"].as_u64() {
            self.acknowledged = self.acknowledged.max(upto);
        }
        let list = |name: &str| message[name].as_array().into_iter().flatten();
        // Other numbers are no messages of this page, and must not take memory without end.
        for seq in list("w").filter_map(Value::as_u64) {
            if seq <= self.seq && !self.working.contains(&seq) {
                self.working.push(seq);
            }
        }
        for done in list("d").filter_map(Value::as_u64) {
            self.working.retain(|seq| *seq != done);
        }
        let outcome = Outcome::of(message);
        if outcome == Outcome::Navigation {
            self.working.clear();
        }
        self.outcome = self.outcome.max(outcome);
        self.joined |= message["v"].is_u64();
        self.page.apply(message)?;
        for accepted in list("ua") {
            if let Some(upload) = self.upload_mut(&accepted[0]) {
                upload.received = accepted[1].as_u64().unwrap_or_default();
                upload.granted = accepted[2].as_u64().unwrap_or_default();
            }
        }
        for rejected in list("ue") {
            if let Some(upload) = self.upload_mut(&rejected[0]) {
                upload.rejected = true;
            }
        }
        for done in list("ud") {
            if let Some(upload) = self.upload_mut(done) {
                upload.done = true;
            }
        }
        Ok(list("c")
            .filter_map(|call| Some((call[0].as_u64()?, call[1].clone())))
            .collect())
    }

    /// Whether the response to the message with this number is complete.
    pub(crate) fn is_answered(&self, seq: u64) -> bool {
        self.outcome.ends_page() || self.acknowledged >= seq && !self.working.contains(&seq)
    }

    /// An upload with this number begins.
    pub(crate) fn begin_upload(&mut self, number: u32) {
        self.uploads
            .insert(u64::from(number), UploadProgress::default());
    }

    pub(crate) fn upload(&self, number: u32) -> UploadProgress {
        let progress = self.uploads.get(&u64::from(number));
        progress.copied().unwrap_or_default()
    }

    /// None if the page has no upload with this number.
    fn upload_mut(&mut self, number: &Value) -> Option<&mut UploadProgress> {
        self.uploads.get_mut(&number.as_u64()?)
    }
}

/// Neither a response to what was sent, nor a sign that the server has read it.
pub(crate) fn no_response(timeout: Duration) -> Failure {
    format!("no response within {timeout:?}")
}

fn describe(error: &tungstenite::Error) -> Failure {
    use tungstenite::Error;
    match error {
        Error::Io(error) => http::describe_io(error),
        Error::ConnectionClosed | Error::AlreadyClosed | Error::Protocol(_) => {
            "live connection closed".into()
        }
        Error::Capacity(_) => "live message that is too large".into(),
        other => format!("live connection: {other}"),
    }
}
