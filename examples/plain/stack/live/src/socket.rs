//! The WebSocket: from a request to a session.

use std::time::Duration;

use axum::{
    extract::{
        FromRequestParts, Request,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use crate::{
    Live, Visit,
    protocol::CloseReason,
    session::{self, Incoming, Io},
};

impl Live {
    /// Answers the upgrade of a live page's connection. Other sites' pages get 403, a visitor with too many
    /// connections 429.
    pub async fn connect(&self, request: Request, visit: Visit) -> Response {
        let (mut parts, _) = request.into_parts();
        let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
            Ok(upgrade) => upgrade,
            Err(refusal) => return refusal.into_response(),
        };
        if !same_origin(&parts.headers) {
            return StatusCode::FORBIDDEN.into_response();
        }
        let Some(admitted) = self.admit(&visit.secret) else {
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        };
        let live = self.clone();
        // The usual 128 KiB of buffer would be most of what an idle connection costs.
        let upgrade = upgrade
            .read_buffer_size(4 * 1024)
            .write_buffer_size(0)
            .max_write_buffer_size(8 * 1024 * 1024)
            // Somewhat more than is allowed is read, so that there is a connection left to say why it ends.
            .max_frame_size(SLACK * self.limits().message_bytes)
            .max_message_size(SLACK * self.limits().message_bytes);
        upgrade.on_upgrade(move |socket| async move {
            let most = live.limits().message_bytes;
            let socket = Socket { socket, most };
            session::run(live, visit, socket).await;
            drop(admitted);
        })
    }
}

/// How many times the allowed size of a message is read before the connection is cut off without a word.
const SLACK: usize = 8;
/// How long a browser may take to notice that we are leaving.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

struct Socket {
    socket: WebSocket,
    /// Bytes of a message.
    most: usize,
}

impl Io for Socket {
    async fn receive(&mut self) -> Incoming {
        loop {
            let Some(Ok(message)) = self.socket.recv().await else {
                return Incoming::Gone;
            };
            return match message {
                Message::Text(text) if text.len() > self.most => Incoming::TooLarge,
                Message::Binary(bytes) if bytes.len() > self.most => Incoming::TooLarge,
                Message::Text(text) => Incoming::Text(text.as_str().to_owned()),
                Message::Binary(bytes) => Incoming::Binary(bytes),
                Message::Ping(_) | Message::Pong(_) => continue,
                Message::Close(_) => Incoming::Gone,
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
        // What is still on its way is read: else it would be answered by a reset, which swallows the reason.
        let rest = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        tokio::time::timeout(CLOSE_TIMEOUT, rest).await.ok();
    }
}

/// Whether the page that opens the connection is one of this site. A client that says nothing is no browser, and
/// carries nobody's cookies against their will.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
    let from = origin
        .as_ref()
        .and_then(Uri::authority)
        .map(|from| from.as_str());
    from.is_some() && from == text(header::HOST)
}
