//! The order in which tables stand in a document: the user's, with each new one after the table that it follows in the
//! template's.

use std::collections::BTreeMap;

use toml_edit::{Item, Table};

use super::name;

/// A table's keys; a table in a list is known by its name, or by its index.
type Path = Vec<String>;

/// The order of the tables of both.
pub(super) fn merged(ours: &Table, theirs: &Table) -> Vec<Path> {
    let mut order = sequence(ours);
    let theirs = sequence(theirs);
    for (index, path) in theirs.iter().enumerate() {
        if !order.contains(path) {
            let before = theirs[..index].iter().rev().find_map(|path| order.iter().position(|other| other == path));
            order.insert(before.map_or(order.len(), |before| before + 1), path.clone());
        }
    }
    order
}

/// Gives the tables of a document this order.
pub(super) fn apply(table: &mut Table, order: &[Path]) {
    let ranks: BTreeMap<&Path, usize> = order.iter().enumerate().map(|(rank, path)| (path, rank)).collect();
    place(table, &Path::new(), &ranks);
}

fn place(table: &mut Table, path: &Path, ranks: &BTreeMap<&Path, usize>) {
    if let Some(rank) = ranks.get(path) {
        table.set_position(isize::try_from(*rank).ok());
    }
    for (key, item) in table.iter_mut() {
        let path = join(path, key.get());
        match item {
            Item::Table(table) => place(table, &path, ranks),
            Item::ArrayOfTables(list) => {
                let mut tables: Vec<Table> = std::mem::take(list).into_iter().collect();
                for (index, table) in tables.iter_mut().enumerate() {
                    let path = join(&path, &element(table, index));
                    place(table, &path, ranks);
                }
                // A list has the order in which its tables stand in the document.
                tables.sort_by_key(Table::position);
                list.extend(tables);
            }
            _ => {}
        }
    }
}

/// The tables of a document as they stand in it.
fn sequence(table: &Table) -> Vec<Path> {
    let mut found = Vec::new();
    visit(table, &Path::new(), &mut 0, &mut found);
    found.sort_by_key(|(position, _)| *position);
    found.into_iter().map(|(_, path)| path).collect()
}

fn visit(table: &Table, path: &Path, position: &mut isize, found: &mut Vec<(isize, Path)>) {
    if !table.is_dotted() {
        *position = table.position().unwrap_or(*position);
        found.push((*position, path.clone()));
    }
    for (key, item) in table {
        let path = join(path, key);
        match item {
            Item::Table(table) => visit(table, &path, position, found),
            Item::ArrayOfTables(list) => {
                for (index, table) in list.iter().enumerate() {
                    visit(table, &join(&path, &element(table, index)), position, found);
                }
            }
            _ => {}
        }
    }
}

fn element(table: &Table, index: usize) -> String {
    name(table).unwrap_or_else(|| index.to_string())
}

fn join(path: &Path, key: &str) -> Path {
    path.iter().cloned().chain(std::iter::once(key.to_owned())).collect()
}
