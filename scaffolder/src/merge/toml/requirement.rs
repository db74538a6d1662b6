//! `serde = "1"` is short for `serde = { version = "1" }`. So one side may have asked for features while the other asked
//! for another version.

use toml_edit::{Item, Value};

/// Merges a requirement of which one side wrote out the table.
pub(super) fn merge(old: &Item, mine: &mut Item, theirs: &Item) -> Option<()> {
    let old = old.as_str()?;
    match (mine.as_value().cloned(), theirs.as_value()) {
        (Some(own), Some(Value::InlineTable(_))) if own.is_str() => {
            let mut table = theirs.clone();
            require(&mut table, old, &own)?;
            *table.as_value_mut()?.decor_mut() = own.decor().clone();
            *mine = table;
            Some(())
        }
        (_, Some(new)) if new.is_str() => require(mine, old, new),
        _ => None,
    }
}

/// Puts another version into a table that has the old one.
fn require(table: &mut Item, old: &str, new: &Value) -> Option<()> {
    let version = table.as_table_like_mut()?.get_mut("version")?.as_value_mut()?;
    if version.as_str() != Some(old) {
        return None;
    }
    let decor = version.decor().clone();
    *version = new.clone();
    *version.decor_mut() = decor;
    Some(())
}
