//! Lists within brackets: of strings and numbers, which are merged as sets, and of tables with a name.
//!
//! In such a list a comment after an item stands, for the parser, before the next one. So the part of an item's prefix
//! that is on the line of the item before it goes with that one.

use toml_edit::{Array, Item, Value};

use super::same::values;
use super::{Ours, additions, merge_tables, name};

pub(super) fn merge(old: Option<&Array>, mine: &mut Array, theirs: &Array) -> Option<()> {
    let empty = Array::new();
    let old = old.unwrap_or(&empty);
    let (old_ids, their_ids) = (ids(old)?, ids(theirs)?);
    let additions = additions(&old_ids, &ids(mine)?, &their_ids)?;
    for (old, id) in old.iter().zip(&old_ids) {
        let index = ids(mine)?.iter().position(|mine| mine == id);
        let their = their_ids.iter().position(|their| their == id).and_then(|index| theirs.get(index));
        match (index, their) {
            (Some(index), None) if values(mine.get(index)?, old) => remove(mine, index)?,
            (Some(_), None) => return None,
            (None, Some(their)) if !values(old, their) => return None,
            (None, _) => {}
            (Some(index), Some(their)) => merge_item(Some(old), mine.get_mut(index)?, their)?,
        }
    }
    for (their, id) in theirs.iter().zip(&their_ids).filter(|(_, id)| !old_ids.contains(id)) {
        if let Some(index) = ids(mine)?.iter().position(|mine| mine == id) {
            merge_item(None, mine.get_mut(index)?, their)?;
        }
    }
    for addition in additions {
        insert(mine, addition.at, theirs, addition.from)?;
    }
    Some(())
}

/// What each item is known by: a table by its name, anything else by itself.
fn ids(array: &Array) -> Option<Vec<String>> {
    let id = |value: &Value| match value {
        Value::Array(_) => None,
        Value::InlineTable(table) => Some(format!("table {}", name(table)?)),
        Value::String(text) => Some(format!("string {}", text.value())),
        scalar => Some(scalar.clone().decorated("", "").to_string()),
    };
    array.iter().map(id).collect()
}

fn merge_item(old: Option<&Value>, mine: &mut Value, theirs: &Value) -> Option<()> {
    let (Value::InlineTable(mine), Value::InlineTable(theirs)) = (mine, theirs) else { return Some(()) };
    let old = old.map(|old| Item::Value(old.clone()));
    merge_tables(old.as_ref().and_then(Item::as_table_like), &mut Ours { table: mine, inline: true }, theirs)
}

/// Puts the value that the template has at `from` at `index`, with the comment lines above it and the comment behind it.
fn insert(array: &mut Array, index: usize, theirs: &Array, from: usize) -> Option<()> {
    let mut value = theirs.get(from)?.clone();
    if array.is_empty() {
        array.set_trailing(theirs.trailing().as_str()?);
        array.set_trailing_comma(theirs.trailing_comma());
        array.push_formatted(value.decorated(if theirs.len() == 1 { "" } else { " " }, ""));
        let broken = theirs.iter().next().map(prefix).filter(|prefix| prefix.contains('\n'));
        array.get_mut(0)?.decor_mut().set_prefix(broken.unwrap_or_default());
        return Some(());
    }
    let last = index == array.len();
    let suffix = if last { take_suffix(array.get_mut(index - 1)?)? } else { String::new() };
    let indent = array.iter().map(prefix).chain([array.trailing().as_str()?.to_owned()]).find(|p| p.contains('\n'));
    let prefix = match indent {
        Some(indent) => {
            let (after_item, rest) = split(&following(array, index)?);
            set_following(array, index, &rest)?;
            let own = split(&prefix(&value)).1;
            let indent = array.get(0).map(prefix).filter(|prefix| prefix.contains('\n')).unwrap_or(indent);
            let indent = &indent[indent.rfind('\n')?..];
            format!("{after_item}{}", if own.contains('\n') { &own } else { indent })
        }
        None if index == 0 => {
            let first = prefix(array.get(0)?);
            array.get_mut(0)?.decor_mut().set_prefix(" ");
            first
        }
        None => " ".to_owned(),
    };
    value = value.decorated(prefix, suffix);
    array.insert_formatted(index, value);
    let behind = split(&following(theirs, from + 1)?).0;
    if behind.contains('#') {
        let next = following(array, index + 1)?;
        // Without a comma or a line break behind it the comment would be that of another item, or hide it.
        let has_room = next.starts_with('\n') && (index + 1 < array.len() || array.trailing_comma());
        set_following(array, index + 1, &format!("{behind}{}", has_room.then_some(next)?))?;
    }
    Some(())
}

fn remove(array: &mut Array, index: usize) -> Option<()> {
    let removed = array.remove(index);
    let (after_previous, _) = split(&prefix(&removed));
    let next = following(array, index)?;
    if next.contains('\n') {
        set_following(array, index, &format!("{after_previous}{}", split(&next).1))?;
    } else if index == 0 && !array.is_empty() {
        set_following(array, 0, &prefix(&removed))?;
    }
    if index == array.len() && index > 0 && !array.trailing_comma() {
        let suffix = removed.decor().suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().to_owned();
        array.get_mut(index - 1)?.decor_mut().set_suffix(suffix);
    }
    Some(())
}

/// What stands before the item at `index`, or before the closing bracket.
fn following(array: &Array, index: usize) -> Option<String> {
    Some(match array.get(index) {
        Some(value) => prefix(value),
        None => array.trailing().as_str()?.to_owned(),
    })
}

fn set_following(array: &mut Array, index: usize, text: &str) -> Option<()> {
    match array.get_mut(index) {
        Some(value) => value.decor_mut().set_prefix(text),
        None => array.set_trailing(text),
    }
    Some(())
}

fn prefix(value: &Value) -> String {
    value.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned()
}

/// The space before the closing bracket, where no comma is. A comment there would go to another item.
fn take_suffix(value: &mut Value) -> Option<String> {
    let suffix = value.decor().suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().to_owned();
    value.decor_mut().set_suffix("");
    (!suffix.contains('#')).then_some(suffix)
}

/// The part on the line of the item before, and the rest from the line break on.
fn split(text: &str) -> (String, String) {
    let (line, rest) = text.split_at(text.find('\n').unwrap_or(0));
    (line.to_owned(), rest.to_owned())
}
