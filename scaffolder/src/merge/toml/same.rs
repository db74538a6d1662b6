//! Whether two pieces of TOML mean the same, however they are written.

use toml_edit::{Array, Item, TableLike, Value};

pub(super) fn same(a: &Item, b: &Item) -> bool {
    if let (Some(a), Some(b)) = (a.as_table_like(), b.as_table_like()) {
        return tables(a, b);
    }
    match (a, b) {
        (Item::Value(a), Item::Value(b)) => values(a, b),
        (Item::ArrayOfTables(a), Item::ArrayOfTables(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| tables(a, b))
        }
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// The order of keys means nothing.
pub(super) fn tables(a: &dyn TableLike, b: &dyn TableLike) -> bool {
    a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
}

pub(super) fn values(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.value() == b.value(),
        (Value::Integer(a), Value::Integer(b)) => a.value() == b.value(),
        // A difference in bits is a difference, and "not a number" is itself.
        (Value::Float(a), Value::Float(b)) => a.value().to_bits() == b.value().to_bits(),
        (Value::Boolean(a), Value::Boolean(b)) => a.value() == b.value(),
        (Value::Datetime(a), Value::Datetime(b)) => a.value() == b.value(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| values(a, b)),
        (Value::InlineTable(a), Value::InlineTable(b)) => tables(a, b),
        _ => false,
    }
}

/// How many strings stand in a list a second time.
pub(super) fn repetitions(item: &Item) -> usize {
    match item {
        Item::ArrayOfTables(list) => {
            list.iter().flat_map(|table| table.iter()).map(|(_, item)| repetitions(item)).sum()
        }
        Item::Value(Value::Array(array)) => in_array(array),
        item => item.as_table_like().map_or(0, |table| table.iter().map(|(_, item)| repetitions(item)).sum()),
    }
}

fn in_array(array: &Array) -> usize {
    let values: Vec<&Value> = array.iter().collect();
    let again =
        |(index, value): (usize, &&Value)| value.is_str() && values[..index].iter().any(|v| self::values(v, value));
    let nested = values.iter().map(|value| match value {
        Value::Array(array) => in_array(array),
        Value::InlineTable(table) => table.iter().map(|(_, value)| repetitions(&Item::Value(value.clone()))).sum(),
        _ => 0,
    });
    values.iter().enumerate().filter(|pair| again(*pair)).count() + nested.sum::<usize>()
}
