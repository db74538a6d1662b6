//! The rows of a table's tests, where fields are unique together.

use super::column::Column;
use super::field::{Field, Kind};
use super::unique_together::UniqueTogether;
use crate::error::{Error, Result};

/// Whether the tests' rows have something in each of the columns: where one is `NULL`, no two rows are the same.
pub(super) fn are_filled(together: &UniqueTogether, columns: &[Column]) -> bool {
    columns.iter().filter(|column| together.contains(&column.name)).all(Column::is_filled_in_tests)
}

/// Lets the rows differ in one of the fields, unless one refers to a row that is made for each.
///
/// # Errors
/// Of kind `User`: tests can make no two rows that differ.
pub(super) fn make_different(
    together: &UniqueTogether,
    model: &str,
    fields: &[Field],
    columns: &mut [Column],
) -> Result<()> {
    let mut own = columns.iter().filter(|column| together.contains(&column.name));
    if own.any(|column| column.references.as_ref().is_some_and(|reference| !reference.make.is_empty())) {
        return Ok(());
    }
    let can_differ = |field: &&Field| {
        let kind = matches!(field.kind, Kind::String(6..) | Kind::Int | Kind::Bigint | Kind::Uuid);
        kind && field.default.is_none() && together.contains(&field.name)
    };
    let differs = fields.iter().find(can_differ);
    let column = differs.and_then(|field| columns.iter_mut().find(|column| column.name == field.name).zip(Some(field)));
    match column {
        Some((column, field)) => {
            column.make_one_of_a_kind(model, &field.kind);
            Ok(())
        }
        None => Err(Error::user(format!(
            "the tests of `--unique {}` could make no two rows that differ",
            together.fields.join(",")
        ))
        .hint("put a field into it that has no default and is a `string` of 6 characters or more, an `int`, a `bigint`, a `uuid`, or refers to another table")
        .hint("if you need it all the same, write it into `schema/`")),
    }
}
