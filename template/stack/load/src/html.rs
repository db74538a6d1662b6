//! What a user looks up in pages, by scraper.

use scraper::{ElementRef, Html};
use serde_json::{Map, Value};

/// The root of a live page, with what it says to the page's script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LiveRoot {
    pub hash: String,
    pub items: String,
    pub state: String,
    pub mac: String,
    /// Its content, as the client script reads it.
    pub html: String,
}

/// The root of a live page, if the document is one.
pub(crate) fn live_root(document: &str) -> Option<LiveRoot> {
    let parsed = Html::parse_document(document);
    let root = elements(&parsed).find(|element| element.attr("id") == Some("live"))?;
    let attribute = |name: &str| root.attr(name).unwrap_or_default().to_owned();
    Some(LiveRoot {
        hash: attribute("data-hash"),
        items: attribute("data-items"),
        state: attribute("data-state"),
        mac: attribute("data-mac"),
        html: with_textarea_newlines(&root.inner_html()),
    })
}

/// The value of a hidden field or of a `meta` element of this name. A field of the form that is sent to `action` comes first.
pub(crate) fn hidden_field(html: &str, name: &str, action: &str) -> Option<String> {
    // Parsing is slow, and most pages have none.
    if !html.contains("hidden") && !html.contains("<meta") {
        return None;
    }
    let parsed = Html::parse_document(html);
    let mut other = None;
    for element in elements(&parsed) {
        let found = match element.value().name() {
            "input" if element.attr("type") == Some("hidden") => (element.attr("name")
                == Some(name))
            .then(|| element.attr("value").unwrap_or_default()),
            // Some applications put their token there.
            "meta" => element
                .attr("name")
                .filter(|known| known.replace('-', "_") == name.replace('-', "_"))
                .and_then(|_| element.attr("content")),
            _ => None,
        };
        let Some(found) = found else { continue };
        let form = element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|around| around.value().name() == "form");
        if form.is_some_and(|form| form.attr("action") == Some(action)) {
            return Some(found.to_owned());
        }
        other.get_or_insert_with(|| found.to_owned());
    }
    other
}

/// What the page says of the element that an event happens on.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct EventTarget {
    /// Its `data-…` attributes, as events carry them.
    pub data: Map<String, Value>,
    /// Where its form is sent.
    pub action: Option<String>,
}

/// The element with this handler for this event: of several the one with the recorded `data`, or the first.
pub(crate) fn event_target(
    page: &str,
    event: &str,
    handler: &str,
    recorded: Option<&Map<String, Value>>,
) -> Option<EventTarget> {
    let attribute = format!("on:{event}");
    let parsed = Html::parse_fragment(page);
    let mut targets = elements(&parsed)
        .filter(|element| element.attr(&attribute) == Some(handler))
        .map(|element| EventTarget {
            data: event_data(element),
            action: element.attr("action").map(str::to_owned),
        });
    let first = targets.next()?;
    if Some(&first.data) == recorded {
        return Some(first);
    }
    let exact = targets.find(|target| Some(&target.data) == recorded);
    Some(exact.unwrap_or(first))
}

/// `data-…` attributes of the client script itself, which events do not carry.
const CLIENT_ATTRIBUTES: [&str; 7] = [
    "link", "debounce", "keys", "confirm", "key", "stream", "open",
];

fn event_data(element: ElementRef<'_>) -> Map<String, Value> {
    element
        .value()
        .attrs()
        .filter_map(|(name, value)| Some((name.strip_prefix("data-")?, value)))
        .filter(|(name, _)| !CLIENT_ATTRIBUTES.contains(name))
        .map(|(name, value)| (camel_case(name), Value::from(value)))
        .collect()
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

/// A parser drops the newline after `<textarea>`, which pages of this stack always have.
fn with_textarea_newlines(html: &str) -> String {
    let mut parts = html.split("<textarea");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("<textarea");
        match part.split_once('>') {
            Some((attributes, rest)) => out.extend([attributes, ">\n", rest]),
            None => out.push_str(part),
        }
    }
    out
}

fn elements(html: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    html.root_element().descendent_elements()
}
