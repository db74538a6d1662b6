//! What is on a page, now or in a moment.

use maud::html;
use scraper::Html;
use serde_json::Value;

use super::{Page, elements::selector};

impl Page {
    /// Waits until `text` can be read on the page.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn expect_text(&mut self, text: &str) -> &mut Self {
        self.wait_until(&format!("`{text}` did not come"), |page| {
            page.text().contains(text)
        })
        .await
    }

    /// Waits until `text` can not be read on the page any more.
    ///
    /// # Panics
    /// If it stays.
    pub async fn expect_no_text(&mut self, text: &str) -> &mut Self {
        self.wait_until(&format!("`{text}` stayed"), |page| {
            !page.text().contains(text)
        })
        .await
    }

    /// Waits until there is an element that `css` finds.
    ///
    /// # Panics
    /// If none comes.
    pub async fn expect(&mut self, css: &str) -> &mut Self {
        self.wait_until(&format!("`{css}` did not come"), |page| page.count(css) > 0)
            .await
    }

    async fn wait_until(&mut self, failure: &str, holds: impl Fn(&Self) -> bool) -> &mut Self {
        while !holds(self) {
            if let Err(reason) = self.next().await {
                panic!("{failure} ({reason:?}): {}", self.html());
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
        let texts = html.root_element().text();
        let words: Vec<&str> = texts.flat_map(str::split_whitespace).collect();
        words.join(" ")
    }

    /// The HTML, with the items of streams in their places.
    pub fn html(&self) -> String {
        let mut html = self.html.clone();
        for (id, items) in &self.items {
            let attribute = format!("data-stream=\"{}\"", html! { (id) }.into_string());
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

    /// What it has put into the head of the document since it was connected.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Where it has gone by a real load.
    pub fn left_for(&self) -> Option<&str> {
        self.left.as_deref()
    }

    /// The calls of the browser, answered by `null`, that were made so far: `[["open", "/", "_blank"]]`.
    pub fn calls(&self) -> &[Value] {
        &self.calls
    }

    /// Why the last upload was refused.
    pub fn upload_refused(&self) -> Option<String> {
        self.upload_refused.clone()
    }

    /// Whether the handler of the last event has failed.
    pub fn has_failed(&self) -> bool {
        self.failed.contains(&self.seq)
    }

    /// What the server has answered when the page connected last.
    pub fn answer(&self) -> &Value {
        &self.answer
    }

    /// The signed state.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What it shows instead of working on, after a panic.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The version of the HTML.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The name of the handler of `kind` on an element, as it stands in the markup.
    ///
    /// # Panics
    /// If there is none.
    pub fn handler(&self, element: &str, kind: &str) -> String {
        self.find(element).handlers[kind].0.clone()
    }
}
