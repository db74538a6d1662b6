//! Lists whose items only the browser keeps.

use maud::{Markup, PreEscaped, Render};

use crate::{Ctx, html};

/// A list of any length that costs the server no memory: items are sent to the browser and not kept. Made by
/// [`Cx::use_stream`](crate::Cx::use_stream), and put into the page as
/// `ul data-stream=(items.id()) { (items) }`.
#[derive(Clone, PartialEq, Eq)]
pub struct Stream {
    id: String,
    place: String,
}

impl Stream {
    pub(crate) fn new(id: String, place: String) -> Self {
        Self { id, place }
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
            .push((self.id.clone(), op, key, item));
        ctx.page.wake.notify_one();
    }
}

impl Render for Stream {
    fn render_to(&self, buffer: &mut String) {
        buffer.push_str(&self.place);
    }
}
