//! A live page without a browser: it speaks the protocol, keeps the HTML as a browser would, and finds elements by
//! CSS selectors.
//!
//! ```ignore
//! let mut page = Page::connect(live, visit, "/notes/new", &document).await;
//! page.fill("#title", "Milk").await.click("button[type=submit]").await.expect_text("Saved").await;
//! ```
//!
//! A step is over when the server has acknowledged it and its handler has finished. What other pages cause is waited
//! for by [`Page::expect_text`] and its kin. Whatever does not come within [`PATIENCE`] is a failed test, so that a
//! mistake never hangs.

mod splices;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use axum::body::Bytes;
use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    Close, Live, Visit,
    hash::hash,
    session::{self, Incoming, Io},
};

pub(crate) use splices::apply;

/// How long something may take before the test has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The HTML, address and state of a page, and its connection.
pub struct Page {
    live: Live,
    visit: Visit,
    connection: Connection,
    html: String,
    version: u64,
    state: String,
    mac: String,
    url: String,
    title: String,
    seq: u64,
    acknowledged: u64,
    working: HashSet<u64>,
    items: BTreeMap<String, String>,
    typed: HashMap<String, String>,
    left: Option<String>,
    error: Option<String>,
    calls: Vec<Value>,
    uploads: Vec<Value>,
    /// Bytes of the last message from the server.
    pub last_message_bytes: usize,
}

struct Connection {
    send: mpsc::UnboundedSender<Incoming>,
    receive: mpsc::UnboundedReceiver<Result<String, Close>>,
}

struct Pipe {
    incoming: mpsc::UnboundedReceiver<Incoming>,
    outgoing: mpsc::UnboundedSender<Result<String, Close>>,
}

impl Io for Pipe {
    async fn receive(&mut self) -> Incoming {
        self.incoming.recv().await.unwrap_or(Incoming::Gone)
    }

    async fn send(&mut self, text: String) -> bool {
        self.outgoing.send(Ok(text)).is_ok()
    }

    async fn close(&mut self, why: Close) {
        self.outgoing.send(Err(why)).ok();
    }
}

fn connect(live: &Live, visit: &Visit) -> Connection {
    let (send, incoming) = mpsc::unbounded_channel();
    let (outgoing, receive) = mpsc::unbounded_channel();
    let (live, visit) = (live.clone(), visit.clone());
    tokio::spawn(session::run(live, visit, Pipe { incoming, outgoing }));
    Connection { send, receive }
}

impl Page {
    /// Connects the page that `document`, the answer to a GET of `url`, contains.
    ///
    /// # Panics
    /// If it contains none.
    pub async fn connect(live: &Live, visit: &Visit, url: &str, document: &str) -> Self {
        let page = Self::try_connect(live, visit, url, document).await;
        assert!(
            page.version > 0 || page.left.is_some(),
            "{url} does not join: {:?}",
            page.error
        );
        page
    }

