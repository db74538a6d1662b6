//! Secrets are left out of a recording.
//!
//! A secret is known by its name: a field of a form or of JSON, a parameter of a query, an attribute or an input in
//! HTML, whose name [sounds like one](is_secret), or one that the browser says is for passwords (`hidden`). The signed
//! states of live pages are left out too. Cookies and other headers are not recorded in the first place. What nobody
//! can know by a name, such as a password that is typed into a field called `note`, stays.

use std::{collections::HashSet, ops::Range};

use serde_json::{Map, Value};

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// Parts of the names of secrets.
const NAMES: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "token",
    "csrf",
    "authorization",
    "card",
    "cvc",
    "cookie",
];

/// Calls of a browser whose answer is a secret.
#[derive(Debug, Default)]
pub struct Calls(HashSet<(u64, u64)>);

/// Whether something of this name is a secret.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    NAMES.iter().any(|part| name.contains(part))
}

fn redacted() -> Value {
    Value::from(REDACTED)
}

/// Leaves the secrets out of a message of the protocol.
pub fn message(message: &mut Value, connection: u64, calls: &mut Calls) {
    match message {
        Value::Object(reply) => answer(reply, connection, calls),
        Value::Array(parts) => {
            let kind = parts.first().and_then(Value::as_str).unwrap_or_default();
            match kind {
                "join" => {
                    if let Some(Value::Object(join)) = parts.get_mut(1) {
                        hide(join, &["state", "mac"]);
                    }
                }
                "nav" => {
                    if let Some(Value::Object(entry)) = parts.get_mut(4) {
                        hide(entry, &["state", "mac"]);
                    }
                }
                "ret" => {
                    let id = parts.get(1).and_then(Value::as_u64).unwrap_or_default();
                    if calls.0.remove(&(connection, id))
                        && let Some(value) = parts.get_mut(3)
                    {
                        *value = redacted();
                    }
                }
                _ => {}
            }
            parts.iter_mut().for_each(value);
        }
        other => value(other),
    }
}

fn answer(reply: &mut Map<String, Value>, connection: u64, calls: &mut Calls) {
    hide(reply, &["S", "s", "m"]);
    for call in reply
        .get_mut("c")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        let id = call.get(0).and_then(Value::as_u64).unwrap_or_default();
        if let Some(path) = call.get_mut(1)
            && hide_call(path)
        {
            // Browsers that never answer must not cost memory for ever.
            if calls.0.len() >= 10_000 {
                calls.0.clear();
            }
            calls.0.insert((connection, id));
        }
    }
    // A changed token may come as the few letters that differ, with nothing around them to know it by.
    for insert in reply
        .get_mut("p")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Value::String(insert) = insert {
            *insert = without_loose_tokens(insert);
        }
    }
    reply.values_mut().for_each(value);
}

fn hide(object: &mut Map<String, Value>, keys: &[&str]) {
    for key in keys {
        if let Some(value) = object.get_mut(*key) {
            *value = redacted();
        }
    }
}

/// Leaves out what follows the name of a secret, such as in `["setItem", "token", "…"]`; true if there was one.
fn hide_call(path: &mut Value) -> bool {
    let Value::Array(steps) = path else {
        return path.as_str().is_some_and(is_secret);
    };
    let mut found = false;
    for step in steps {
        if found {
            *step = redacted();
        } else {
            found = hide_call(step);
        }
    }
    found
}

