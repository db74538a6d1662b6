//! Connections of live pages, whose messages are recorded on their way.

use std::sync::{Arc, OnceLock, atomic::Ordering};

use axum::http::Extensions;

use super::Recorder;
use crate::{
    protocol::CloseReason,
    session::{Incoming, Io},
};

/// In the extensions of a request: the number of the connection that it opens, if it opens one.
#[derive(Clone, Default)]
pub(super) struct OpenedConnection(Arc<OnceLock<u64>>);

impl OpenedConnection {
    pub(super) fn number(&self) -> Option<u64> {
        self.0.get().copied()
    }
}

/// What records one connection.
pub(crate) struct ConnectionRecorder {
    recorder: Recorder,
    connection: u64,
}

/// A request with these extensions opens a connection: its number, and what records it, if its messages are recorded.
pub(crate) fn connection_opens(extensions: &mut Extensions) -> Option<ConnectionRecorder> {
    let recorder = extensions.remove::<Recorder>()?;
    let connection = recorder.0.connections.fetch_add(1, Ordering::Relaxed) + 1;
    if let Some(opened) = extensions.remove::<OpenedConnection>() {
        opened.0.set(connection).ok();
    }
    Some(ConnectionRecorder {
        recorder,
        connection,
    })
}

/// A connection whose messages are recorded on their way, if there is a recorder.
pub(crate) struct Recorded<I> {
    io: I,
    recorder: Option<ConnectionRecorder>,
}

impl<I> Recorded<I> {
    pub(crate) fn new(io: I, recorder: Option<ConnectionRecorder>) -> Self {
        Self { io, recorder }
    }
}

impl<I: Io> Io for Recorded<I> {
    async fn receive(&mut self) -> Incoming {
        let incoming = self.io.receive().await;
        if let Some(to) = &self.recorder {
            match &incoming {
                Incoming::Text(text) => to.recorder.live(to.connection, "in", text),
                Incoming::Binary(bytes) => {
                    to.recorder.live_binary(to.connection, "in", bytes.len());
                }
                Incoming::Control | Incoming::TooLarge | Incoming::Unreadable | Incoming::Gone => {}
            }
        }
        incoming
    }

    async fn send(&mut self, text: String) -> bool {
        if let Some(to) = &self.recorder {
            to.recorder.live(to.connection, "out", &text);
        }
        self.io.send(text).await
    }

    async fn close(&mut self, reason: CloseReason) {
        self.io.close(reason).await;
    }
}