    /// As [`connect`](Self::connect), for a page that may end before it begins.
    ///
    /// # Panics
    /// If `document` contains no page.
    pub async fn try_connect(live: &Live, visit: &Visit, url: &str, document: &str) -> Self {
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
            connection: connect(live, visit),
            html,
            version: 0,
            state: attribute("data-state"),
            mac: attribute("data-mac"),
            url: url.to_owned(),
            title: title.unwrap_or_default(),
            seq: 0,
            acknowledged: 0,
            working: HashSet::new(),
            items: BTreeMap::new(),
            typed: HashMap::new(),
            left: None,
            error: None,
            calls: Vec::new(),
            uploads: Vec::new(),
            last_message_bytes: 0,
        };
        page.join(!attribute("data-items").is_empty()).await;
        page
    }

    async fn join(&mut self, again: bool) {
        let join = json!({
            "url": self.url, "hash": hash(&self.html), "items": "", "state": self.state, "mac": self.mac,
            "tz": null, "again": again,
        });
        self.send(json!(["join", join]));
        self.version = 0;
        while self.version == 0 && self.left.is_none() && self.next().await.is_ok() {}
    }

    /// The connection breaks, and the page goes on from its state: as after a restart of the server.
    pub async fn reconnect(&mut self) -> &mut Self {
        self.connection = connect(&self.live, &self.visit);
        self.acknowledged = 0;
        self.working.clear();
        self.join(true).await;
        self
    }

    /// As [`reconnect`](Self::reconnect), to another process: `live` has the same pages.
    pub async fn reconnect_to(&mut self, live: &Live) -> &mut Self {
        self.live = live.clone();
        self.reconnect().await
    }

    /// Types `value` into a control.
    ///
    /// # Panics
    /// If there is no such control.
    pub async fn fill(&mut self, control: &str, value: &str) -> &mut Self {
        let found = self.find(control);
        self.typed.insert(found.key.clone(), value.to_owned());
        for kind in ["input", "change"] {
            let found = self.find(control);
            if let Some((handler, data)) = found.handlers.get(kind) {
                let payload = json!({
                    "value": value, "name": found.name, "data": data, "fields": self.fields(&found.form),
                });
                let handler = handler.clone();
                self.event(&handler, kind, payload).await;
            }
        }
        self
    }

    /// Ticks a box, or takes the tick away.
    ///
    /// # Panics
    /// If there is no such box.
    pub async fn check(&mut self, control: &str, checked: bool) -> &mut Self {
        let found = self.find(control);
        self.typed
            .insert(format!("{}\u{0}checked", found.key), checked.to_string());
        for kind in ["input", "change", "click"] {
            if let Some((handler, data)) = found.handlers.get(kind) {
                let payload = json!({
                    "value": found.value, "checked": checked, "name": found.name, "data": data,
                    "fields": self.fields(&found.form),
                });
                self.event(handler, kind, payload).await;
            }
        }
        self
    }

    /// Clicks: a handler, a live link, or the form that the button submits.
    ///
    /// # Panics
    /// If there is no such element, or nothing happens when it is clicked.
    pub async fn click(&mut self, element: &str) -> &mut Self {
        let found = self.find(element);
        if let Some((handler, data)) = found.handlers.get("click") {
            let payload = json!({ "value": found.value, "data": data });
            self.event(handler, "click", payload).await;
        } else if let Some(href) = &found.link {
            self.visit(href).await;
        } else if found.submits {
            self.submit_found(&found).await;
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
    /// If there is none with `on:submit`.
    pub async fn submit(&mut self, element: &str) -> &mut Self {
        let found = self.find(element);
        self.submit_found(&found).await;
        self
    }

    async fn submit_found(&mut self, found: &Found) {
        let form = found.form.as_ref().expect("an element in a form");
        let Some((handler, data)) = &form.submit else {
            panic!("the form is not live; send it by HTTP: {}", self.html);
        };
        let payload = json!({ "fields": self.fields(&found.form), "data": data });
        self.event(handler, "submit", payload).await;
    }

    /// Presses a key.
    ///
    /// # Panics
    /// If there is no such element, or it listens to no keys.
    pub async fn press(&mut self, element: &str, key: &str) -> &mut Self {
        let found = self.find(element);
        let (handler, data) = found
            .handlers
            .get("keydown")
            .expect("an element that listens to keys");
        let payload = json!({ "key": key, "value": self.value(&found), "data": data });
        self.event(handler, "keydown", payload).await;
        self
    }

    /// Something comes into view, or any other event without content.
    ///
    /// # Panics
    /// If the element does not listen to it.
    pub async fn fire(&mut self, element: &str, kind: &str) -> &mut Self {
        let found = self.find(element);
        let (handler, data) = found.handlers.get(kind).expect("an element that listens");
        self.event(handler, kind, json!({ "data": data })).await;
        self
    }

    /// Follows a link to `url`, without loading.
    pub async fn visit(&mut self, url: &str) -> &mut Self {
        self.seq += 1;
        self.url = url.to_owned();
        self.send(json!(["nav", self.seq, url, "push"]));
        self.typed.clear();
        self.settle().await;
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
        const CHUNK: usize = 16 * 1024;
        let found = self.find(control);
        let (handler, _) = found
            .handlers
            .get("upload")
            .expect("an input with on:upload");
        self.seq += 1;
        let (reference, seq) = (u32::try_from(self.seq).unwrap_or_default(), self.seq);
        self.uploads.clear();
        let files = json!([[name, content.len(), content_type]]);
        self.send(json!(["up", seq, handler, self.version, reference, files]));
        let mut sent = 0;
        for chunk in content.chunks(CHUNK) {
            let mut frame = reference.to_be_bytes().to_vec();
            frame.extend(0_u32.to_be_bytes());
            frame.extend(chunk);
            self.connection
                .send
                .send(Incoming::Binary(Bytes::from(frame)))
                .ok();
            sent += chunk.len();
            let answered = |page: &Self| {
                page.uploads.iter().any(|message| {
                    message.get("ue").is_some()
                        || message["ua"]
                            .as_array()
                            .is_some_and(|all| all.iter().any(|ua| ua[1] == sent))
                })
            };
            while !answered(self) {
                self.must_go_on().await;
            }
            if self
                .uploads
                .iter()
                .any(|message| message.get("ue").is_some())
            {
                break;
            }
        }
        self.settle().await;
        self
    }

    /// Why the last upload was refused.
    pub fn upload_refused(&self) -> Option<String> {
        let mut refusals = self
            .uploads
            .iter()
            .filter_map(|message| message["ue"][0][1].as_str());
        refusals.next().map(ToOwned::to_owned)
    }

    /// Waits until `text` can be read on the page.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn expect_text(&mut self, text: &str) -> &mut Self {
        while !self.text().contains(text) {
            if let Err(why) = self.next().await {
                panic!("`{text}` did not come ({why:?}): {}", self.text());
            }
        }
        self
    }

    /// Waits until `text` can not be read on the page any more.
    ///
    /// # Panics
    /// If it stays.
    pub async fn expect_no_text(&mut self, text: &str) -> &mut Self {
        while self.text().contains(text) {
            if let Err(why) = self.next().await {
                panic!("`{text}` stayed ({why:?}): {}", self.text());
            }
        }
        self
    }

    /// Waits until there is an element that `css` finds.
    ///
    /// # Panics
    /// If none comes.
    pub async fn expect(&mut self, css: &str) -> &mut Self {
        while self.count(css) == 0 {
            if let Err(why) = self.next().await {
                panic!("`{css}` did not come ({why:?}): {}", self.html());
            }
        }
        self
    }

    /// How many elements `css` finds.
    pub fn count(&self, css: &str) -> usize {
        Html::parse_fragment(&self.html())
            .select(&selector(css))
            .count()
    }

    /// The attribute `name` of the first element that `css` finds.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let html = Html::parse_fragment(&self.html());
        let element = html.select(&selector(css)).next()?;
        element.attr(name).map(ToOwned::to_owned)
    }

    /// What can be read, with single spaces.
    pub fn text(&self) -> String {
        let html = Html::parse_fragment(&self.html());
        let texts: Vec<&str> = html.root_element().text().collect();
        texts
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The HTML, with the items of streams in their places.
    pub fn html(&self) -> String {
        let mut html = self.html.clone();
        for (id, items) in &self.items {
            let attribute = format!(
                "data-stream=\"{}\"",
                id.replace('&', "&amp;").replace('"', "&quot;")
            );
            let place = html
                .find(&attribute)
                .and_then(|at| html[at..].find('>').map(|end| at + end + 1));
            if let Some(place) = place {
                html.insert_str(place, items);
            }
        }
        html
    }

    /// Where the page is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Where it has gone by a real load.
    pub fn left_for(&self) -> Option<&str> {
        self.left.as_deref()
    }

    /// What it says instead of working on, after a panic.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The calls of the browser, answered by `null`, that were made so far: `[["open", "/", "_blank"]]`.
    pub fn calls(&self) -> &[Value] {
        &self.calls
    }

    /// The signed state.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Takes another state, as a forger would. It counts at the next [`reconnect`](Self::reconnect).
    pub fn set_state(&mut self, state: &str, mac: &str) {
        (self.state, self.mac) = (state.to_owned(), mac.to_owned());
    }

    /// The MAC of the state.
    pub fn mac(&self) -> &str {
        &self.mac
    }

    /// An event of a `handler` at a `version` of the page that may be long gone.
    pub async fn send_event(&mut self, handler: &str, version: u64) -> &mut Self {
        self.seq += 1;
        self.send(json!(["ev", self.seq, version, handler, "click", {}]));
        self.settle().await;
        self
    }

    /// Clicks, does not wait for what happens, and closes the page.
    ///
    /// # Panics
    /// If nothing happens when it is clicked.
    pub async fn click_and_leave(mut self, element: &str) {
        let (handler, _) = &self.find(element).handlers["click"];
        self.seq += 1;
        self.send(json!(["ev", self.seq, self.version, handler, "click", {}]));
        while self.acknowledged < self.seq {
            self.must_go_on().await;
        }
    }

    /// Waits until the server ends the connection, and says why it did.
    pub async fn wait_for_the_end(&mut self) -> Close {
        loop {
            match self.connection.receive.recv().await {
                Some(Ok(_)) => {}
                Some(Err(why)) => return why,
                None => return Close::Gone,
            }
        }
    }

    /// As [`send_raw`](Self::send_raw), a binary frame.
    pub async fn send_binary(&mut self, bytes: &[u8]) -> Option<Close> {
        self.connection
            .send
            .send(Incoming::Binary(Bytes::copy_from_slice(bytes)))
            .ok();
        self.send_raw("[\"ping\"]").await
    }

    /// Sends what no browser would, and says how the connection ends, if it does.
    pub async fn send_raw(&mut self, text: &str) -> Option<Close> {
        self.connection
            .send
            .send(Incoming::Text(text.to_owned()))
            .ok();
        // Answered after whatever came before it.
        self.send(json!(["ping"]));
        loop {
            match self.next().await {
                Ok(message) if message.as_object().is_some_and(serde_json::Map::is_empty) => {
                    return None;
                }
                Ok(_) => {}
                Err(why) => return Some(why),
            }
        }
    }

    /// The name of the handler of `kind` on an element, as it stands in the markup.
    ///
    /// # Panics
    /// If there is none.
    pub fn handler(&self, element: &str, kind: &str) -> String {
        self.find(element).handlers[kind].0.clone()
    }

    /// The version of the HTML.
    pub fn version(&self) -> u64 {
        self.version
    }

    async fn event(&mut self, handler: &str, kind: &str, payload: Value) {
        self.seq += 1;
        self.send(json!([
            "ev",
            self.seq,
            self.version,
            handler,
            kind,
            payload
        ]));
        self.settle().await;
    }

    fn send(&self, message: Value) {
        self.connection
            .send
            .send(Incoming::Text(message.to_string()))
            .ok();
    }

    /// Until everything so far is acknowledged and done, or the page is gone.
    async fn settle(&mut self) {
        while (self.acknowledged < self.seq || !self.working.is_empty())
            && self.left.is_none()
            && self.error.is_none()
        {
            self.must_go_on().await;
        }
    }

    async fn must_go_on(&mut self) {
        if let Err(why) = self.next().await {
            assert!(
                self.left.is_some() || self.error.is_some(),
                "the connection ended: {why:?}"
            );
        }
    }

    /// The next message, taken in.
    async fn next(&mut self) -> Result<Value, Close> {
        let next = tokio::time::timeout(PATIENCE, self.connection.receive.recv()).await;
        let text = match next {
            Ok(Some(message)) => message?,
            Ok(None) => return Err(Close::Gone),
            Err(_) => panic!("nothing comes any more; the page is {}", self.html()),
        };
        self.last_message_bytes = text.len();
        let message: Value = serde_json::from_str(&text).expect("the server sends JSON");
        self.take(&message);
        Ok(message)
    }

    fn take(&mut self, message: &Value) {
        if let Some(version) = message["v"].as_u64() {
            self.version = version;
        }
        if let Some(html) = message["h"].as_str() {
            self.html = html.to_owned();
        }
        if let Some(change) = message["p"].as_array() {
            self.html = apply(&self.html, change);
        }
        if let Some(state) = message["S"].as_str() {
            self.state = state.to_owned();
        }
        if let Some(change) = message["s"].as_array() {
            self.state = apply(&self.state, change);
        }
        if let Some(mac) = message["m"].as_str() {
            self.mac = mac.to_owned();
        }
        if let Some(acknowledged) = message["a"].as_u64() {
            self.acknowledged = acknowledged;
        }
        let numbers = |value: &Value| -> Vec<u64> {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_u64)
                .collect()
        };
        self.working.extend(numbers(&message["w"]));
        for done in numbers(&message["d"]) {
            self.working.remove(&done);
        }
        if let Some(title) = message["t"].as_str() {
            self.title = title.to_owned();
        }
        if let Some(url) = message["u"][0].as_str() {
            self.url = url.to_owned();
        }
        if let Some(url) = message["go"].as_str() {
            self.left = Some(url.to_owned());
        }
        if let Some(text) = message["err"].as_str() {
            self.error = Some(text.to_owned());
        }
        for item in message["i"].as_array().into_iter().flatten() {
            self.take_item(item);
        }
        for call in message["c"].as_array().into_iter().flatten() {
            self.calls.push(call[1].clone());
            self.send(json!(["ret", call[0], true, null]));
        }
        if ["ua", "ue", "ud"]
            .iter()
            .any(|key| message.get(*key).is_some())
        {
            self.uploads.push(message.clone());
        }
    }

    fn take_item(&mut self, item: &Value) {
        let text = |at: usize| item[at].as_str().unwrap_or_default();
        let (key, html) = (text(2), text(3));
        let items = self.items.entry(text(0).to_owned()).or_default();
        let known = Html::parse_fragment(items);
        let known = known
            .select(&selector("[data-key]"))
            .find(|element| element.attr("data-key") == Some(key))
            .map(|element| element.html());
        match (text(1), known) {
            ("reset", _) => *items = html.to_owned(),
            ("replace", Some(known)) => *items = items.replace(&known, html),
            ("replace", None) => {}
            (op, known) => {
                if let Some(known) = known {
                    *items = items.replace(&known, "");
                }
                match op {
                    "append" => items.push_str(html),
                    "prepend" => items.insert_str(0, html),
                    _ => {}
                }
            }
        }
    }

    fn find(&self, css: &str) -> Found {
        let text = self.html();
        let html = Html::parse_fragment(&text);
        let element = html.select(&selector(css)).next();
        Found::of(
            element.unwrap_or_else(|| panic!("`{css}` is not on the page {}: {text}", self.url)),
        )
    }

    fn value(&self, found: &Found) -> String {
        self.typed.get(&found.key).unwrap_or(&found.value).clone()
    }

    /// What a browser would send of a form.
    fn fields(&self, form: &Option<Form>) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for control in form.iter().flat_map(|form| &form.controls) {
            let typed = self.typed.get(&control.key);
            let checked = self.typed.get(&format!("{}\u{0}checked", control.key));
            let sent = match checked {
                Some(checked) => checked == "true",
                None => control.checked != Some(false),
            };
            if sent {
                fields.push((
                    control.name.clone(),
                    typed.unwrap_or(&control.value).clone(),
                ));
            }
        }
        fields
    }
}

