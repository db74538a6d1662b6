//! A merge by key means what a merge of the values means, written apart from it here.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::merge::{json as jsonc, toml};

/// The three-way merge of values; `None` if both changed one differently. Lists are sets.
fn three_way(base: Option<&Value>, ours: Option<&Value>, theirs: Option<&Value>) -> Option<Option<Value>> {
    if ours == theirs || base == theirs {
        return Some(ours.cloned());
    }
    if base == ours {
        return Some(theirs.cloned());
    }
    match (ours?, theirs?) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let base = base.and_then(Value::as_object);
            let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
            let mut merged = Map::new();
            for key in keys {
                let value = three_way(base.and_then(|base| base.get(key)), ours.get(key), theirs.get(key))?;
                value.map(|value| merged.insert(key.clone(), value));
            }
            Some(Some(Value::Object(merged)))
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let base = base.and_then(Value::as_array).map(|base| by_name(base)).unwrap_or_default();
            let [ours, theirs] = [by_name(ours), by_name(theirs)];
            let mut merged = Vec::new();
            for name in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
                merged.extend(three_way(base.get(name), ours.get(name), theirs.get(name))?);
            }
            Some(Some(Value::Array(merged)))
        }
        _ => None,
    }
}

/// The items of a list, by what they are known by.
fn by_name(items: &[Value]) -> BTreeMap<String, Value> {
    items.iter().map(|item| (item.get("name").unwrap_or(item).to_string(), item.clone())).collect()
}

/// A document: scalars, sets of strings, and objects in objects.
fn document() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        2 => (0..3_u8).prop_map(|n| json!(n)),
        1 => select(&["text", "other # text", "//"][..]).prop_map(|text| json!(text)),
        2 => btree_set(select(&["p", "q", "r", "s"][..]), 0..4).prop_map(|items| json!(items)),
    ];
    let value = leaf.prop_recursive(2, 12, 4, |inner| table(inner).prop_map(Value::Object));
    table(value)
}

/// A table in which `bin` is always a list of things with a name.
fn table(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let named = btree_map(select(&["p", "q", "r"][..]), 0..3_u8, 1..4)
        .prop_map(|things| Value::Array(things.into_iter().map(|(name, x)| json!({ "name": name, "x": x })).collect()));
    let pair = prop_oneof![3 => (key(), value), 1 => (Just("bin"), named)];
    vec(pair, 0..5).prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn key() -> impl Strategy<Value = &'static str> {
    select(&["a", "b", "c", "inline", "d e"][..])
}

