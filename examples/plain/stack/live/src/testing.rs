//! A live page without a browser: it speaks the protocol, keeps the HTML as a browser would, and finds elements by
//! CSS selectors.
//!
//! ```ignore
//! let mut page = Page::connect(live, visit, "/notes/new", &document).await;
//! page.fill("#title", "Milk").await.click("button[type=submit]").await.expect_text("Saved").await;
//! ```
//!
//! A step is over when the server has acknowledged it and its handler has finished. What other pages cause is waited
//! for by [`Page::expect_text`] and the other `expect` methods. Whatever does not come within [`TIMEOUT`] is a failed
//! test, so that a mistake never hangs.

mod connection;
mod elements;
mod history;
mod reading;
mod receiving;
pub(crate) mod splices;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use axum::body::Bytes;
use scraper::Html;
use serde_json::{Value, json};

use crate::{CloseReason, Live, Visit, hash::hash, session::Incoming};
use connection::{Connection, connect};
use elements::{Control, Found, root, selector};

/// How long something may take before the test has failed.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The HTML, address and state of a page, and its connection.
pub struct Page {
    live: Live,
    visit: Visit,
    /// Until it is loaded again.
    name: String,
    connection: Connection,
    html: String,
    version: u64,
    state: String,
    mac: String,
    url: String,
    title: String,
    head: String,
    seq: u64,
    acknowledged: u64,
    working: HashSet<u64>,
    failed: HashSet<u64>,
    /// The last answer to a join, or what came before it.
    answer: Value,
    items: BTreeMap<String, String>,
    typed: HashMap<String, String>,
    ticked: HashMap<String, bool>,
    /// The pages before this one, for [`Page::back`].
    entries: Vec<history::Entry>,
    left: Option<String>,
    error: Option<String>,
    /// How the connection has ended.
    closed: Option<CloseReason>,
    calls: Vec<Value>,
    /// Messages since the page was made by a join.
    received: u64,
    /// Bytes of the last upload that the server has taken, and how many more may be on their way.
    upload_at: (u64, u64),
    upload_refused: Option<String>,
    /// Bytes of the last message from the server.
    pub last_message_bytes: usize,
}

impl Page {
    /// Connects the page that `document`, the answer to a GET of `url`, contains.
    ///
    /// # Panics
    /// If it contains none, or the page ends while it connects.
    pub async fn connect(live: &Live, visit: &Visit, url: &str, document: &str) -> Self {
        let page = Self::try_connect(live, visit, url, document).await;
        assert!(
            page.version > 0 || page.left.is_some(),
            "{url} does not join: {:?}",
            page.error
        );
        page
    }

    async fn try_connect(live: &Live, visit: &Visit, url: &str, document: &str) -> Self {
        let (root, html) = root(document);
        let attribute = |name: &str| root.get(name).cloned().unwrap_or_default();
        let title = Html::parse_document(document);
        let title = title
            .select(&selector("title"))
            .next()
            .map(|title| title.text().collect());
        let mut page = Self {
            live: live.clone(),
            visit: visit.clone(),
            name: crate::random_hex(),
            connection: connect(live, visit),
            html,
            version: 0,
            state: attribute("data-state"),
            mac: attribute("data-mac"),
            url: url.to_owned(),
            title: title.unwrap_or_default(),
            head: String::new(),
            seq: 0,
            acknowledged: 0,
            working: HashSet::new(),
            failed: HashSet::new(),
            answer: Value::Null,
            items: BTreeMap::new(),
            typed: HashMap::new(),
            ticked: HashMap::new(),
            entries: Vec::new(),
            left: None,
            error: None,
            closed: None,
            calls: Vec::new(),
            received: 0,
            upload_at: (0, 0),
            upload_refused: None,
            last_message_bytes: 0,
        };
        page.join(!attribute("data-items").is_empty()).await;
        page
    }

    async fn join(&mut self, again: bool) {
        let join = json!({
            "url": self.url, "hash": hash(&self.html), "items": "", "state": self.state, "mac": self.mac,
            "tz": null, "again": again, "page": self.name, "seen": self.acknowledged, "going": false,
            "streams": if again { self.windows() } else { json!({}) },
        });
        self.send(json!(["join", join]));
        (self.version, self.received) = (0, 0);
        while self.version == 0 && self.left.is_none() {
            match self.next().await {
                Ok(message) => self.answer = message,
                Err(_) => return,
            }
        }
    }

