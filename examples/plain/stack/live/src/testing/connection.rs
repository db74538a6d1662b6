//! A connection without a socket.

use tokio::sync::mpsc;

use crate::{
    CloseReason, Live, Visit,
    session::{self, Incoming, Io},
};

pub(super) struct Connection {
    pub(super) send: mpsc::UnboundedSender<Incoming>,
    pub(super) receive: mpsc::UnboundedReceiver<Result<String, CloseReason>>,
}

struct Pipe {
    incoming: mpsc::UnboundedReceiver<Incoming>,
    outgoing: mpsc::UnboundedSender<Result<String, CloseReason>>,
}

impl Io for Pipe {
    async fn receive(&mut self) -> Incoming {
        self.incoming.recv().await.unwrap_or(Incoming::Gone)
    }

    async fn send(&mut self, text: String) -> bool {
        self.outgoing.send(Ok(text)).is_ok()
    }

    async fn close(&mut self, reason: CloseReason) {
        self.outgoing.send(Err(reason)).ok();
    }
}

pub(super) fn connect(live: &Live, visit: &Visit) -> Connection {
    let (send, incoming) = mpsc::unbounded_channel();
    let (outgoing, receive) = mpsc::unbounded_channel();
    let (live, visit) = (live.clone(), visit.clone());
    let permit = live.admit(&visit).expect("fewer connections than allowed");
    tokio::spawn(session::run(
        live,
        visit,
        permit,
        Pipe { incoming, outgoing },
    ));
    Connection { send, receive }
}
