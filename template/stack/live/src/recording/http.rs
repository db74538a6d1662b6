//! Requests.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt;

use super::{
    Recorder,
    connection::OpenedConnection,
    visitors::Visitors,
    writer::{self, Raw},
};
use crate::event_stream;

/// Bytes of a body that is recorded; of a longer one nothing is.
pub const BODY_BYTES: usize = 16 * 1024;

/// The bytes of a body that the handler has read so far; `None` once they are too many.
type BodyCapture = Arc<Mutex<Option<Vec<u8>>>>;

/// Middleware that records requests: `middleware::from_fn_with_state(recorder, recording::http)`. Bodies are recorded
/// as the handler reads them, and not held up; the live connections that requests open are recorded too.
pub async fn http(State(recorder): State<Recorder>, mut request: Request, next: Next) -> Response {
    // The messages of a stream are recorded as those of its connection.
    if request.headers().contains_key(event_stream::STREAM) {
        return next.run(request).await;
    }
    let started = Instant::now();
    let method = request.method().to_string();
    let target = request
        .uri()
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    let sent = recorder
        .visitors()
        .cookies(request.headers(), header::COOKIE);
    let form = media_type(request.headers(), "application/x-www-form-urlencoded");
    let capture: Option<BodyCapture> = (form || media_type(request.headers(), "application/json"))
        .then(|| {
            let capture = BodyCapture::new(Mutex::new(Some(Vec::new())));
            let body = std::mem::take(request.body_mut());
            *request.body_mut() = captured(body, Arc::clone(&capture));
            capture
        });
    let opened = OpenedConnection::default();
    request.extensions_mut().insert(recorder.clone());
    request.extensions_mut().insert(opened.clone());
    let response = next.run(request).await;
    let bytes = capture.and_then(|capture| {
        capture
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    });
    let length = bytes.as_ref().map_or(0, Vec::len) + target.len();
    let kind = if form {
        writer::Body::Form
    } else {
        writer::Body::Json
    };
    let body = bytes.filter(|bytes| !bytes.is_empty()).map(kind);
    // What opens a connection is written as an upgrade, whatever carries the messages.
    let status = match opened.number() {
        Some(_) => StatusCode::SWITCHING_PROTOCOLS,
        None => response.status(),
    }
    .as_u16();
    let visitor = {
        let mut visitors = recorder.visitors();
        let given = visitors.cookies(response.headers(), header::SET_COOKIE);
        visitors.number(&sent, &given)
    };
    recorder.put(
        length,
        Raw::Http {
            method,
            target,
            status,
            duration: started.elapsed(),
            visitor,
            connection: opened.number(),
            body,
        },
    );
    response
}

impl Recorder {
    fn visitors(&self) -> MutexGuard<'_, Visitors> {
        self.0
            .visitors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn media_type(headers: &HeaderMap, wanted: &str) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(wanted)
}

fn captured(body: Body, capture: BodyCapture) -> Body {
    Body::from_stream(body.into_data_stream().inspect(move |chunk| {
        let Ok(chunk) = chunk else { return };
        let mut capture = capture.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *capture {
            Some(bytes) if bytes.len() + chunk.len() <= BODY_BYTES => {
                bytes.extend_from_slice(chunk);
            }
            too_much => *too_much = None,
        }
    }))
}
