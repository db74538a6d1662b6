//! Merges TOML by key. The user's document stays as it is, with its comments, formatting and order; what the template
//! changed is put into it.

use toml_edit::{ArrayOfTables, Decor, DocumentMut, Item, Key, TableLike, Value};

use super::additions::additions;

mod array;
mod order;
mod requirement;
mod same;

use same::same;

/// Merges by key. `None` if both changed a key differently, or one of the texts does not parse.
pub(super) fn merge(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let (base, theirs): (DocumentMut, DocumentMut) = (base.parse().ok()?, theirs.parse().ok()?);
    let mut merged: DocumentMut = ours.parse().ok()?;
    let order = order::merged(merged.as_table(), theirs.as_table());
    merge_tables(Some(base.as_table()), &mut Ours { table: merged.as_table_mut(), inline: false }, theirs.as_table())?;
    order::apply(merged.as_table_mut(), &order);
    if merged.trailing().as_str() == base.trailing().as_str() {
        merged.set_trailing(theirs.trailing().clone());
    }
    let text = merged.to_string();
    // What is printed has to mean what was merged.
    let printed: DocumentMut = text.parse().ok()?;
    same::tables(printed.as_table(), merged.as_table()).then_some(text)
}

/// How many strings stand in a list a second time; `None` if the text does not parse. A key cannot stand there twice.
pub(super) fn repetitions(text: &str) -> Option<usize> {
    let document: DocumentMut = text.parse().ok()?;
    Some(same::repetitions(document.as_item()))
}

/// A table of the user's.
struct Ours<'a> {
    table: &'a mut dyn TableLike,
    /// Whether it is written in braces, where the space around its values belongs to their places.
    inline: bool,
}

fn merge_tables(base: Option<&dyn TableLike>, ours: &mut Ours, theirs: &dyn TableLike) -> Option<()> {
    let mut before = None;
    for (key, item) in theirs.iter() {
        merge_key(key, base, ours, item, theirs, before)?;
        before = Some(key).filter(|key| ours.table.contains_key(key)).or(before);
    }
    for (key, item) in base.into_iter().flat_map(TableLike::iter).filter(|(key, _)| !theirs.contains_key(key)) {
        match ours.table.get(key) {
            Some(mine) if same(mine, item) => drop(ours.table.remove(key)),
            Some(_) => return None,
            None => {}
        }
    }
    // A list of tables that has none left is not written, and so it is not there.
    let is_emptied = |item: &Item| item.as_array_of_tables().is_some_and(ArrayOfTables::is_empty);
    let emptied = ours.table.iter().filter(|(_, item)| is_emptied(item)).map(|(key, _)| key.to_owned());
    for key in emptied.collect::<Vec<_>>() {
        ours.table.remove(&key);
    }
    if ours.inline && is_plain(ours.table) {
        ours.table.fmt();
    }
    Some(())
}

/// Merges one key that the template has. `before` is the nearest key before it that both have.
fn merge_key(
    key: &str,
    base: Option<&dyn TableLike>,
    ours: &mut Ours,
    theirs: &Item,
    their_table: &dyn TableLike,
    before: Option<&str>,
) -> Option<()> {
    let old = base.and_then(|base| base.get(key));
    let Some(mine) = ours.table.get_mut(key) else {
        return match old {
            Some(old) => same(old, theirs).then_some(()),
            None => insert(ours, their_table.key(key)?, theirs.clone(), before),
        };
    };
    if !old.is_some_and(|old| same(old, theirs)) && !same(mine, theirs) {
        let mut merged = mine.clone();
        if merge_within(old, &mut merged, theirs).is_some() {
            *mine = merged;
        } else if old.is_some_and(|old| same(old, mine)) {
            replace(ours, their_table.key(key)?, theirs.clone(), before)?;
        } else {
            return None;
        }
    }
    let mine = ours.table.get_mut(key)?;
    if let (Some(old), false) = (old, ours.inline) {
        merge_decor(old, mine, theirs);
        if let (Some(old), Some(mut mine), Some(theirs)) =
            (base.and_then(|base| base.key(key)), ours.table.key_mut(key), their_table.key(key))
        {
            three_way(old.leaf_decor(), mine.leaf_decor_mut(), theirs.leaf_decor());
        }
    }
    Some(())
}

/// Replaces an item that the user left as it was. What stands around it stays if it is written in the same way.
fn replace(ours: &mut Ours, key: &Key, mut item: Item, before: Option<&str>) -> Option<()> {
    let mine = ours.table.get_mut(key.get())?;
    if ours.inline {
        item.make_value();
    }
    match (mine.as_value(), item.as_value_mut()) {
        (Some(mine), Some(value)) => *value.decor_mut() = mine.decor().clone(),
        (None, None) => {}
        _ => {
            ours.table.remove(key.get());
            return insert(ours, key, item, before);
        }
    }
    *mine = item;
    Some(())
}

