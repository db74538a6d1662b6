//! The tables of a project, as its files in `schema/` make them.

use serde::Serialize;

use super::sql::{Comment, Token, statements};
use super::{Place, Position, squeezed};
use crate::tree::Tree;

mod reader;

use reader::Reader;

/// A table or a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name, with the schema that it lies in if that is written.
    pub name: String,
    /// `table`, `view` or `materialized view`.
    pub kind: &'static str,
    /// `main`, or the folder in `schema/` of another database: `vector`.
    pub database: String,
    /// Where it is made.
    #[serde(flatten)]
    pub position: Position,
    /// What the comment above it, or `COMMENT ON`, says.
    pub comment: Option<String>,
    /// The columns in their order; none of a view, whose query makes them.
    pub columns: Vec<Column>,
    /// The columns of the primary key.
    pub primary_key: Vec<String>,
    /// The columns of each unique constraint and index.
    pub unique: Vec<Vec<String>>,
    /// Foreign keys.
    pub references: Vec<Reference>,
    /// The conditions of `CHECK`.
    pub checks: Vec<String>,
    /// Indexes, unique ones too.
    pub indexes: Vec<Index>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as it is written.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it may be `NULL`.
    pub nullable: bool,
    /// What a row gets that names no value.
    pub default: Option<String>,
    /// What PostgreSQL computes it from, or `identity`.
    pub generated: Option<String>,
    /// What the comment says.
    pub comment: Option<String>,
    /// The line, from 1 on.
    pub line: usize,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub table: String,
    /// Its columns; empty for its primary key.
    pub referenced: Vec<String>,
    /// What happens to the row when the other one is deleted: `CASCADE`.
    pub on_delete: Option<String>,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Whether it is unique.
    pub unique: bool,
    /// What stands behind `ON` and the table.
    pub on: String,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Tables and views in the order in which they are made.
    pub tables: Vec<Table>,
    /// Statements about tables that were not understood.
    pub unread: Vec<Place>,
}

/// Every table that `schema/*.sql` makes, and `schema/DATABASE/*.sql` for a further database.
#[must_use]
pub fn schema(project: &Tree) -> Schema {
    let mut schema = Schema::default();
    let mut files: Vec<(&str, &str, &[u8])> = Vec::new();
    for (path, file) in project {
        let Some(rest) = path.as_str().strip_prefix("schema/").filter(|rest| rest.ends_with(".sql")) else { continue };
        let database = rest.rsplit_once('/').map_or("main", |(folder, _)| folder);
        // Migrations of a further database change what its schema says.
        if !database.split('/').any(|part| part == "migrations") {
            files.push((database, path.as_str(), &file.bytes));
        }
    }
    files.sort_by_key(|(database, path, _)| (*database != "main", *database, *path));
    for (database, path, bytes) in files {
        let sql = String::from_utf8_lossy(bytes);
        let (statements, comments) = statements(&sql);
        for statement in &statements {
            let reader = Reader::new(&sql, statement, &comments);
            read(reader, statement, path, database, &mut schema);
        }
    }
    schema
}

/// Adds what one statement says of tables.
fn read(mut reader: Reader<'_>, statement: &[Token<'_>], path: &str, database: &str, schema: &mut Schema) {
    let position = Position { file: path.to_owned(), line: statement[0].line };
    let known = |schema: &mut Schema, name: &str| {
        schema.tables.iter().position(|table| table.database == database && is_same(&table.name, name))
    };
    let understood = if reader.takes("create") {
        reader.takes_all(&["or", "replace"]);
        let _ = reader.takes("global") || reader.takes("local");
        let _ =
            reader.takes("temporary") || reader.takes("temp") || reader.takes("unlogged") || reader.takes("recursive");
        let is_unique = reader.takes("unique");
        if reader.takes("table") {
            match reader.table(database, position.clone()) {
                Some((table, is_whole)) => {
                    schema.tables.push(table);
                    is_whole
                }
                None => false,
            }
        } else if reader.takes("index") {
            reader.index(is_unique).is_some_and(|(table, index, columns)| {
                known(schema, &table).is_some_and(|at| {
                    schema.tables[at].indexes.push(index);
                    schema.tables[at].unique.extend(columns.filter(|_| is_unique));
                    true
                })
            })
        } else {
            let is_materialized = reader.takes("materialized");
            if !reader.takes("view") {
                return;
            }
            let kind = if is_materialized { "materialized view" } else { "view" };
            reader.view(kind, database, position.clone()).is_some_and(|view| {
                schema.tables.push(view);
                true
            })
        }
    } else if reader.takes_all(&["alter", "table"]) {
        reader
            .altered()
            .is_some_and(|table| known(schema, &table).is_some_and(|at| reader.actions(&mut schema.tables[at])))
    } else if reader.takes_all(&["comment", "on"]) {
        let is_column = reader.takes("column");
        if !is_column && !reader.takes("table") {
            return;
        }
        let Some(mut name) = reader.name() else { return };
        let column = if is_column {
            name.rsplit_once('.').map(|(table, column)| (table.to_owned(), column.to_owned()))
        } else {
            None
        };
        let text = reader.comment_text();
        if let Some((table, _)) = &column {
            name.clone_from(table);
        }
        known(schema, &name).is_some_and(|at| {
            let table = &mut schema.tables[at];
            match column {
                None => table.comment = text,
                Some((_, column)) => {
                    let columns = table.columns.iter_mut();
                    columns.filter(|there| there.name == column).for_each(|there| there.comment.clone_from(&text));
                }
            }
            true
        })
    } else if reader.takes_all(&["drop", "table"]) {
        false
    } else {
        return;
    };
    if !understood {
        schema.unread.push(Place::new(position, reader.text()));
    }
}

/// Whether two names mean one table: `public` is where a table lies that names no schema.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.strip_prefix("public.").unwrap_or(name).to_owned();
    bare(one) == bare(other)
}

/// The comment that stands directly above a line, or behind it.
fn comment_of(comments: &[Comment<'_>], line: usize, end: usize) -> Option<String> {
    let above = |line: usize| comments.iter().find(|comment| comment.is_alone && comment.line == line);
    let mut lines = Vec::new();
    let mut number = line;
    while let Some(comment) = number.checked_sub(1).and_then(above) {
        lines.push(comment.text);
        number -= 1;
    }
    lines.reverse();
    lines.extend(comments.iter().find(|comment| !comment.is_alone && comment.line == end).map(|comment| comment.text));
    let text = squeezed(&lines.join(" "));
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
