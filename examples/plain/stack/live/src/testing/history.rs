//! Back in the history, and what a browser keeps for it.

use scraper::Html;
use serde_json::{Map, Value, json};

use super::{Page, elements::selector};

/// What an entry of the history has kept of its page.
pub(super) struct Entry {
    url: String,
    state: String,
    mac: String,
    streams: Value,
}

impl Page {
    /// Goes back to the page before this one.
    ///
    /// # Panics
    /// If there is none.
    pub async fn back(&mut self) -> &mut Self {
        let entry = self.entries.pop().expect("there is a page before this one");
        self.seq += 1;
        let kept = json!({ "state": entry.state, "mac": entry.mac, "streams": entry.streams });
        self.send(json!(["nav", self.seq, entry.url, "pop", kept]));
        self.url = entry.url;
        self.typed.clear();
        self.ticked.clear();
        self.wait_for_answers().await;
        self
    }

    /// Another page takes the place of this one.
    pub(super) fn remember(&mut self) {
        self.entries.push(Entry {
            url: self.url.clone(),
            state: self.state.clone(),
            mac: self.mac.clone(),
            streams: self.windows(),
        });
    }

    /// What the streams show: how many items, and the keys of the first and the last.
    pub(super) fn windows(&self) -> Value {
        let windows = self.items.iter().map(|(id, items)| {
            let html = Html::parse_fragment(items);
            let selector = selector("html > [data-key]");
            let keys: Vec<&str> = html
                .select(&selector)
                .filter_map(|item| item.attr("data-key"))
                .collect();
            let end = |key: Option<&&str>| key.map_or(String::new(), ToString::to_string);
            let window = json!([keys.len(), end(keys.first()), end(keys.last())]);
            (id.clone(), window)
        });
        Value::Object(windows.collect::<Map<_, _>>())
    }
}