    /// The connection breaks, and the page goes on from its state: as after a restart of the server.
    pub async fn reconnect(&mut self) -> &mut Self {
        self.connection = connect(&self.live, &self.visit);
        self.closed = None;
        self.working.clear();
        self.join(true).await;
        self
    }

    /// Types `value` into a control.
    ///
    /// # Panics
    /// If there is no such control.
    pub async fn fill(&mut self, control: &str, value: &str) -> &mut Self {
        let found = self.find(control);
        self.typed.insert(found.control.key, value.to_owned());
        self.change(control, &["input", "change"], None).await;
        self
    }

    /// Ticks a box, or takes the tick away.
    ///
    /// # Panics
    /// If there is no such box.
    pub async fn check(&mut self, control: &str, checked: bool) -> &mut Self {
        let found = self.find(control);
        self.ticked.insert(found.control.key, checked);
        self.change(control, &["input", "change", "click"], Some(checked))
            .await;
        self
    }

    /// The events that follow from another value of a control, as far as anything listens to them.
    async fn change(&mut self, control: &str, kinds: &[&str], checked: Option<bool>) {
        for kind in kinds {
            let found = self.find(control);
            if let Some((handler, data)) = found.handlers.get(*kind) {
                let payload = json!({
                    "value": self.value(&found.control), "checked": checked, "name": found.control.name, "data": data,
                    "fields": self.fields(&found.form),
                });
                self.event(handler, kind, payload).await;
            }
        }
    }

    /// Clicks: calls a handler, follows a live link, or submits the form that the button is in.
    ///
    /// # Panics
    /// If there is no such element, or nothing happens when it is clicked.
    pub async fn click(&mut self, element: &str) -> &mut Self {
        let found = self.find(element);
        if let Some((handler, data)) = found.handlers.get("click") {
            let payload = json!({ "value": found.control.value, "data": data });
            self.event(handler, "click", payload).await;
        } else if let Some(href) = &found.link {
            self.visit(href).await;
        } else if found.submits {
            self.submit(element).await;
        } else {
            panic!(
                "nothing happens when `{element}` is clicked in {}",
                self.html
            );
        }
        self
    }

    /// Submits the form that `element` is or is in.
    ///
    /// # Panics
    /// If there is none with `on:submit`. One without is sent by HTTP.
    pub async fn submit(&mut self, element: &str) -> &mut Self {
        let fields = self.fields(&self.find(element).form);
        self.fire_with(element, "submit", json!({ "fields": fields }))
            .await
    }

    /// Presses a key.
    ///
    /// # Panics
    /// If there is no such element, or it listens to no keys.
    pub async fn press(&mut self, element: &str, key: &str) -> &mut Self {
        let value = self.value(&self.find(element).control);
        self.fire_with(element, "keydown", json!({ "key": key, "value": value }))
            .await
    }

    /// Something comes into view, or any other event without content.
    ///
    /// # Panics
    /// If the element does not listen to it.
    pub async fn fire(&mut self, element: &str, kind: &str) -> &mut Self {
        self.fire_with(element, kind, json!({})).await
    }

    /// An element of one's own dispatches a `CustomEvent` with a `detail`.
    ///
    /// # Panics
    /// If the element does not listen to it.
    pub async fn dispatch(&mut self, element: &str, kind: &str, detail: Value) -> &mut Self {
        self.fire_with(element, kind, json!({ "detail": detail }))
            .await
    }

    async fn fire_with(&mut self, element: &str, kind: &str, mut payload: Value) -> &mut Self {
        let found = self.find(element);
        let Some((handler, data)) = found.handlers.get(kind) else {
            panic!("`{element}` does not listen to `{kind}` in {}", self.html);
        };
        payload["data"] = data.clone();
        self.event(handler, kind, payload).await;
        self
    }

    /// Follows a link to `url`, without loading.
    pub async fn visit(&mut self, url: &str) -> &mut Self {
        self.seq += 1;
        self.send(json!(["nav", self.seq, url, "push"]));
        self.typed.clear();
        self.ticked.clear();
        self.wait_for_answers().await;
        self
    }