/// Leaves the secrets out of any JSON.
fn value(it: &mut Value) {
    match it {
        Value::String(it) => *it = string(it),
        Value::Array(values) => {
            pair(values, &[]);
            values.iter_mut().for_each(value);
        }
        Value::Object(it) => object(it),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn object(object: &mut Map<String, Value>) {
    // The names of the controls whose type is `password`, in an event.
    let hidden = match object.get("hidden") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let hidden: Vec<String> = hidden.into_iter().map(str::to_owned).collect();
    let name = object.get("name").and_then(Value::as_str);
    if name.is_some_and(is_secret) || is_in(&hidden, name.unwrap_or_default()) {
        hide(object, &["value", "key"]);
    }
    for (key, it) in object.iter_mut() {
        match it {
            it if is_secret(key) => *it = redacted(),
            Value::Array(fields) if key == "fields" => {
                for field in fields {
                    if let Value::Array(field) = field {
                        pair(field, &hidden);
                    }
                    value(field);
                }
            }
            it => value(it),
        }
    }
}

/// A name and its value, as the fields of a form are sent: leaves out the value if the name is that of a secret.
fn pair(pair: &mut [Value], hidden: &[String]) {
    let [Value::String(name), value] = pair else {
        return;
    };
    // No path or text, which may sound like anything.
    let is_name = |c: char| c.is_alphanumeric() || "_-.[]".contains(c);
    if is_in(hidden, name) || is_secret(name) && name.chars().all(is_name) {
        *value = redacted();
    }
}

fn is_in(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known == name)
}

/// A text, which may be JSON again, such as what pages put into the storage of a browser.
fn string(it: &str) -> String {
    if it.trim_start().starts_with(['{', '['])
        && let Ok(json) = serde_json::from_str::<Value>(it)
    {
        let mut shown = json.clone();
        value(&mut shown);
        if shown != json {
            return shown.to_string();
        }
    }
    text(it)
}

/// The body of a form without its secrets; `None` if it is none.
pub fn form(bytes: &[u8]) -> Option<String> {
    let mut fields: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).ok()?;
    for (name, value) in &mut fields {
        *value = if is_secret(name) {
            REDACTED.to_owned()
        } else {
            string(value)
        };
    }
    serde_urlencoded::to_string(fields).ok()
}

/// The body of a JSON request without its secrets; `None` if it is none.
pub fn json(bytes: &[u8]) -> Option<String> {
    let mut json: Value = serde_json::from_slice(bytes).ok()?;
    value(&mut json);
    Some(json.to_string())
}

/// Path and query without its secrets.
pub fn target(target: &str) -> String {
    match target.split_once('?') {
        Some((path, query)) => {
            // Where it cannot be read, nobody knows what is in it.
            let query = form(query.as_bytes()).unwrap_or_else(|| REDACTED.to_owned());
            format!("{}?{query}", text(path))
        }
        None => text(target),
    }
}

/// HTML, a URL or any other text without what follows the name of a secret: `token=…`, `data-token="…"`,
/// `name="token" value="…"`.
pub fn text(text: &str) -> String {
    if !text.contains('=') {
        return text.to_owned();
    }
    let mut hidden: Vec<Range<usize>> = Vec::new();
    let mut tag = Tag::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'<' | b'>' => {
                let textarea = bytes[at] == b'>' && tag.is_secret && tag.is_textarea;
                tag.end(&mut hidden);
                at += 1;
                if textarea {
                    let end = end(text, at, |c| c == '<');
                    hidden.push(at..end);
                    at = end;
                } else if bytes[at - 1] == b'<' {
                    tag.is_textarea = text[at..].starts_with("textarea");
                }
            }
            b'=' => {
                let name = name_before(text, at);
                let quoted = bytes.get(at + 1) == Some(&b'"');
                let value = if quoted {
                    at + 2..end(text, at + 2, |c| c == '"')
                } else {
                    at + 1..end(text, at + 1, |c| c.is_whitespace() || "&#\"'<>".contains(c))
                };
                at = if quoted { value.end } else { at + 1 };
                if is_secret(&name) {
                    at = value.end;
                    hidden.push(value);
                } else if quoted {
                    tag.attribute(&name, &text[value.clone()], value.clone());
                    // A URL inside of an attribute.
                    hidden.extend(parameters(text, value));
                }
            }
            _ => at += 1,
        }
    }
    tag.end(&mut hidden);
    replace(text, hidden)
}

