//! Live pages: joining, and what is said and heard.

use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use super::{Break, Heard, User, heard};
use crate::{
    html,
    http::Connection,
    shape::Shape,
    splice,
    step::{Message, Outcome, What},
    tab::{Page, Tab},
};

/// The most bytes of a part of an upload.
const PART: u64 = 32 * 1024;

impl User {
    pub(super) async fn join(
        &mut self,
        number: u64,
        url: &Shape,
        again: bool,
        zone: Option<&str>,
        expect: Outcome,
    ) -> Result<(), Break> {
        let sources = Self::sources(
            &self.tabs,
            self.front,
            self.location.as_deref(),
            &self.document,
        );
        let url = self
            .values
            .text(url, &sources)
            .map_err(|what| format!("expected {what}, found none"))?;
        let before = if again { self.last_tab_at(&url) } else { None };
        let before = match before {
            Some(number) => self.leave(number).await,
            None => None,
        };
        let (page, hash, items) = match &before {
            Some(tab) => {
                let hash = tab
                    .page
                    .html
                    .as_deref()
                    .map(splice::hash)
                    .unwrap_or_default();
                (tab.page.clone(), hash, String::new())
            }
            None => self.page_at(&url)?,
        };
        if let Some(zone) = zone {
            self.jar.set("tz", zone);
        }
        let mut tab = self.connect(page).await?;
        if let Some(before) = &before {
            tab.goes_on(before);
        }
        let said = json!(["join", {
            "url": url, "hash": hash, "items": items, "state": tab.page.state, "mac": tab.page.mac, "tz": zone, "again": again,
        }]);
        tab.say(&said).await?;
        // Kept for its next connection, if anybody has one.
        if !self.scene.script.reads_pages {
            tab.page.state = String::new();
        }
        self.tabs.insert(number, tab);
        self.share.connected.fetch_add(1, Ordering::Relaxed);
        self.hear(number, |tab| tab.joined || tab.outcome >= Outcome::Leave)
            .await?;
        let got = self
            .tabs
            .get(&number)
            .map_or(Outcome::Heard, |tab| tab.outcome);
        // Whether the HTML was sent again is the business of the two.
        let got = if got < Outcome::Leave {
            Outcome::Heard
        } else {
            got
        };
        check(expect, got)
    }

    async fn connect(&mut self, page: Page) -> Result<Tab, Break> {
        self.write("GET", "/live", None);
        let mut connection = Connection::open(self.scene.address, self.scene.timeout).await?;
        let answer = connection.exchange(&self.buffer, false, false).await?;
        if answer.status != 101 {
            return Err(format!("expected a live connection, got {}", answer.status).into());
        }
        let (stream, read) = connection.into_parts();
        Ok(Tab::new(stream, read, page).await)
    }

    /// What the last document at this address says, with the fingerprints of its HTML and its first items.
    fn page_at(&self, url: &str) -> Result<(Page, String, String), Break> {
        let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
        let same_path = || {
            self.documents
                .iter()
                .find(|(known, _)| path(known) == path(url))
                .map(|(_, document)| document)
        };
        let document = self.documents.get(url).or_else(same_path);
        let document: &str = document.map_or(self.document.as_str(), |document| document);
        let Some(root) = html::root(document) else {
            return Err(format!(
                "expected a live page at {}, found none",
                Shape::of(&path(url)).name()
            )
            .into());
        };
        let mut page = Page {
            url: url.to_owned(),
            html: None,
            state: root.state,
            mac: root.mac,
            version: 0,
        };
        let mut hash = root.hash;
        if self.scene.script.reads_pages {
            let inside = &document[root.inside.0..root.inside.1];
            let known = splice::hash(inside) == hash;
            page.html = Some(if known {
                inside.to_owned()
            } else {
                String::new()
            });
            // With items of streams inside it is not what patches are for: the server sends it.
            if !known {
                hash.clear();
            }
        }
        Ok((page, hash, root.items))
    }

    fn last_tab_at(&self, url: &str) -> Option<u64> {
        let same = self.tabs.iter().filter(|(_, tab)| tab.page.url == url);
        same.map(|(number, _)| *number)
            .max()
            .or_else(|| self.tabs.keys().max().copied())
    }

