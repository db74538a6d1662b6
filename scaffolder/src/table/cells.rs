//! What a list shows of a row.

use serde::Serialize;

use super::column::Column;
use super::names::{Names, capitalized};

/// More columns than this make a list that nobody reads.
const MOST: usize = 5;

/// One cell of a row.
#[derive(Debug, Serialize)]
pub(super) struct Cell {
    /// The heading of its column.
    label: String,
    /// Whether it is a number.
    numeric: bool,
    /// What the list is sorted by when somebody clicks the heading.
    variant: String,
    /// maud's code of what is in it.
    code: String,
}

/// What the list shows of each row: first its line of text, which is the link to it; then what else is short; and when it was
/// created.
pub(super) fn of(columns: &[Column], names: &Names, variable: &str) -> Vec<Cell> {
    let heading = columns.iter().position(|column| column.kind == "string" && !column.optional);
    let first = heading.map(|at| &columns[at]);
    let others = columns.iter().enumerate().filter(|(at, column)| Some(*at) != heading && column.sorted);
    let mut cells: Vec<Cell> = first
        .into_iter()
        .chain(others.map(|(_, column)| column))
        .take(MOST)
        .enumerate()
        .map(|(at, column)| Cell {
            label: column.label.clone(),
            numeric: ["int", "bigint", "float", "decimal"].contains(&column.kind),
            variant: column.variant.clone(),
            // Something to click on, where there is no value.
            code: code(column, variable, (at == 0).then(|| capitalized(&names.singular()))),
        })
        .collect();
    cells.push(Cell {
        label: "Created".to_owned(),
        numeric: false,
        variant: "CreatedAt".to_owned(),
        code: format!("(zone.date({variable}.created_at))"),
    });
    cells
}

/// Whether the list shows what a row refers to: not if other columns take the room.
pub(super) fn show_labels(cells: &[Cell]) -> bool {
    cells.iter().any(|cell| cell.code.contains("labels."))
}

fn code(column: &Column, variable: &str, without: Option<String>) -> String {
    let field =
        if column.is_chosen { format!("labels.{}_label", column.name) } else { format!("{variable}.{}", column.name) };
    let shown = |value: &str| match column.kind {
        "bool" => format!("(if {value} {{ \"Yes\" }} else {{ \"No\" }})"),
        "timestamp" => format!("(zone.date_time({value}))"),
        _ => format!("({value})"),
    };
    if !column.optional {
        return shown(&field);
    }
    let otherwise = without.map(|text| format!(" @else {{ \"{text}\" }}")).unwrap_or_default();
    let borrow = if column.kind == "string" || column.is_chosen { "&" } else { "" };
    format!("@if let Some(value) = {borrow}{field} {{ {} }}{otherwise}", shown("value"))
}