/// The tag that is being read, or what there is of it.
#[derive(Default)]
struct Tag {
    is_secret: bool,
    is_textarea: bool,
    values: Vec<Range<usize>>,
}

impl Tag {
    fn attribute(&mut self, name: &str, value: &str, place: Range<usize>) {
        match name {
            "name" | "id" | "http-equiv" | "property" => self.is_secret |= is_secret(value),
            "type" => self.is_secret |= value.eq_ignore_ascii_case("password"),
            "value" | "content" => self.values.push(place),
            _ => {}
        }
    }

    fn end(&mut self, hidden: &mut Vec<Range<usize>>) {
        if self.is_secret {
            hidden.append(&mut self.values);
        }
        *self = Self::default();
    }
}

/// Where the values of secret parameters are in `place`.
fn parameters(text: &str, place: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let equals = text[place.clone()].match_indices('=');
    for (at, _) in equals {
        let at = place.start + at;
        if is_secret(&name_before(&text[..place.end], at)) {
            let end = end(&text[..place.end], at + 1, |c| "&#".contains(c));
            found.push(at + 1..end);
        }
    }
    found
}

fn end(text: &str, from: usize, is_end: impl Fn(char) -> bool) -> usize {
    text[from..].find(is_end).map_or(text.len(), |at| from + at)
}

/// The name that ends before `at`.
fn name_before(text: &str, at: usize) -> String {
    let part_of_name = |c: char| c.is_alphanumeric() || "_-.:%[]+".contains(c);
    let before = &text[..at];
    let start = before.trim_end_matches(part_of_name).len();
    crate::live::percent_decoded(&before[start..])
}

fn replace(text: &str, mut hidden: Vec<Range<usize>>) -> String {
    hidden.sort_by_key(|range| (range.start, range.end));
    let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
    for range in hidden {
        // Inside of one that is hidden as a whole.
        if range.end <= at {
            continue;
        }
        let start = range.start.max(at);
        shown.push_str(&text[at..start]);
        if range.start >= at && !range.is_empty() {
            shown.push_str(REDACTED);
        }
        at = range.end;
    }
    shown.push_str(&text[at..]);
    shown
}

/// What is put into HTML somewhere, without what looks like a token: no name stands beside a value when only the value
/// has changed. Sixteen and more hexadecimal digits anywhere; in the parts of tags that are not whole, also other runs
/// of letters and digits.
fn without_loose_tokens(text: &str) -> String {
    let start = text.find('<').unwrap_or(text.len());
    let end = match text.rfind('<') {
        Some(at) if !text[at..].contains('>') => at,
        _ => text.len(),
    };
    let mut hidden = runs(text, 0..text.len(), |c| c.is_ascii_hexdigit());
    let of_token = |c: char| c.is_ascii_alphanumeric() || "_-+/".contains(c);
    for part in [0..start, end.max(start)..text.len()] {
        hidden.extend(
            runs(text, part, of_token)
                .into_iter()
                .filter(|run| is_mixed(&text[run.clone()])),
        );
    }
    replace(text, hidden)
}

/// The runs of sixteen and more such characters within `part`.
fn runs(text: &str, part: Range<usize>, belongs: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = part.start;
    let ends = text[part.clone()]
        .char_indices()
        .filter(|(_, c)| !belongs(*c));
    let ends = ends.map(|(at, c)| (part.start + at, c.len_utf8()));
    for (end, length) in ends.chain([(part.end, 0)]) {
        if end - start >= 16 {
            found.push(start..end);
        }
        start = end + length;
    }
    found
}

/// Digits and letters, or letters of both kinds: no word.
fn is_mixed(run: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| run.bytes().any(|byte| kind(&byte));
    let kinds = [
        u8::is_ascii_digit,
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
    ];
    kinds.into_iter().filter(|kind| has(*kind)).count() > 1
}
