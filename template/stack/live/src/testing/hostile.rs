//! What no browser does, for the tests of this crate.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{Page, event_stream::connect_by_stream};
use crate::{
    CloseReason, Live, Visit,
    hash::hash,
    session::{self, Incoming, Io},
};

impl Page {
    /// As [`connect`](Self::connect), for a page that may end before it begins.
    ///
    /// # Panics
    /// If `document` contains no page.
    pub async fn connect_or_end(live: &Live, visit: &Visit, url: &str, document: &str) -> Self {
        Self::try_connect(live, visit, url, document).await
    }

    /// As [`reconnect`](Self::reconnect), to another process: `live` has the same pages.
    pub async fn reconnect_to(&mut self, live: &Live) -> &mut Self {
        self.live = live.clone();
        self.reconnect().await
    }

    /// As [`reconnect`](Self::reconnect), by an event stream, whose POSTs all arrive twice.
    pub async fn reconnect_by_stream(&mut self) -> &mut Self {
        self.connection = connect_by_stream(&self.live, &self.visit).await;
        self.closed = None;
        self.working.clear();
        self.join(true).await;
        self
    }

    /// Takes another state, as a forger would. It counts at the next [`reconnect`](Self::reconnect).
    pub fn set_state(&mut self, state: &str, mac: &str) {
        (self.state, self.mac) = (state.to_owned(), mac.to_owned());
    }

    /// As [`reconnect`](Self::reconnect), without having heard of anything since the join.
    pub async fn reconnect_unheard(&mut self) -> &mut Self {
        self.acknowledged = 0;
        self.reconnect().await
    }

    /// Takes another page's name.
    pub fn call_itself(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Whether the event with this number has failed.
    pub fn failed(&self, seq: u64) -> bool {
        self.failed.contains(&seq)
    }

    /// The number of the last event, and the page's name.
    pub fn last(&self) -> (u64, &str) {
        (self.seq, &self.name)
    }

    /// The MAC of the state.
    pub fn mac(&self) -> &str {
        &self.mac
    }

    /// An event of a `handler` at a `version` of the page that may be long gone.
    pub async fn send_event(&mut self, handler: &str, version: u64) -> &mut Self {
        self.seq += 1;
        self.send(json!(["ev", self.seq, version, handler, "click", {}]));
        self.wait_for_answers().await;
        self
    }

    /// Clicks, does not wait for what happens, and closes the page.
    ///
    /// # Panics
    /// If nothing happens when it is clicked.
    pub async fn click_and_leave(mut self, element: &str) {
        self.begin_click(element).await;
    }

    /// Clicks, and does not wait for anything.
    pub fn click_without_waiting(&mut self, element: &str) {
        let (handler, _) = &self.find(element).handlers["click"];
        self.seq += 1;
        self.send(json!(["ev", self.seq, self.version, handler, "click", {}]));
    }

    /// Follows a link to `url`, and does not wait for anything.
    pub fn begin_visit(&mut self, url: &str) {
        self.seq += 1;
        self.send(json!(["nav", self.seq, url, "push"]));
    }

    /// Types into a control, and does not wait for anything.
    pub fn begin_fill(&mut self, control: &str, value: &str) {
        let (handler, _) = &self.find(control).handlers["input"];
        self.seq += 1;
        self.send(json!(["ev", self.seq, self.version, handler, "input", { "value": value }]));
    }

    /// Clicks, and waits until the server has the event, but not for its handler.
    pub async fn begin_click(&mut self, element: &str) {
        self.click_without_waiting(element);
        while self.acknowledged < self.seq {
            self.must_go_on().await;
        }
    }

    /// Sends a ping of the WebSocket itself.
    pub fn send_control(&mut self) {
        self.send_frame(Incoming::Control);
    }

    /// How many messages have arrived, without waiting for more.
    pub fn take_arrived(&mut self) -> usize {
        let receive = &mut self.connection.receive;
        std::iter::from_fn(|| receive.try_recv().ok()).count()
    }

    /// Announces an upload of a text file of so many bytes, and sends nothing of it. What is returned names it.
    pub fn begin_upload(&mut self, control: &str, bytes: usize) -> u32 {
        let (handler, _) = &self.find(control).handlers["upload"];
        self.seq += 1;
        let reference = u32::try_from(self.seq).unwrap_or_default();
        let files = json!([["a.txt", bytes, "text/plain"]]);
        self.send(json!([
            "up",
            self.seq,
            handler,
            self.version,
            reference,
            files
        ]));
        reference
    }

    /// The connection breaks during an upload, and the page goes on where it was. Returns the uploads that the server
    /// goes on with, as a list of their names and the bytes that it has; null if the page began anew.
    pub async fn resume(&mut self) -> Value {
        self.connection = super::connect(&self.live, &self.visit);
        self.closed = None;
        self.send(json!(["join", {
            "url": self.url, "hash": hash(&self.html), "state": self.state, "mac": self.mac, "again": true,
            "page": self.name, "seen": self.acknowledged, "received": self.received,
        }]));
        let answer = self.next().await.expect("an answer");
        answer["re"][0].clone()
    }

    /// Messages of the server are lost on their way, up to the first one that contains `text`.
    pub async fn lose_messages_until(&mut self, text: &str) {
        while let Some(Ok(message)) = self.connection.receive.recv().await {
            if message.contains(text) {
                return;
            }
        }
    }

    /// Ends the connection, and waits until the server's side of it has ended.
    pub async fn hang_up(&mut self) {
        let (nobody, _) = tokio::sync::mpsc::unbounded_channel();
        self.connection.send = nobody;
        while self.connection.receive.recv().await.is_some() {}
    }

    /// From the next connection on this is somebody else.
    pub fn forget_visitor(&mut self, secret: &str) {
        secret.clone_into(&mut self.visit.secret);
    }

    /// How far the last upload may be ahead.
    pub fn upload_window(&self) -> u64 {
        self.upload_at.1
    }

    /// As [`send_raw`](Self::send_raw), a binary frame.
    pub async fn send_binary(&mut self, bytes: &[u8]) -> Option<CloseReason> {
        self.send_frame(Incoming::Binary(Bytes::copy_from_slice(bytes)));
        self.send_raw("[\"ping\"]").await
    }
}

/// How a connection ends whose other end reads nothing. For tests whose clock stands still until everybody waits.
pub async fn stalled(live: &Live, visit: &Visit, url: &str) -> CloseReason {
    struct Stalled(Option<String>);

    impl Io for Stalled {
        async fn receive(&mut self) -> Incoming {
            match self.0.take() {
                Some(join) => Incoming::Text(join),
                None => std::future::pending().await,
            }
        }

        async fn send(&mut self, _: String) -> bool {
            std::future::pending().await
        }

        async fn close(&mut self, _: CloseReason) {
            std::future::pending::<()>().await;
        }
    }

    let join = json!(["join", { "url": url }]).to_string();
    let permit = live.admit(visit).expect("a connection");
    session::run(live.clone(), visit.clone(), permit, Stalled(Some(join))).await
}