    /// Chooses a file in an `input type="file"`.
    ///
    /// # Panics
    /// If there is no such control.
    pub async fn upload(
        &mut self,
        control: &str,
        name: &str,
        content_type: &str,
        content: &[u8],
    ) -> &mut Self {
        const CHUNK: usize = 32 * 1024;
        let found = self.find(control);
        let (handler, _) = found
            .handlers
            .get("upload")
            .expect("an input with on:upload");
        self.seq += 1;
        let (reference, seq) = (u32::try_from(self.seq).unwrap_or_default(), self.seq);
        self.upload_refused = None;
        self.upload_at = (0, CHUNK as u64);
        let files = json!([[name, content.len(), content_type]]);
        self.send(json!(["up", seq, handler, self.version, reference, files]));
        let mut sent = 0;
        for chunk in content.chunks(CHUNK) {
            sent += chunk.len() as u64;
            while sent > self.upload_at.0 + self.upload_at.1 && self.upload_refused.is_none() {
                self.must_go_on().await;
            }
            if self.upload_refused.is_some() {
                break;
            }
            self.send_part(reference, chunk);
        }
        self.wait_for_answers().await;
        let refused = self.find_handler(control, "refused");
        if let (Some(why), Some(handler)) = (self.upload_refused.clone(), refused) {
            self.event(&handler, "refused", json!({ "value": why }))
                .await;
        }
        self
    }

    /// A part of the first file of an upload, sent without waiting for anything.
    pub(crate) fn send_part(&mut self, reference: u32, content: &[u8]) {
        let mut frame = reference.to_be_bytes().to_vec();
        frame.extend(0_u32.to_be_bytes());
        frame.extend(content);
        self.send_frame(Incoming::Binary(Bytes::from(frame)));
    }

    /// The handler of `kind` on an element, if both are there.
    fn find_handler(&self, css: &str, kind: &str) -> Option<String> {
        let html = Html::parse_fragment(&self.html());
        let element = html.select(&selector(css)).next()?;
        let found = Found::of(element);
        found.handlers.get(kind).map(|(handler, _)| handler.clone())
    }

    /// Waits until the server ends the connection, and returns why it did.
    pub async fn wait_for_close(&mut self) -> CloseReason {
        loop {
            if let Some(reason) = self.closed {
                return reason;
            }
            self.closed = match self.connection.receive.recv().await {
                Some(Ok(_)) => None,
                Some(Err(reason)) => Some(reason),
                None => Some(CloseReason::Gone),
            };
        }
    }

    /// Sends what no browser would, and returns how the connection ends, if it does.
    pub async fn send_raw(&mut self, text: &str) -> Option<CloseReason> {
        self.send_frame(Incoming::Text(text.to_owned()));
        // Answered after whatever came before it.
        self.send(json!(["ping"]));
        loop {
            match self.next().await {
                Ok(message) if message.as_object().is_some_and(serde_json::Map::is_empty) => {
                    return None;
                }
                Ok(_) => {}
                Err(reason) => return Some(reason),
            }
        }
    }

    async fn event(&mut self, handler: &str, kind: &str, payload: Value) {
        self.seq += 1;
        let event = json!(["ev", self.seq, self.version, handler, kind, payload]);
        self.send(event);
        self.wait_for_answers().await;
    }

    fn send(&self, message: Value) {
        self.send_frame(Incoming::Text(message.to_string()));
    }

    fn send_frame(&self, frame: Incoming) {
        self.connection.send.send(frame).ok();
    }

    fn find(&self, css: &str) -> Found {
        let text = self.html();
        let html = Html::parse_fragment(&text);
        let element = html.select(&selector(css)).next();
        Found::of(
            element.unwrap_or_else(|| panic!("`{css}` is not on the page {}: {text}", self.url)),
        )
    }

    fn value(&self, control: &Control) -> String {
        self.typed
            .get(&control.key)
            .unwrap_or(&control.value)
            .clone()
    }

    /// What a browser would send of a form with these controls, as (name, value).
    fn fields(&self, controls: &[Control]) -> Vec<(String, String)> {
        let sent = controls.iter().filter(|control| {
            let ticked = self.ticked.get(&control.key).copied();
            ticked.or(control.checked) != Some(false)
        });
        sent.map(|control| (control.name.clone(), self.value(control)))
            .collect()
    }
}
