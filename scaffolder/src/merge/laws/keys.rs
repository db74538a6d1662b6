//! A merge by key means what a merge of the values means, written apart from it here.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::merge::{json as jsonc, keeps, toml};

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
            let base = base.and_then(Value::as_array);
            let in_base = |item: &Value| base.is_some_and(|base| base.contains(item));
            let all: BTreeSet<&str> = ours.iter().chain(theirs).filter_map(Value::as_str).collect();
            let kept = all
                .into_iter()
                .map(|item| json!(item))
                .filter(|item| if in_base(item) { ours.contains(item) && theirs.contains(item) } else { true });
            Some(Some(Value::Array(kept.collect())))
        }
        _ => None,
    }
}

/// A document: scalars, sets of strings, and objects in objects.
fn document() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        2 => (0..3_u8).prop_map(|n| json!(n)),
        1 => select(&["text", "other # text", "//"][..]).prop_map(|text| json!(text)),
        2 => btree_set(select(&["p", "q", "r", "s"][..]), 0..4).prop_map(|items| json!(items)),
    ];
    let value = leaf.prop_recursive(2, 12, 4, |inner| {
        vec((key(), inner), 0..4)
            .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
    });
    vec((key(), value), 0..5).prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
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
    let value = document().prop_map(|document| document.into_values().next());
    vec((vec(key(), 1..3), value), 0..4)
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
        let is_table = |key: &str, value: &Value| value.is_object() && key != "inline";
        for (key, value) in self.pairs(table).into_iter().filter(|(key, value)| !is_table(key, value)) {
            let comment = self.comment("#", &format!("{path}{key}"));
            *text += &format!("{} = {}{comment}\n", json!(key), self.toml_value(value));
        }
        for (key, value) in self.pairs(table).into_iter().filter(|(key, value)| is_table(key, value)) {
            let path = format!("{path}{}", json!(key));
            *text += &format!("\n[{path}]{}\n", self.comment("#", &path));
            self.toml_table(value.as_object().expect("a table"), &format!("{path}."), text);
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
            *&mut text += &format!("{:indent$}  {}: {value}{comma}{}\n", "", json!(key), self.comment("//", key));
        }
        text + &format!("{:indent$}}}", "")
    }

    fn list(self, items: &[Value], sign: &str) -> String {
        let last = items.len().saturating_sub(1);
        if !self.broken || items.is_empty() {
            return format!("[{}]", items.iter().map(Value::to_string).collect::<Vec<_>>().join(", "));
        }
        let lines = items.iter().enumerate().map(|(index, item)| {
            let comma = if index < last || self.trailing_comma { "," } else { "" };
            format!("    {item}{comma}{}\n", self.comment(sign, "item"))
        });
        format!("[\n{}]", lines.collect::<String>())
    }
}

/// Lists as sets.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let items: BTreeSet<String> = items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            json!(items)
        }
        Value::Object(table) => Value::Object(table.into_iter().map(|(key, value)| (key, sorted(value))).collect()),
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
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

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
    fn json_merged_by_key_means_what_its_values_merge_to(documents in three(), pristine in style(), users in style()) {
        let pristine = Style { comments: false, ..pristine };
        let [base, ours, theirs] = [(0, pristine), (1, users), (2, pristine)].map(|(n, style): (usize, Style)| style.json(&documents[n], 0));
        let expected = expected(&documents);
        if let Some(text) = jsonc::merge(&base, &ours, &theirs) {
            prop_assert_eq!(Some(parsed_json(&text)), expected, "{}", text);
        } else { prop_assert!(expected.is_none(), "{}---{}---{}", base, ours, theirs); }
    }
}
