//! The browser's side of an event stream.

use axum::{
    body::{Body, BodyDataStream},
    extract::Request,
    http::StatusCode,
};
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::connection::Connection;
use crate::{CloseReason, Live, Visit, parts::PART_BYTES, session::Incoming};

/// A stream that is open, as the browser reads it.
pub(crate) struct Stream {
    pub(crate) id: String,
    body: BodyDataStream,
    text: String,
}

impl Stream {
    /// # Errors
    /// What the server answers instead.
    pub(crate) async fn open(live: &Live, visit: &Visit) -> Result<Self, StatusCode> {
        let request = Request::get("/live").header("accept", "text/event-stream");
        let request = request.body(Body::empty()).expect("a request");
        let answer = live.connect(request, visit.clone()).await;
        if answer.status() != StatusCode::OK {
            return Err(answer.status());
        }
        let mut stream = Self {
            id: String::new(),
            body: answer.into_body().into_data_stream(),
            text: String::new(),
        };
        let (kind, id) = stream.next().await.expect("an event");
        assert_eq!(kind, "stream");
        stream.id = id;
        Ok(stream)
    }

    /// The name and the data of the next event; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = event.lines();
                    lines.find_map(|line| Some(line.strip_prefix(name)?.to_owned()))
                };
                let event = (
                    field("event: ").unwrap_or_default(),
                    field("data: ").unwrap_or_default(),
                );
                self.text = rest.to_owned();
                return Some(event);
            }
            let chunk = self.body.next().await?.ok()?;
            self.text
                .push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }
}

/// What the server answers to a POST for the stream `id`.
pub(crate) async fn post(
    live: &Live,
    visit: &Visit,
    id: &str,
    number: u64,
    body: Vec<u8>,
) -> StatusCode {
    let request = Request::post("/live")
        .header("live-stream", id)
        .header("live-post", number)
        .body(body.into())
        .expect("a request");
    live.connect(request, visit.clone()).await.status()
}

/// A message as a frame of a POST.
pub(crate) fn frame(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a short message");
    let head = [kind].into_iter().chain(length.to_be_bytes());
    head.chain(content.iter().copied()).collect()
}

fn in_parts(text: &[u8]) -> Vec<u8> {
    let mut left = text.len();
    let parts = text.chunks(PART_BYTES).flat_map(|part| {
        left -= part.len();
        let head = [
            [0; 4],
            u32::try_from(left).expect("a short message").to_be_bytes(),
        ];
        frame(1, &[&head.concat(), part].concat())
    });
    parts.collect()
}

pub(super) async fn connect_by_stream(live: &Live, visit: &Visit) -> Connection {
    let mut stream = Stream::open(live, visit).await.expect("a stream");
    let id = stream.id.clone();
    let (send, mut incoming) = mpsc::unbounded_channel();
    let (outgoing, receive) = mpsc::unbounded_channel();
    let reading = tokio::spawn(async move {
        while let Some((kind, data)) = stream.next().await {
            let message = match kind.as_str() {
                "end" => Err(reason(&data)),
                _ => Ok(data),
            };
            outgoing.send(message).ok();
        }
    });
    let (live, visit) = (live.clone(), visit.clone());
    tokio::spawn(async move {
        let mut number = 0;
        while let Some(message) = incoming.recv().await {
            let body = match message {
                Incoming::Text(text) if text.len() > PART_BYTES => in_parts(text.as_bytes()),
                Incoming::Text(text) => frame(0, text.as_bytes()),
                Incoming::Binary(bytes) => frame(1, &bytes),
                _ => continue,
            };
            for _ in 0..2 {
                post(&live, &visit, &id, number, body.clone()).await;
            }
            number += 1;
        }
        reading.abort();
    });
    Connection { send, receive }
}

fn reason(code: &str) -> CloseReason {
    use CloseReason::{
        Gone, Panicked, Protocol, Restart, SessionEnded, SlowReader, TooLarge, TooManyEvents,
    };
    let all = [
        Gone,
        Panicked,
        Protocol,
        Restart,
        SessionEnded,
        SlowReader,
        TooLarge,
        TooManyEvents,
    ];
    let found = all
        .into_iter()
        .find(|reason| reason.frame().0.to_string() == code);
    found.expect("a code of the protocol")
}