    pub(super) async fn message(&mut self, message: &Message) -> Result<(), Break> {
        if !self.tabs.contains_key(&message.tab) {
            return Err("a live page that is not connected".into());
        }
        let said = self.said(message)?;
        let tab = self
            .tabs
            .get_mut(&message.tab)
            .ok_or("a live page that is not connected")?;
        let seq = tab.next();
        let version = tab.page.version;
        match said {
            Said::Event(handler, kind, payload) => {
                tab.say(&json!(["ev", seq, version, handler, kind, payload]))
                    .await?;
            }
            Said::Navigate(url, kind) => {
                url.clone_into(&mut tab.page.url);
                tab.say(&json!(["nav", seq, url, kind])).await?;
            }
            Said::Upload(handler, files) => {
                // Numbers of uploads are the browser's to give.
                let reference = u32::try_from(seq).unwrap_or(u32::MAX);
                tab.say(&json!(["up", seq, handler, version, reference, files]))
                    .await?;
                self.upload(message.tab, reference, &files).await?;
            }
        }
        self.hear(message.tab, |tab| tab.is_answered(seq)).await?;
        let got = self
            .tabs
            .get(&message.tab)
            .map_or(Outcome::Heard, |tab| tab.outcome);
        self.front = Some(message.tab);
        if got == Outcome::Leave {
            self.leave(message.tab).await;
        }
        check(message.expect, got)
    }

    /// A message with this user's values in it.
    fn said(&mut self, message: &Message) -> Result<Said, Break> {
        let sources = Self::sources(
            &self.tabs,
            Some(message.tab),
            self.location.as_deref(),
            &self.document,
        );
        let page = self
            .tabs
            .get(&message.tab)
            .and_then(|tab| tab.page.html.as_deref());
        let missing = |what: String| Break::Error(format!("expected {what}, found none"));
        Ok(match &message.what {
            What::Event {
                handler,
                kind,
                payload,
            } => {
                let handler = self
                    .values
                    .handler(handler, kind, &sources)
                    .map_err(missing)?;
                let mut payload = payload.clone();
                if let Some(object) = payload.as_object_mut() {
                    let element = page.and_then(|page| element(page, kind, &handler, object));
                    for (name, value) in &mut *object {
                        match (name.as_str(), &mut *value) {
                            ("fields", Value::Array(fields)) => {
                                let action = element
                                    .as_ref()
                                    .and_then(|element| element.action.clone())
                                    .unwrap_or_default();
                                for field in fields {
                                    let (Some(name), Some(recorded)) =
                                        (field[0].as_str(), field[1].as_str())
                                    else {
                                        continue;
                                    };
                                    let filled = self
                                        .values
                                        .field(name, recorded, &action, &sources)
                                        .map_err(missing)?;
                                    field[1] = Value::from(filled);
                                }
                            }
                            ("data", data) => {
                                if let Some(element) = &element {
                                    *data = Value::Object(element.data.clone());
                                }
                            }
                            ("value", Value::String(text)) => *text = self.values.value(text),
                            _ => {}
                        }
                    }
                    let name = object
                        .get("name")
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned();
                    if object.get("value").and_then(Value::as_str) == Some(crate::shape::REDACTED) {
                        let filled = self
                            .values
                            .field(&name, crate::shape::REDACTED, "", &sources)
                            .map_err(missing)?;
                        object.insert("value".into(), Value::from(filled));
                    } else if let Some(set) = self.values.set(&name) {
                        object.insert("value".into(), Value::from(set));
                    }
                }
                Said::Event(handler, kind.clone(), payload)
            }
            What::Navigate { url, kind } => Said::Navigate(
                self.values.text(url, &sources).map_err(missing)?,
                kind.clone(),
            ),
            What::Upload { handler, files } => Said::Upload(
                self.values
                    .handler(handler, "upload", &sources)
                    .map_err(missing)?,
                files.clone(),
            ),
        })
    }