/// What a side made of the base: keys written and removed, at any depth.
fn edited(base: &Map<String, Value>, edits: &[(Vec<&'static str>, Option<Value>)]) -> Map<String, Value> {
    let mut document = base.clone();
    for (path, value) in edits {
        let (last, folders) = path.split_last().expect("a key");
        let mut table = Some(&mut document);
        for key in folders {
            table = table.and_then(|table| table.get_mut(*key)).and_then(Value::as_object_mut);
        }
        let Some(table) = table else { continue };
        match value {
            Some(value) => drop(table.insert((*last).to_owned(), value.clone())),
            None => drop(table.remove(*last)),
        }
    }
    document
}

fn edits() -> impl Strategy<Value = Vec<(Vec<&'static str>, Option<Value>)>> {
    let change = document().prop_map(|document| document.into_iter().next());
    let change = (vec(key(), 0..3), key(), change).prop_map(|(mut path, removed, written)| {
        let (key, value) = written.map_or((removed.to_owned(), None), |(key, value)| (key, Some(value)));
        path.push(["a", "b", "c", "inline", "d e", "bin"].into_iter().find(|other| *other == key).expect("a key"));
        (path, value)
    });
    vec(change, 0..4)
}

fn three() -> impl Strategy<Value = [Map<String, Value>; 3]> {
    (document(), edits(), edits()).prop_map(|(base, ours, theirs)| {
        let (ours, theirs) = (edited(&base, &ours), edited(&base, &theirs));
        [base, ours, theirs]
    })
}

/// How a side writes: the order of its keys, lists on one line or on several, comments of its own.
#[derive(Clone, Copy, Debug)]
struct Style {
    reversed: bool,
    broken: bool,
    trailing_comma: bool,
    comments: bool,
}

fn style() -> impl Strategy<Value = Style> {
    (any::<[bool; 4]>()).prop_map(|[reversed, broken, trailing_comma, comments]| Style {
        reversed,
        broken,
        trailing_comma,
        comments,
    })
}

impl Style {
    fn pairs(self, table: &Map<String, Value>) -> Vec<(&String, &Value)> {
        let mut pairs: Vec<_> = table.iter().collect();
        if self.reversed {
            pairs.reverse();
        }
        pairs
    }

    fn comment(self, sign: &str, path: &str) -> String {
        if self.comments { format!(" {sign} mine: {path}") } else { String::new() }
    }

    fn toml(self, table: &Map<String, Value>) -> String {
        let mut text = String::new();
        self.toml_table(table, "", &mut text);
        text
    }

    fn toml_table(self, table: &Map<String, Value>, path: &str, text: &mut String) {
        let is_table = |key: &str, value: &Value| (value.is_object() && key != "inline") || key == "bin";
        for (key, value) in self.pairs(table).into_iter().filter(|(key, value)| !is_table(key, value)) {
            let comment = self.comment("#", &format!("{path}{key}"));
            *text += &format!("{} = {}{comment}\n", json!(key), self.toml_value(value));
        }
        for (key, value) in self.pairs(table).into_iter().filter(|(key, value)| is_table(key, value)) {
            let path = format!("{path}{}", json!(key));
            let (opening, closing) = if key == "bin" { ("[[", "]]") } else { ("[", "]") };
            for table in value.as_array().unwrap_or(&vec![value.clone()]) {
                *text += &format!("\n{opening}{path}{closing}{}\n", self.comment("#", &path));
                self.toml_table(table.as_object().expect("a table"), &format!("{path}."), text);
            }
        }
    }

    fn toml_value(self, value: &Value) -> String {
        match value {
            Value::Object(table) => {
                let pairs = self.pairs(table).into_iter();
                let pairs: Vec<String> = pairs
                    .map(|(k, v)| format!("{} = {}", json!(k), Self { broken: false, ..self }.toml_value(v)))
                    .collect();
                format!("{{ {} }}", pairs.join(", "))
            }
            Value::Array(items) => self.list(items, "#"),
            scalar => scalar.to_string(),
        }
    }

    fn json(self, table: &Map<String, Value>, indent: usize) -> String {
        let pairs = self.pairs(table);
        let mut text = "{\n".to_owned();
        for (index, (key, value)) in pairs.iter().enumerate() {
            let value = match value {
                Value::Object(table) => self.json(table, indent + 2),
                Value::Array(items) => self.list(items, "//"),
                scalar => scalar.to_string(),
            };
            let comma = if index + 1 < pairs.len() || self.trailing_comma { "," } else { "" };
            text += &format!("{:indent$}  {}: {value}{comma}{}\n", "", json!(key), self.comment("//", key));
        }
        text += &format!("{:indent$}}}", "");
        text
    }

    fn list(self, items: &[Value], sign: &str) -> String {
        let last = items.len().saturating_sub(1);
        let written = |item: &Value| match (item, sign) {
            (Value::Object(_), "#") => Self { broken: false, ..self }.toml_value(item),
            (Value::Object(table), _) if self.broken => self.json(table, 4),
            _ => item.to_string(),
        };
        if !self.broken || items.is_empty() {
            return format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "));
        }
        let lines = items.iter().enumerate().map(|(index, item)| {
            let comma = if index < last || self.trailing_comma { "," } else { "" };
            let item = written(item);
            format!("    {item}{comma}{}\n", self.comment(sign, "item"))
        });
        format!("[\n{}]", lines.collect::<String>())
    }
}

/// Lists as sets; an empty list of tables cannot be written in TOML, and so means nothing.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(by_name(&items).into_values().map(sorted).collect()),
        Value::Object(table) => {
            let there = table.into_iter().filter(|(key, value)| key != "bin" || *value != json!([]));
            Value::Object(there.map(|(key, value)| (key, sorted(value))).collect())
        }
        scalar => scalar,
    }
}

