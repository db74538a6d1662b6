//! Where WebSockets do not pass: messages to the browser are server-sent events, and those of the browser come by POST.
//! The session is the same, and so are its limits.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::stream::unfold;
use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::{
    Live, Visit,
    parts::Parts,
    protocol::CloseReason,
    random_hex,
    session::{Incoming, Io},
    socket::MAX_FRAME_BYTES,
};

/// Bytes of one POST. The script sends half of it, unless there is no less.
const MAX_POST_BYTES: usize = 4 * MAX_FRAME_BYTES;

/// The headers of a POST: for which stream it is, and its number.
pub(crate) const STREAM: &str = "live-stream";
const NUMBER: &str = "live-post";

/// The streams of this process, by the ids that only their browsers know.
#[derive(Default)]
pub(crate) struct OpenStreams(Mutex<HashMap<String, Arc<OpenStream>>>);

/// Where the POSTs of a stream go.
struct OpenStream {
    visitor: String,
    posts: mpsc::Sender<Bytes>,
    /// The number of the next one. Whoever has the lock reads a body: the others wait without one.
    next: tokio::sync::Mutex<u64>,
}

/// Removes a stream when its session has ended.
struct Registration {
    live: Live,
    id: String,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.live.streams().0.lock().remove(&self.id);
    }
}

/// Whether the request asks for a stream.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    text(headers, header::ACCEPT.as_str()) == Some("text/event-stream")
}

/// Whether a browser says that the request comes from another site. One for a stream may have no `Origin`.
pub(crate) fn is_cross_site(headers: &HeaderMap) -> bool {
    text(headers, "sec-fetch-site").is_some_and(|site| site != "same-origin")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

impl Live {
    /// A new stream of the visitor, and the answer that it is sent by. Its first event is its id.
    pub(crate) fn event_stream(&self, visit: &Visit) -> (EventStream, Response) {
        let id = random_hex();
        let (posts, incoming) = mpsc::channel(1);
        // As of a WebSocket: no more than one message waits to be read.
        let (events, waiting) = mpsc::channel(1);
        events
            .try_send(Event::default().event("stream").data(&id))
            .ok();
        let open = OpenStream {
            visitor: visit.secret.clone(),
            posts,
            next: tokio::sync::Mutex::new(0),
        };
        let open = Arc::new(open);
        self.streams().0.lock().insert(id.clone(), open);
        let stream = EventStream {
            posts: incoming,
            frames: Bytes::new(),
            parts: Parts::new(self.limits().message_bytes),
            events,
            _registration: Registration {
                live: self.clone(),
                id,
            },
        };
        let events = unfold(waiting, |mut waiting| async {
            let event = waiting.recv().await?;
            Some((Ok::<_, Infallible>(event), waiting))
        });
        // nginx would collect them.
        let response = ([("x-accel-buffering", "no")], Sse::new(events)).into_response();
        (stream, response)
    }

    /// Takes a POST for a stream, which is answered when its messages are in the queue of the session. One that was taken
    /// already is answered in the same way, and counts as a click.
    pub(crate) async fn take_post(&self, request: Request, visit: &Visit) -> StatusCode {
        let headers = request.headers();
        let number = text(headers, NUMBER).and_then(|number| number.parse::<u64>().ok());
        let stream = text(headers, STREAM)
            .and_then(|id| self.streams().0.lock().get(id).cloned())
            // Who does not have the cookie learns nothing.
            .filter(|stream| stream.visitor == visit.secret);
        let (Some(stream), Some(number)) = (stream, number) else {
            // Also where another process has the stream: the script begins another one.
            return StatusCode::CONFLICT;
        };
        stream.take(number, request.into_body()).await
    }
}

impl OpenStream {
    async fn take(&self, number: u64, body: Body) -> StatusCode {
        let mut next = self.next.lock().await;
        if number > *next {
            return StatusCode::CONFLICT;
        }
        let is_new = number == *next;
        let body = match is_new {
            true => to_bytes(body, MAX_POST_BYTES).await,
            false => Ok(Bytes::new()),
        };
        let Ok(body) = body else {
            return StatusCode::PAYLOAD_TOO_LARGE;
        };
        // Whoever hangs up before this is done has sent nothing, and afterwards all of it.
        let Ok(place) = self.posts.reserve().await else {
            return StatusCode::CONFLICT;
        };
        place.send(body);
        *next += u64::from(is_new);
        StatusCode::NO_CONTENT
    }
}

/// The server's side of a stream.
pub(crate) struct EventStream {
    posts: mpsc::Receiver<Bytes>,
    /// What is left of the last one: a byte for the kind of a frame (0 for text, 1 for binary), four for its length, and
    /// the frame.
    frames: Bytes,
    parts: Parts,
    events: mpsc::Sender<Event>,
    _registration: Registration,
}

impl EventStream {
    /// The next message of the last POST; `None` if it has no more.
    fn next(&mut self) -> Option<Incoming> {
        while !self.frames.is_empty() {
            let Some([kind, length @ ..]) = self.frames.first_chunk::<5>().copied() else {
                return Some(Incoming::Unreadable);
            };
            let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
            if length > MAX_FRAME_BYTES {
                return Some(Incoming::TooLarge);
            }
            if kind > 1 || self.frames.len() - 5 < length {
                return Some(Incoming::Unreadable);
            }
            let frame = self.frames.split_to(5 + length).slice(5..);
            let incoming = match kind {
                0 => Some(
                    String::from_utf8(frame.into()).map_or(Incoming::Unreadable, Incoming::Text),
                ),
                _ => self.parts.take(frame),
            };
            if incoming.is_some() {
                return incoming;
            }
        }
        None
    }
}

impl Io for EventStream {
    async fn receive(&mut self) -> Incoming {
        loop {
            if let Some(incoming) = self.next() {
                return incoming;
            }
            tokio::select! {
                post = self.posts.recv() => match post {
                    Some(post) if post.is_empty() => return Incoming::Control,
                    Some(post) => self.frames = post,
                    None => return Incoming::Gone,
                },
                () = self.events.closed() => return Incoming::Gone,
            }
        }
    }

    async fn send(&mut self, text: String) -> bool {
        self.events.send(Event::default().data(text)).await.is_ok()
    }

    async fn close(&mut self, reason: CloseReason) {
        let (code, _) = reason.frame();
        let end = Event::default().event("end").data(code.to_string());
        self.events.send(end).await.ok();
    }
}
