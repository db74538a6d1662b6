//! The control channels of programs that were started: see `stack_serve::dev`, which is their end of it.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, Result};

/// Where programs report.
pub(super) struct Channels {
    address: SocketAddr,
    expected: Expected,
}

type Expected = Arc<Mutex<HashMap<String, oneshot::Sender<Channel>>>>;

impl Channels {
    pub(super) async fn listen() -> Result<Self> {
        let failed = |error| Error::new(format!("cannot listen for the application: {error}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let expected = Expected::default();
        let known = Arc::clone(&expected);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(identify(stream, Arc::clone(&known)));
            }
        });
        Ok(Self { address, expected })
    }

    /// What a program has to know to report, and what it reports to.
    pub(super) fn expect(&self) -> (String, oneshot::Receiver<Channel>) {
        // The operating system's random numbers are behind this: nobody else on this machine guesses it.
        let token = format!("{:016x}", RandomState::new().hash_one(self.address));
        let (sender, channel) = oneshot::channel();
        let mut expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.insert(token.clone(), sender);
        (format!("{}/{token}", self.address), channel)
    }
}

/// The way to one program. Cheap to clone.
#[derive(Clone)]
pub(super) struct Writer(Arc<tokio::sync::Mutex<OwnedWriteHalf>>);

impl Writer {
    /// Sends a message. A program that has ended is noticed elsewhere.
    pub(super) async fn send(&self, message: &Value) {
        let line = format!("{message}\n");
        self.0.lock().await.write_all(line.as_bytes()).await.ok();
    }
}

/// The connection of one program.
pub(super) struct Channel {
    pub(super) writer: Writer,
    messages: mpsc::UnboundedReceiver<Value>,
}

impl Channel {
    pub(super) async fn stop(&mut self) {
        self.writer.send(&json!({ "stop": true })).await;
    }

    /// Whether it says that it answers requests, or ends before.
    pub(super) async fn ready(&mut self) -> bool {
        while let Some(message) = self.messages.recv().await {
            if message["ready"] == true {
                return true;
            }
        }
        false
    }
}

/// Finds out who it is that has connected.
async fn identify(stream: TcpStream, expected: Expected) {
    let (reader, writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let Ok(Some(first)) = lines.next_line().await else {
        return;
    };
    let first: Value = serde_json::from_str(&first).unwrap_or_default();
    let known = first["token"].as_str().and_then(|token| {
        let mut expected = expected.lock().unwrap_or_else(PoisonError::into_inner);
        expected.remove(token)
    });
    let Some(known) = known else {
        return;
    };
    let (sender, messages) = mpsc::unbounded_channel();
    let writer = Writer(Arc::new(tokio::sync::Mutex::new(writer)));
    if known.send(Channel { writer, messages }).is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        if let Ok(message) = serde_json::from_str(&line)
            && sender.send(message).is_err()
        {
            return;
        }
    }
}