/// Merges what is in a table or list that both changed.
fn merge_within(old: Option<&Item>, mine: &mut Item, theirs: &Item) -> Option<()> {
    if let (Some(_), Some(their_table)) = (mine.as_table_like(), theirs.as_table_like()) {
        let inline = mine.is_inline_table();
        let old = old.and_then(Item::as_table_like);
        return merge_tables(old, &mut Ours { table: mine.as_table_like_mut()?, inline }, their_table);
    }
    if mine.is_str() || theirs.is_str() {
        return requirement::merge(old?, mine, theirs);
    }
    if let (Some(mine), Some(theirs)) = (mine.as_array_mut(), theirs.as_array()) {
        return array::merge(old.and_then(Item::as_array), mine, theirs);
    }
    merge_lists(old.and_then(Item::as_array_of_tables), mine.as_array_of_tables_mut()?, theirs.as_array_of_tables()?)
}

/// Merges `[[bin]]` and the like by `name`.
fn merge_lists(old: Option<&ArrayOfTables>, mine: &mut ArrayOfTables, theirs: &ArrayOfTables) -> Option<()> {
    let names = |list: &ArrayOfTables| list.iter().map(|table| name(table)).collect::<Option<Vec<_>>>();
    let (old_names, their_names) = (old.map_or(Some(Vec::new()), names)?, names(theirs)?);
    let additions = additions(&old_names, &names(mine)?, &their_names)?;
    let item = |table: &toml_edit::Table| Item::Table(table.clone());
    for (old, name) in old.into_iter().flat_map(ArrayOfTables::iter).zip(&old_names) {
        let index = names(mine)?.iter().position(|mine| mine == name);
        let their = their_names.iter().position(|their| their == name).and_then(|index| theirs.get(index));
        match (index, their) {
            (Some(index), None) if same(&item(mine.get(index)?), &item(old)) => drop(mine.remove(index)),
            (Some(_), None) => return None,
            (None, Some(their)) if !same(&item(old), &item(their)) => return None,
            (None, _) => {}
            (Some(index), Some(their)) => {
                merge_tables(Some(old), &mut Ours { table: mine.get_mut(index)?, inline: false }, their)?;
            }
        }
    }
    for (their, name) in theirs.iter().zip(&their_names).filter(|(_, name)| !old_names.contains(name)) {
        if let Some(index) = names(mine)?.iter().position(|mine| mine == name) {
            merge_tables(None, &mut Ours { table: mine.get_mut(index)?, inline: false }, their)?;
        }
    }
    for addition in additions {
        mine.insert(addition.at, theirs.get(addition.from)?.clone());
    }
    Some(())
}

/// What a table in a list is known by.
fn name(table: &dyn TableLike) -> Option<String> {
    Some(table.get("name")?.as_str()?.to_owned())
}

/// Puts a new key after `before`.
fn insert(ours: &mut Ours, key: &Key, mut item: Item, before: Option<&str>) -> Option<()> {
    if ours.inline {
        item = Item::Value(item.into_value().ok()?);
    }
    let keys: Vec<String> = ours.table.iter().map(|(key, _)| key.to_owned()).collect();
    let after = match before {
        Some(before) => keys.iter().position(|key| key == before)? + 1,
        // A comment at the top may be about all that follows: it stays at the top.
        None if keys.first().and_then(|key| ours.table.key(key)).is_some_and(has_comment) => keys.len(),
        None => 0,
    };
    let mut following = Vec::new();
    for name in &keys[after..] {
        following.push((ours.table.key(name)?.clone(), ours.table.remove(name)?));
    }
    for (key, item) in std::iter::once((key.clone(), item)).chain(following) {
        ours.table.entry_format(&key).or_insert(item);
    }
    Some(())
}

fn has_comment(key: &Key) -> bool {
    key.leaf_decor().prefix().and_then(|prefix| prefix.as_str()).is_some_and(|prefix| prefix.contains('#'))
}

/// Whether a table in braces stands on one line, so that it can be formatted anew.
fn is_plain(table: &dyn TableLike) -> bool {
    let plain = |decor: &Decor| {
        [decor.prefix(), decor.suffix()].into_iter().flatten().all(|text| !text.as_str().unwrap_or("\n").contains('\n'))
    };
    let keys = || table.iter().filter_map(|(key, _)| table.key(key));
    let values = || table.iter().filter_map(|(_, item)| item.as_value());
    keys().all(|key| plain(key.leaf_decor())) && values().map(Value::decor).all(plain)
}

/// Merges the comments and space around a value or a table's header.
fn merge_decor(old: &Item, mine: &mut Item, theirs: &Item) {
    if let (Some(old), Some(mine), Some(theirs)) = (old.as_value(), mine.as_value_mut(), theirs.as_value()) {
        three_way(old.decor(), mine.decor_mut(), theirs.decor());
    } else if let (Some(old), Some(mine), Some(theirs)) = (old.as_table(), mine.as_table_mut(), theirs.as_table()) {
        three_way(old.decor(), mine.decor_mut(), theirs.decor());
    }
}

fn three_way(old: &Decor, mine: &mut Decor, theirs: &Decor) {
    if let Some(prefix) = theirs.prefix().filter(|_| mine.prefix() == old.prefix()) {
        mine.set_prefix(prefix.clone());
    }
    if let Some(suffix) = theirs.suffix().filter(|_| mine.suffix() == old.suffix()) {
        mine.set_suffix(suffix.clone());
    }
}
