//! What a test needs to know of the elements of a page.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};

/// An element, as far as a test can act on it.
pub(super) struct Found {
    pub(super) control: Control,
    /// By kind of event: the handler, and the data of the element that has it.
    pub(super) handlers: HashMap<String, (String, Value)>,
    pub(super) link: Option<String>,
    pub(super) submits: bool,
    /// The controls of the form around it.
    pub(super) form: Vec<Control>,
}

/// An element with a value.
pub(super) struct Control {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) value: String,
    /// For a box that can be ticked: whether it is.
    pub(super) checked: Option<bool>,
}

impl Found {
    pub(super) fn of(element: ElementRef<'_>) -> Self {
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
            match around.value().name() {
                "a" if link.is_none() && around.attr("data-link").is_some() => {
                    link = around.attr("href").map(ToOwned::to_owned);
                }
                "form" => form = form.or(Some(around)),
                _ => {}
            }
        }
        let submits = element.value().name() == "button"
            && element.attr("type").is_none_or(|kind| kind == "submit");
        let all = selector("input[name], select[name], textarea[name]");
        let controls = form.iter().flat_map(|form| form.select(&all));
        Self {
            control: Control::of(element),
            handlers,
            link,
            submits,
            form: controls.map(Control::of).collect(),
        }
    }
}

impl Control {
    fn of(control: ElementRef<'_>) -> Self {
        Self {
            key: key(control),
            name: control.attr("name").unwrap_or_default().to_owned(),
            value: value(control),
            checked: matches!(control.attr("type"), Some("checkbox" | "radio"))
                .then(|| control.attr("checked").is_some()),
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
        "textarea" => element.text().collect(),
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
    // What the script keeps to itself.
    const OWN: &str = "link debounce throttle keys default confirm once reset key stream open";
    let data = element.value().attrs().filter_map(|(name, value)| {
        let name = name.strip_prefix("data-")?;
        let is_own = OWN.split(' ').any(|own| own == name);
        (!is_own).then(|| (camel(name), json!(value)))
    });
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

pub(super) fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("`{css}` is no selector: {error}"))
}

/// The attributes of the root element, and the text between its tags.
pub(super) fn root(document: &str) -> (HashMap<String, String>, String) {
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