    /// Sends files of these lengths, part by part.
    async fn upload(
        &mut self,
        number: u64,
        reference: u32,
        files: &[(String, u64, String)],
    ) -> Result<(), Break> {
        let mut sent = 0;
        for (file, (_, size, _)) in files.iter().enumerate() {
            let mut left = *size;
            while left > 0 {
                let part = left.min(PART);
                let Some(tab) = self.tabs.get_mut(&number) else {
                    break;
                };
                let file = u32::try_from(file).unwrap_or(u32::MAX);
                tab.chunk(reference, file, usize::try_from(part).unwrap_or_default())
                    .await?;
                left -= part;
                sent += part;
                let over = |tab: &Tab| {
                    let upload = tab.upload(reference);
                    upload.refused
                        || upload.done
                        || upload.received >= sent
                        || tab.outcome >= Outcome::Leave
                };
                self.hear(number, over).await?;
                let refused = self
                    .tabs
                    .get(&number)
                    .is_none_or(|tab| tab.upload(reference).refused);
                if refused {
                    return Err("an upload that was refused".into());
                }
            }
        }
        Ok(())
    }

    /// Takes in messages until `enough` is true of this tab.
    async fn hear(&mut self, number: u64, enough: impl Fn(&Tab) -> bool) -> Result<(), Break> {
        while !self.tabs.get(&number).is_none_or(&enough) {
            let heard = heard(&mut self.tabs).await;
            self.take(heard).await?;
        }
        Ok(())
    }

    pub(super) async fn take(&mut self, (number, message): Heard) -> Result<(), Break> {
        let Some(tab) = self.tabs.get_mut(&number) else {
            return Ok(());
        };
        let calls = match message.and_then(|message| tab.take(&message)) {
            Ok(calls) => calls,
            Err(failure) => {
                self.leave(number).await;
                return Err(failure.into());
            }
        };
        for (id, path) in calls {
            let answer = self
                .scene
                .script
                .calls
                .iter()
                .find(|(known, ..)| *known == path);
            let said = match answer {
                Some((_, ok, value)) => json!(["ret", id, ok, value]),
                None => json!(["ret", id, false, "there is no browser in a load test"]),
            };
            tab.say(&said).await?;
        }
        Ok(())
    }

    pub(super) async fn leave(&mut self, number: u64) -> Option<Tab> {
        let mut tab = self.tabs.remove(&number)?;
        self.share.connected.fetch_sub(1, Ordering::Relaxed);
        if self.front == Some(number) {
            self.front = None;
            // What it showed last is still what the visitor has seen.
            if let Some(html) = &tab.page.html {
                self.document.clone_from(html);
            }
        }
        tab.close().await;
        Some(tab)
    }

    pub(super) async fn leave_all(&mut self) {
        let open: Vec<u64> = self.tabs.keys().copied().collect();
        for number in open {
            self.leave(number).await;
        }
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let open = i64::try_from(self.tabs.len()).unwrap_or_default();
        self.share.connected.fetch_sub(open, Ordering::Relaxed);
    }
}

enum Said {
    Event(String, String, Value),
    Navigate(String, String),
    Upload(String, Vec<(String, u64, String)>),
}

fn check(wanted: Outcome, got: Outcome) -> Result<(), Break> {
    if wanted.accepts(got) {
        return Ok(());
    }
    Err(format!("expected {}, got {}", wanted.name(), got.name()).into())
}

/// What the page says of the element that an event happened on.
struct Element {
    data: Map<String, Value>,
    action: Option<String>,
}

/// The element with this handler: of several, the one with the recorded `data`, or the first.
fn element(page: &str, kind: &str, handler: &str, payload: &Map<String, Value>) -> Option<Element> {
    let attribute = format!("on:{kind}");
    let mut found: Option<Element> = None;
    for tag in html::tags(page) {
        if tag.get(&attribute).as_deref() != Some(handler) {
            continue;
        }
        let mut data = Map::new();
        for (name, value) in tag.attributes() {
            if let Some(name) = name.strip_prefix("data-")
                && ![
                    "link", "debounce", "keys", "confirm", "key", "stream", "open",
                ]
                .contains(&name)
            {
                data.insert(camel_case(name), Value::from(html::text(value)));
            }
        }
        let exact = payload.get("data").and_then(Value::as_object) == Some(&data);
        let element = Element {
            data,
            action: tag.get("action"),
        };
        if exact {
            return Some(element);
        }
        found.get_or_insert(element);
    }
    found
}

/// `note-id` → `noteId`, as in a `dataset`.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('-');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}
