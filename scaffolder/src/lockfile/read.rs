//! Reading `heavy.toml`, which people edit and git merges.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, TableLike};

use super::{Lock, PackLock};
use crate::answers::Value;
use crate::error::{Error, Result};
use crate::stamp::LOCKFILE;
use crate::tree::TreePath;

/// Every table, and the entries that are known in it; any entry in `answers`.
const TABLES: [(&str, &[&str]); 5] = [
    ("template", &["source", "rev", "version", "stamp"]),
    ("answers", &[]),
    ("packs", &[]),
    ("moves", &["keep"]),
    ("conflicts", &["paths"]),
];

/// The entries of a pack.
const OF_A_PACK: [&str; 6] = ["source", "rev", "commit", "version", "stamp", "answers"];

pub(super) fn parse(text: &str) -> Result<Lock> {
    let document = document(text)?;
    tables(&document)?;
    known(&document)?;
    let template = table(&document, "template").ok_or_else(|| missing("[template]"))?;
    let answers = table(&document, "answers").ok_or_else(|| missing("[answers]"))?;
    let answers =
        answers.iter().map(|(name, item)| Ok((name.to_owned(), answer(name, item)?))).collect::<Result<_>>()?;
    Ok(Lock {
        source: required(template, "source")?,
        rev: text_at(template, "rev")?,
        version: required(template, "version")?,
        stamp: required(template, "stamp")?,
        answers,
        packs: packs(&document)?,
        conflicts: conflicts(&document)?,
    })
}

/// The document.
pub(super) fn document(text: &str) -> Result<DocumentMut> {
    text.trim_start_matches('\u{feff}').parse().map_err(|error: toml_edit::TomlError| {
        let marked = |mark: &str| text.lines().any(|line| line.starts_with(mark));
        if marked("<<<<<<< ") && marked(">>>>>>> ") {
            return Error::user(format!("`{LOCKFILE}` has conflict markers in it, from a merge of git's"))
                .hint(format!("take one side whole: `git checkout --ours {LOCKFILE}`, or `--theirs`"));
        }
        Error::user(format!("`{LOCKFILE}` is not valid TOML")).because(error).hint(from_git())
    })
}

/// Whether tables stand where tables belong.
pub(super) fn tables(document: &DocumentMut) -> Result<()> {
    match TABLES.iter().find(|(name, _)| document.get(name).is_some_and(|item| !item.is_table_like())) {
        Some((name, _)) => Err(wrong(name, &document[name], "a table")),
        None => Ok(()),
    }
}

fn known(document: &DocumentMut) -> Result<()> {
    for (name, _) in document.iter() {
        let Some((_, entries)) = TABLES.iter().find(|(table, _)| *table == name) else {
            return Err(unknown(name));
        };
        let Some(table) = table(document, name).filter(|_| !entries.is_empty()) else { continue };
        if let Some((entry, _)) = table.iter().find(|(entry, _)| !entries.contains(entry)) {
            return Err(unknown(&format!("{name}.{entry}")));
        }
    }
    Ok(())
}

fn table<'a>(document: &'a DocumentMut, name: &str) -> Option<&'a dyn TableLike> {
    document.get(name)?.as_table_like()
}

fn required(table: &dyn TableLike, entry: &str) -> Result<String> {
    text_at(table, entry)?.ok_or_else(|| missing(&format!("template.{entry}")))
}

fn text_at(table: &dyn TableLike, entry: &str) -> Result<Option<String>> {
    let Some(item) = table.get(entry) else { return Ok(None) };
    let text = item.as_str().ok_or_else(|| wrong(&format!("template.{entry}"), item, "a text in quotes"))?;
    Ok(Some(text.to_owned()))
}

