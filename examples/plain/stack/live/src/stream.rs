//! Lists whose items only the browser keeps.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, Render};
use serde::Deserialize;

use crate::{Ctx, html};

/// A list of any length that costs the server no memory: items are sent to the browser and not kept. Made by
/// [`Cx::use_stream`](crate::Cx::use_stream), and put into the page as
/// `ul data-stream=(items.id()) { (items) }`.
#[derive(Clone, PartialEq, Eq)]
pub struct Stream {
    id: String,
    place: String,
    limit: usize,
}

/// What of a stream a browser shows, so that a stream that begins anew has it again: after a restart of the server, or on
/// the way back to its page. It is the browser that says so: a key may be that of no item, or of one of somebody else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Window {
    /// How many items.
    pub count: u32,
    /// The key of the first one; empty if there is none.
    pub first: String,
    /// The key of the last one; empty if there is none.
    pub last: String,
}

impl Window {
    /// Bytes of what a browser may say of its streams: it is kept for those that begin later.
    const MAX_BYTES: usize = 32 * 1024;

    /// None of them, if they are more than a page has.
    pub(crate) fn plausible(windows: BTreeMap<String, Self>) -> BTreeMap<String, Self> {
        let bytes = |(id, window): (&String, &Self)| {
            id.len() + window.first.len() + window.last.len() + size_of::<(String, Self)>()
        };
        match windows.iter().map(bytes).sum::<usize>() {
            0..=Self::MAX_BYTES => windows,
            _ => BTreeMap::new(),
        }
    }

    /// How many items to load: as many as the browser shows, but at least `least`, with which a list begins, and at most
    /// `most`.
    pub fn limit(&self, least: u32, most: u32) -> u32 {
        self.count.min(most).max(least)
    }
}

impl Stream {
    pub(crate) fn new(id: String, place: String) -> Self {
        let limit = 0;
        Self { id, place, limit }
    }

    /// The same stream, of which the browser keeps at most `limit` items: what is added at one end leaves at the other.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// The value of `data-stream`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Adds an item at the end; one with this key moves there.
    pub fn append(&self, ctx: &Ctx, key: impl ToString, item: Markup) {
        self.send(ctx, "append", key.to_string(), item);
    }

    /// Adds an item at the start; one with this key moves there.
    pub fn prepend(&self, ctx: &Ctx, key: impl ToString, item: Markup) {
        self.send(ctx, "prepend", key.to_string(), item);
    }

    /// Replaces an item in its place; does nothing if it is not there.
    pub fn replace(&self, ctx: &Ctx, key: impl ToString, item: Markup) {
        self.send(ctx, "replace", key.to_string(), item);
    }

    /// Removes an item.
    pub fn remove(&self, ctx: &Ctx, key: impl ToString) {
        self.send(ctx, "remove", key.to_string(), PreEscaped(String::new()));
    }

    /// Replaces all items, with (key, markup).
    pub fn reset(&self, ctx: &Ctx, items: impl IntoIterator<Item = (String, Markup)>) {
        let all: String = items
            .into_iter()
            .map(|(_, item)| item.into_string())
            .collect();
        self.send(ctx, "reset", String::new(), PreEscaped(all));
    }

    fn send(&self, ctx: &Ctx, op: &'static str, key: String, item: Markup) {
        let item = html::canonical(&item.into_string());
        ctx.page
            .lock()
            .outbox
            .items
            .push((self.id.clone(), op, key, item, self.limit));
        ctx.page.wake.notify_one();
    }
}

impl Render for Stream {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.place);
    }
}