fn parsed_toml(text: &str) -> Value {
    sorted(::toml::from_str(text).expect("TOML"))
}

fn parsed_json(text: &str) -> Value {
    let value =
        jsonc_parser::parse_to_value(text, &jsonc_parser::ParseOptions::default()).expect("JSON").expect("a value");
    fn convert(value: jsonc_parser::JsonValue) -> Value {
        match value {
            jsonc_parser::JsonValue::Object(object) => {
                object.into_iter().map(|(key, value)| (key.to_string(), convert(value))).collect()
            }
            jsonc_parser::JsonValue::Array(array) => array.into_iter().map(convert).collect(),
            jsonc_parser::JsonValue::Number(number) => serde_json::from_str(number).expect("a number"),
            jsonc_parser::JsonValue::String(text) => json!(text),
            jsonc_parser::JsonValue::Boolean(value) => json!(value),
            jsonc_parser::JsonValue::Null => Value::Null,
        }
    }
    sorted(convert(value))
}

fn expected([base, ours, theirs]: &[Map<String, Value>; 3]) -> Option<Value> {
    let [base, ours, theirs] = [base, ours, theirs].map(|table| Value::Object(table.clone()));
    three_way(Some(&base), Some(&ours), Some(&theirs)).flatten().map(sorted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn toml_merged_by_key_means_what_its_values_merge_to(documents in three(), pristine in style(), users in style()) {
        let pristine = Style { comments: false, ..pristine };
        let [base, ours, theirs] = [(0, pristine), (1, users), (2, pristine)].map(|(n, style): (usize, Style)| style.toml(&documents[n]));
        let expected = expected(&documents);
        if let Some(text) = toml::merge(&base, &ours, &theirs) {
            prop_assert_eq!(Some(parsed_toml(&text)), expected, "{}", text);
        } else { prop_assert!(expected.is_none(), "{}---{}---{}", base, ours, theirs); }
    }

    #[test]
    fn json_merged_by_key_means_what_its_values_merge_to(
        documents in three(),
        pristine in style(),
        users in style(),
        odd in vec(vec((0..40_usize, select(&["/* mine */", " // mine\n", "\n", "\n\n  ", " "][..])), 0..5), 3),
    ) {
        let pristine = Style { comments: false, ..pristine };
        let [base, ours, theirs] = [pristine, users, pristine];
        let texts = [base, ours, theirs].into_iter().zip(&documents).zip(&odd);
        let texts: Vec<String> = texts.map(|((style, document), odd)| oddly_spaced(&style.json(document, 0), odd)).collect();
        let expected = expected(&documents);
        if let Some(text) = jsonc::merge(&texts[0], &texts[1], &texts[2]) {
            prop_assert_eq!(Some(parsed_json(&text)), expected, "{}", text);
        } else {
            prop_assert!(expected.is_none(), "{}", texts.join("---"));
        }
    }
}

/// Puts comments and space behind the nth brackets, colons and commas.
fn oddly_spaced(text: &str, odd: &[(usize, &str)]) -> String {
    let mut spaced = String::new();
    let (mut count, mut in_string) = (0, false);
    let mut in_comment = false;
    for (index, char) in text.char_indices() {
        spaced.push(char);
        in_comment = (in_comment || (!in_string && text[index..].starts_with("//"))) && char != '\n';
        in_string ^= char == '"' && !in_comment;
        if "{}[]:,".contains(char) && !in_string && !in_comment {
            spaced.extend(odd.iter().filter(|(at, _)| *at == count).map(|(_, text)| *text));
            count += 1;
        }
    }
    spaced
}