/// A number is taken as the text that it is: templates may write answers without quotes.
fn answer(name: &str, item: &Item) -> Result<Value> {
    let value = item.as_value();
    let number = |value: &toml_edit::Value| {
        (value.is_integer() || value.is_float()).then(|| value.clone().decorated("", "").to_string())
    };
    None.or_else(|| item.as_bool().map(Value::Bool))
        .or_else(|| item.as_str().map(|text| Value::Text(text.to_owned())))
        .or_else(|| value.and_then(number).map(Value::Text))
        .ok_or_else(|| wrong(&format!("answers.{name}"), item, "`true`, `false`, or a text in quotes"))
}

fn packs(document: &DocumentMut) -> Result<BTreeMap<String, PackLock>> {
    let Some(packs) = table(document, "packs") else { return Ok(BTreeMap::new()) };
    packs.iter().map(|(name, item)| Ok((name.to_owned(), pack(name, item)?))).collect()
}

fn pack(name: &str, item: &Item) -> Result<PackLock> {
    let at = |entry: &str| format!("packs.{name}.{entry}");
    let table = item.as_table_like().ok_or_else(|| wrong(&format!("packs.{name}"), item, "a table"))?;
    if let Some((entry, _)) = table.iter().find(|(entry, _)| !OF_A_PACK.contains(entry)) {
        return Err(unknown(&at(entry)));
    }
    let text = |entry: &str| match table.get(entry) {
        None => Ok(None),
        Some(item) => match item.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(wrong(&at(entry), item, "a text in quotes")),
        },
    };
    let needed = |entry: &str| text(entry)?.ok_or_else(|| missing(&at(entry)));
    let answers = match table.get("answers") {
        None => BTreeMap::new(),
        Some(item) => {
            let table = item.as_table_like().ok_or_else(|| wrong(&at("answers"), item, "a table"))?;
            table.iter().map(|(name, item)| Ok((name.to_owned(), answer(name, item)?))).collect::<Result<_>>()?
        }
    };
    Ok(PackLock {
        source: needed("source")?,
        rev: text("rev")?,
        commit: text("commit")?,
        version: needed("version")?,
        stamp: needed("stamp")?,
        answers,
    })
}

fn conflicts(document: &DocumentMut) -> Result<Vec<TreePath>> {
    let Some(item) = table(document, "conflicts").and_then(|table| table.get("paths")) else { return Ok(Vec::new()) };
    let expected = "a list of paths";
    let array = item.as_array().ok_or_else(|| wrong("conflicts.paths", item, expected))?;
    let paths = array.iter().map(|value| {
        let text = value.as_str().ok_or_else(|| wrong("conflicts.paths", item, expected))?;
        TreePath::parse(text).map_err(|problem| {
            Error::user(format!(
                "`conflicts.paths` in `{LOCKFILE}` has the path `{}`, which {problem}",
                text.escape_debug()
            ))
            .hint(from_git())
        })
    });
    paths.collect()
}

fn missing(entry: &str) -> Error {
    Error::user(format!("`{LOCKFILE}` has no `{entry}`")).hint(from_git())
}

fn wrong(entry: &str, item: &Item, expected: &str) -> Error {
    Error::user(format!("`{entry}` in `{LOCKFILE}` is {}, and has to be {expected}", described(item))).hint(from_git())
}

fn unknown(entry: &str) -> Error {
    Error::user(format!("`{LOCKFILE}` has the entry `{}`, which this `heavy` does not know", entry.escape_debug()))
        .hint("if a newer `heavy` wrote it, install that: `cargo install heavy-stack`; otherwise remove the entry")
}

fn from_git() -> String {
    format!("correct it, or take the file from the last commit: `git checkout HEAD -- {LOCKFILE}`")
}

fn described(item: &Item) -> String {
    match item.type_name() {
        kind @ ("integer" | "array" | "inline table" | "array of tables") => {
            format!("{} {kind}", if kind.starts_with(['a', 'i']) { "an" } else { "a" })
        }
        "string" => "a text".to_owned(),
        kind => format!("a {kind}"),
    }
}
