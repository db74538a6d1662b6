//! What a browser does with the messages of the server.

use scraper::Html;
use serde_json::{Value, json};

use super::{Page, TIMEOUT, elements::selector, splices::apply};
use crate::CloseReason;

impl Page {
    /// Until everything so far is acknowledged and done, or the page is gone.
    pub(super) async fn wait_for_answers(&mut self) {
        while (self.acknowledged < self.seq || !self.working.is_empty())
            && self.left.is_none()
            && self.error.is_none()
        {
            self.must_go_on().await;
        }
    }

    pub(super) async fn must_go_on(&mut self) {
        if let Err(reason) = self.next().await {
            assert!(
                self.left.is_some() || self.error.is_some(),
                "the connection ended: {reason:?}"
            );
        }
    }

    /// The next message, taken in.
    pub(super) async fn next(&mut self) -> Result<Value, CloseReason> {
        let next = tokio::time::timeout(TIMEOUT, self.connection.receive.recv()).await;
        let text = match next {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(reason))) => {
                self.closed = Some(reason);
                return Err(reason);
            }
            Ok(None) => return Err(CloseReason::Gone),
            Err(_) => panic!("nothing comes any more; the page is {}", self.html()),
        };
        self.last_message_bytes = text.len();
        let message: Value = serde_json::from_str(&text).expect("the server sends JSON");
        self.take(&message);
        Ok(message)
    }

    fn take(&mut self, message: &Value) {
        match message["re"][1].as_array() {
            Some(missed) => missed.iter().for_each(|message| self.take(message)),
            None => self.received += 1,
        }
        if message["u"][1] == "push" {
            self.remember();
        }
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
        self.failed.extend(numbers(&message["f"]));
        if let Some(title) = message["t"].as_str() {
            self.title = title.to_owned();
        }
        if let Some(head) = message["hd"].as_str() {
            self.head = head.to_owned();
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
        if !message["n"].is_null() {
            self.items.clear();
        }
        for item in message["i"].as_array().into_iter().flatten() {
            self.take_item(item);
        }
        for call in message["c"].as_array().into_iter().flatten() {
            self.calls.push(call[1].clone());
            self.send(json!(["ret", call[0], true, null]));
        }
        for at in message["ua"].as_array().into_iter().flatten() {
            let number = |index: usize| at[index].as_u64().unwrap_or_default();
            self.upload_at = (number(1), number(2));
        }
        if let Some(reason) = message["ue"][0][1].as_str() {
            self.upload_refused = Some(reason.to_owned());
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
                let limit = item[4].as_u64().unwrap_or_default();
                shorten(items, usize::try_from(limit).unwrap_or_default(), op);
            }
        }
    }
}

/// What is added at one end leaves at the other, once there are more than `limit` items.
fn shorten(items: &mut String, limit: usize, op: &str) {
    let html = Html::parse_fragment(items);
    let selector = selector("html > [data-key]");
    let all: Vec<String> = html.select(&selector).map(|item| item.html()).collect();
    let over = all.len().saturating_sub(limit);
    if limit > 0 && over > 0 {
        *items = match op {
            "append" => all[over..].concat(),
            _ => all[..limit].concat(),
        };
    }
}