/// What a test needs to know of an element.
struct Found {
    key: String,
    name: String,
    value: String,
    /// By kind of event: the handler, and the data of the element that has it.
    handlers: HashMap<String, (String, Value)>,
    link: Option<String>,
    submits: bool,
    form: Option<Form>,
}

struct Form {
    submit: Option<(String, Value)>,
    controls: Vec<Control>,
}

struct Control {
    key: String,
    name: String,
    value: String,
    checked: Option<bool>,
}

impl Found {
    fn of(element: ElementRef<'_>) -> Self {
        let mut handlers = HashMap::new();
        let mut link = None;
        let mut form = None;
        let ancestors = element.ancestors().filter_map(ElementRef::wrap);
        for around in std::iter::once(element).chain(ancestors) {
            for (name, value) in around.value().attrs() {
                if let Some(kind) = name.strip_prefix("on:") {
                    let found = || (value.to_owned(), data(around));
                    handlers.entry(kind.to_owned()).or_insert_with(found);
                }
            }
            if link.is_none() && around.value().name() == "a" && around.attr("data-link").is_some()
            {
                link = around.attr("href").map(ToOwned::to_owned);
            }
            if form.is_none() && around.value().name() == "form" {
                form = Some(Form::of(around));
            }
        }
        let name = element.value().name();
        let submits = name == "button" && element.attr("type").is_none_or(|kind| kind == "submit");
        Self {
            key: key(element),
            name: element.attr("name").unwrap_or_default().to_owned(),
            value: value(element),
            handlers,
            link,
            submits,
            form,
        }
    }
}

