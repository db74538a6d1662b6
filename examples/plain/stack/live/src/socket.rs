//! The connection of a page: from a request to a session, by a WebSocket or by an [`event_stream`].

use std::{error::Error as _, time::Duration};

use axum::{
    extract::{
        FromRequestParts, Request,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, uri::Authority},
    response::{IntoResponse, Response},
};
use tokio_tungstenite::tungstenite;

use crate::{
    Live, Visit, event_stream,
    parts::Parts,
    protocol::CloseReason,
    session::{self, Incoming, Io},
};

impl Live {
    /// Answers what the script asks for a live page's connection: the upgrade to a WebSocket, or the GET of a stream and the
    /// POSTs that belong to it. Other sites' pages get 403, a visitor or an address with too many connections 429.
    pub async fn connect(&self, request: Request, visit: Visit) -> Response {
        let wants_stream = event_stream::is_wanted(request.headers());
        let cross_site = wants_stream && event_stream::is_cross_site(request.headers());
        if cross_site || !same_origin(request.headers()) {
            tracing::info!(target: "security", "a live connection of another site is refused");
            return StatusCode::FORBIDDEN.into_response();
        }
        if request.method() == Method::POST {
            return self.take_post(request, &visit).await.into_response();
        }
        let (mut parts, _) = request.into_parts();
        let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
            Ok(upgrade) => Some(upgrade),
            Err(_) if wants_stream => None,
            Err(refusal) => return refusal.into_response(),
        };
        let Some(permit) = self.admit(&visit) else {
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        };
        let Some(upgrade) = upgrade else {
            let (stream, response) = self.event_stream(&visit);
            tokio::spawn(session::run(self.clone(), visit, permit, stream));
            return response;
        };
        let live = self.clone();
        // The usual 128 KiB of buffer would be most of what an idle connection costs. For a message that is longer, the
        // buffer grows.
        let upgrade = upgrade
            .read_buffer_size(1024)
            .write_buffer_size(0)
            .max_write_buffer_size(self.limits().send_bytes + 1024)
            .max_frame_size(MAX_FRAME_BYTES)
            .max_message_size(MAX_FRAME_BYTES);
        let message_bytes = self.limits().message_bytes;
        upgrade.on_upgrade(move |socket| async move {
            let socket = Socket {
                socket,
                unreadable: false,
                parts: Parts::new(message_bytes),
            };
            session::run(live, visit, permit, socket).await;
        })
    }
}

/// Of one frame. The script sends what is longer than half of it in parts.
pub(crate) const MAX_FRAME_BYTES: usize = 64 * 1024;

/// How long a browser may take to notice that we are leaving.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

struct Socket {
    socket: WebSocket,
    /// In the middle of a message that is too large, so that nothing more can be read.
    unreadable: bool,
    parts: Parts,
}

impl Io for Socket {
    async fn receive(&mut self) -> Incoming {
        loop {
            return match self.socket.recv().await {
                Some(Ok(Message::Text(text))) => Incoming::Text(text.as_str().to_owned()),
                Some(Ok(Message::Binary(bytes))) => match self.parts.take(bytes) {
                    Some(incoming) => incoming,
                    None => continue,
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Incoming::Control,
                Some(Err(error)) if is_too_large(&error) => {
                    self.unreadable = true;
                    Incoming::TooLarge
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => Incoming::Gone,
            };
        }
    }

    async fn send(&mut self, text: String) -> bool {
        self.socket.send(Message::Text(text.into())).await.is_ok()
    }

    async fn close(&mut self, reason: CloseReason) {
        let (code, text) = reason.frame();
        let frame = CloseFrame {
            code,
            reason: text.into(),
        };
        let frame = Message::Close(Some(frame));
        if self.socket.send(frame).await.is_err() {
            return;
        }
        // What is still on its way is read: else it would be answered by a reset, which swallows the reason. Where it
        // cannot be read the browser gets some time for the reason.
        let rest = async {
            while let Some(Ok(_)) = self.socket.recv().await {}
            if self.unreadable {
                std::future::pending::<()>().await;
            }
        };
        tokio::time::timeout(CLOSE_TIMEOUT, rest).await.ok();
    }
}

/// Whether the error is about the size of a message.
fn is_too_large(error: &axum::Error) -> bool {
    let error = error.source().and_then(|error| error.downcast_ref());
    matches!(error, Some(tungstenite::Error::Capacity(_)))
}

/// Whether the page that opens the connection is one of this site. A client that says nothing is no browser, and
/// carries nobody's cookies against their will. A proxy may have put the usual port behind the host.
fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    let (Ok(origin), Some(Ok(host))) = (
        Uri::try_from(origin.as_bytes()),
        host.map(Authority::try_from),
    ) else {
        return false;
    };
    let usual = match origin.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    let place = |authority: &Authority| {
        let port = authority.port_u16().unwrap_or(usual);
        (authority.host().to_ascii_lowercase(), port)
    };
    origin.authority().map(place) == Some(place(&host))
}
