//! The connection to `cargo dev`: JSON, one object a line.
//!
//! From here `{"token": …}` first, and `{"ready": true}` when requests are answered. From there `{"show": …}`, what
//! pages are to show, `{"texts": …}`, those that have changed, and `{"stop": true}`. Its end is the end of `cargo dev`, and so of this
//! process.

use std::{io, sync::Arc};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Mutex, watch},
};

use super::texts;

/// The connection to `cargo dev`. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ControlChannel {
    writer: Arc<Mutex<OwnedWriteHalf>>,
    state: watch::Sender<ControlState>,
}

#[derive(Clone, Debug, Default)]
struct ControlState {
    show: Value,
    /// The last error or panic of a handler, with its `number`.
    fault: Value,
    faults: u64,
    stop: bool,
}

impl ControlChannel {
    /// Connects to `ADDRESS/TOKEN`.
    ///
    /// # Errors
    /// If nobody is there.
    pub async fn connect(to: &str) -> io::Result<Self> {
        let (address, token) = to.split_once('/').ok_or(io::ErrorKind::InvalidInput)?;
        let (reader, writer) = TcpStream::connect(address).await?.into_split();
        let this = Self {
            writer: Arc::new(Mutex::new(writer)),
            state: watch::Sender::default(),
        };
        this.send(&json!({ "token": token })).await?;
        tokio::spawn(listen(reader, this.state.clone()));
        Ok(this)
    }

    /// Says that requests are answered from now on.
    pub async fn ready(&self) {
        // That nobody is there any more is noticed by who listens.
        self.send(&json!({ "ready": true })).await.ok();
    }

    async fn send(&self, message: &Value) -> io::Result<()> {
        let line = format!("{message}\n");
        self.writer.lock().await.write_all(line.as_bytes()).await
    }

    /// Ready when the process is to stop.
    pub async fn stopped(&self) {
        let mut state = self.state.subscribe();
        state.wait_for(|state| state.stop).await.ok();
    }

    /// Ends what pages listen to, so that they look for the next process.
    pub fn stop(&self) {
        self.state.send_modify(|state| state.stop = true);
    }

    /// Shows an error or a panic of a handler on open pages: an object with `title` and `text`, and with `place`, `lines` and
    /// `sql` where they are known.
    pub fn report(&self, mut fault: Value) {
        self.state.send_modify(|state| {
            state.faults += 1;
            fault["number"] = state.faults.into();
            state.fault = fault;
        });
    }

    /// How many there were: a page shows only those that come after it was asked for.
    pub(super) fn faults(&self) -> u64 {
        self.state.borrow().faults
    }

    pub(super) fn states(&self) -> States {
        let mut state = self.state.subscribe();
        state.mark_changed();
        States(state)
    }
}

/// What pages are to show, one after another.
pub(super) struct States(watch::Receiver<ControlState>);

impl States {
    /// What `cargo dev` shows, and the last fault.
    pub(super) async fn next(&mut self) -> Option<(Value, Value)> {
        self.0.changed().await.ok()?;
        let state = self.0.borrow_and_update();
        (!state.stop).then(|| (state.show.clone(), state.fault.clone()))
    }
}

async fn listen(reader: OwnedReadHalf, state: watch::Sender<ControlState>) {
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(mut message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if message["stop"] == true {
            break;
        }
        if let Some(texts) = message.get_mut("texts") {
            texts::set(texts.take());
            // Pages hear of it, and ask for the texts again.
            state.send_modify(|_| ());
        }
        if let Some(show) = message.get_mut("show") {
            let show = show.take();
            state.send_modify(|state| state.show = show);
        }
    }
    state.send_modify(|state| state.stop = true);
}