impl Form {
    fn of(form: ElementRef<'_>) -> Self {
        let submit = form
            .attr("on:submit")
            .map(|handler| (handler.to_owned(), data(form)));
        let all = selector("input[name], select[name], textarea[name]");
        let controls = form.select(&all).map(|control| Control {
            key: key(control),
            name: control.attr("name").unwrap_or_default().to_owned(),
            value: value(control),
            checked: matches!(control.attr("type"), Some("checkbox" | "radio"))
                .then(|| control.attr("checked").is_some()),
        });
        Self {
            submit,
            controls: controls.collect(),
        }
    }
}

/// What tells a control from others.
fn key(element: ElementRef<'_>) -> String {
    element
        .attr("id")
        .or(element.attr("name"))
        .unwrap_or_default()
        .to_owned()
}

fn value(element: ElementRef<'_>) -> String {
    match element.value().name() {
        "textarea" => {
            let text: String = element.text().collect();
            text
        }
        "select" => {
            let chosen = element.select(&selector("option[selected]")).next();
            let first = chosen.or_else(|| element.select(&selector("option")).next());
            first
                .and_then(|option| option.attr("value"))
                .unwrap_or_default()
                .to_owned()
        }
        _ => element.attr("value").unwrap_or_default().to_owned(),
    }
}

