//! Writing `heavy.toml` into what stands there.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value as TomlValue};

use super::{Lock, PackLock};
use crate::answers::Value;
use crate::tree::TreePath;

/// Sets every entry; what has its value already is not touched. Whatever stands in the place of a table was refused.
pub(super) fn set(document: &mut DocumentMut, lock: &Lock) {
    if let Some(template) = table(document, "template") {
        put(template, "source", lock.source.as_str().into());
        match &lock.rev {
            Some(rev) => put(template, "rev", rev.as_str().into()),
            None => drop(template.remove("rev")),
        }
        put(template, "version", lock.version.as_str().into());
        put(template, "stamp", lock.stamp.as_str().into());
    }
    if let Some(table) = table(document, "answers") {
        answers(table, lock);
    }
    if lock.packs.is_empty() {
        document.remove("packs");
    } else if let Some(table) = table(document, "packs") {
        packs(table, lock);
    }
    if lock.conflicts.is_empty() {
        document.remove("conflicts");
    } else if let Some(table) = table(document, "conflicts") {
        let paths: Array = lock.conflicts.iter().map(TreePath::as_str).collect();
        put(table, "paths", paths.into());
    }
}

fn packs(table: &mut dyn TableLike, lock: &Lock) {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    for gone in names.iter().filter(|name| !lock.packs.contains_key(*name)) {
        table.remove(gone);
    }
    for (name, lock) in &lock.packs {
        if table.get(name).is_none() {
            table.insert(name, Item::Table(Table::new()));
        }
        if let Some(table) = table.get_mut(name).and_then(Item::as_table_like_mut) {
            pack(table, lock);
        }
    }
}

fn pack(table: &mut dyn TableLike, lock: &PackLock) {
    let texts = [
        ("source", Some(&lock.source)),
        ("rev", lock.rev.as_ref()),
        ("commit", lock.commit.as_ref()),
        ("version", Some(&lock.version)),
        ("stamp", Some(&lock.stamp)),
    ];
    for (name, text) in texts {
        match text {
            Some(text) => put(table, name, text.as_str().into()),
            None => drop(table.remove(name)),
        }
    }
    let answers: InlineTable = lock
        .answers
        .iter()
        .map(|(name, value)| match value {
            Value::Bool(value) => (name.as_str(), TomlValue::from(*value)),
            Value::Text(text) => (name.as_str(), TomlValue::from(text.as_str())),
        })
        .collect();
    if answers.is_empty() {
        table.remove("answers");
    } else {
        put(table, "answers", answers.into());
    }
}

fn answers(table: &mut dyn TableLike, lock: &Lock) {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    for gone in names.iter().filter(|name| !lock.answers.contains_key(*name)) {
        table.remove(gone);
    }
    for (name, value) in &lock.answers {
        let value = match value {
            Value::Bool(value) => (*value).into(),
            // A number without quotes says the same.
            Value::Text(text) if is_number(table.get(name), text) => continue,
            Value::Text(text) => text.as_str().into(),
        };
        put(table, name, value);
    }
}

/// The table `name`, made if it is missing.
fn table<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut dyn TableLike> {
    let new = || {
        let mut table = Table::new();
        // `[packs.NAME]` says that there are packs.
        table.set_implicit(name == "packs");
        Item::Table(table)
    };
    document.entry(name).or_insert_with(new).as_table_like_mut()
}

/// Sets one value. A comment behind it stays.
fn put(table: &mut dyn TableLike, name: &str, mut value: TomlValue) {
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) if same(old, &value) => {}
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => drop(table.insert(name, Item::Value(value))),
    }
}

fn same(old: &TomlValue, new: &TomlValue) -> bool {
    match (old, new) {
        (TomlValue::String(old), TomlValue::String(new)) => old.value() == new.value(),
        (TomlValue::Boolean(old), TomlValue::Boolean(new)) => old.value() == new.value(),
        (TomlValue::Array(old), TomlValue::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new))
        }
        (TomlValue::InlineTable(old), TomlValue::InlineTable(new)) => {
            old.len() == new.len() && old.iter().all(|(name, old)| new.get(name).is_some_and(|new| same(old, new)))
        }
        _ => false,
    }
}

fn is_number(item: Option<&Item>, text: &str) -> bool {
    item.and_then(Item::as_value).is_some_and(|value| {
        (value.is_integer() || value.is_float()) && value.clone().decorated("", "").to_string() == text
    })
}

/// toml_edit ends every line, and with `\n`; a file whose lines all end in `\r\n` keeps that, and so it does with a last
/// line without an end and with a byte-order mark.
pub(super) fn with_line_endings_of(existing: &str, mut written: String) -> String {
    if !existing.ends_with('\n') && !existing.is_empty() {
        written.truncate(written.trim_end_matches('\n').len());
    }
    let lines = existing.matches('\n').count();
    let text = if lines > 0 && existing.matches("\r\n").count() == lines {
        written.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        written
    };
    if existing.starts_with('\u{feff}') && !text.starts_with('\u{feff}') { format!("\u{feff}{text}") } else { text }
}