fn data(element: ElementRef<'_>) -> Value {
    let own = [
        "data-link",
        "data-debounce",
        "data-keys",
        "data-confirm",
        "data-key",
        "data-stream",
    ];
    let attributes = element
        .value()
        .attrs()
        .filter(|(name, _)| !own.contains(name));
    let data = attributes
        .filter_map(|(name, value)| Some((camel(name.strip_prefix("data-")?), json!(value))));
    Value::Object(data.collect())
}

fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("`{css}` is no selector: {error}"))
}

/// The attributes of the root element, and the text between its tags.
fn root(document: &str) -> (HashMap<String, String>, String) {
    let parsed = Html::parse_document(document);
    let root = parsed
        .select(&selector("#live"))
        .next()
        .expect("a live page");
    let attributes = root
        .value()
        .attrs()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let start = document.find("<div id=\"live\"").expect("the root element");
    let start = start + document[start..].find("\">").expect("the end of its tag") + 2;
    let (mut depth, mut at) = (1, start);
    while depth > 0 {
        let (open, close) = (document[at..].find("<div"), document[at..].find("</div>"));
        let close = close.expect("the end of the root element");
        match open.filter(|open| *open < close) {
            Some(open) => {
                depth += 1;
                at += open + 4;
            }
            None => {
                depth -= 1;
                at += close + 6;
            }
        }
    }
    (attributes, document[start..at - 6].to_owned())
}

/// How a connection ends whose other end reads nothing. For tests whose clock stands still until everybody waits.
pub async fn stalled(live: &Live, visit: &Visit, url: &str) -> Close {
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

        async fn close(&mut self, _: Close) {
            std::future::pending::<()>().await;
        }
    }

    let join = json!(["join", { "url": url }]).to_string();
    session::run(live.clone(), visit.clone(), Stalled(Some(join))).await
}
