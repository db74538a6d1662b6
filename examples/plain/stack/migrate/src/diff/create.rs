//! The statements that make tables and what is in them.

use super::names::{bare, last_part};
use crate::object::{Body, Column, Constraint, Object, Sequence, Table};

/// `CREATE TABLE`, with the columns and constraints that are `inlined` in it.
pub(super) fn table(name: &str, table: &Table, inlined: &[&Object]) -> String {
    let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}TABLE {name}");
    if let Some(bound) = &table.partition_bound {
        let parent = table.parents.first().map_or("", String::as_str);
        sql += &format!(" PARTITION OF {parent} {bound}");
    } else {
        let mut columns: Vec<&Column> = inlined
            .iter()
            .filter_map(|object| match &object.body {
                Body::Column(column) => Some(column),
                _ => None,
            })
            .collect();
        columns.sort_by_key(|column| column.number);
        let columns = columns.into_iter().map(|column| {
            let name = format!("{}.{}", column.table, column.name);
            self::column(column, inlined_default(inlined, &name))
        });
        let mut constraints: Vec<&Constraint> = inlined
            .iter()
            .filter_map(|object| match &object.body {
                Body::Constraint(constraint) => Some(constraint),
                _ => None,
            })
            .collect();
        // Primary keys first, then what is unique, then rules, then what refers to other tables.
        constraints
            .sort_by_key(|constraint| ("puxcf".find(&constraint.ty), constraint.name.clone()));
        let constraints = constraints.into_iter().map(self::constraint);
        let lines: Vec<String> = columns.chain(constraints).collect();
        if lines.is_empty() {
            sql += " ()";
        } else {
            sql += &format!(" (\n    {}\n)", lines.join(",\n    "));
        }
        if !table.parents.is_empty() {
            sql += &format!(" INHERITS ({})", table.parents.join(", "));
        }
    }
    if let Some(key) = &table.partition_key {
        sql += &format!(" PARTITION BY {key}");
    }
    if let Some(method) = &table.access_method {
        sql += &format!(" USING {method}");
    }
    sql
}

/// The expression of the default that stands inside of the definition of this column.
pub(super) fn inlined_default<'o>(inlined: &[&'o Object], column: &str) -> Option<&'o str> {
    inlined
        .iter()
        .filter(|object| object.id.name == column)
        .find_map(|object| object.default_expression())
}

/// A column as it stands in `CREATE TABLE` and `ADD COLUMN`.
pub(super) fn column(column: &Column, default: Option<&str>) -> String {
    let mut sql = format!("{} {}", column.name, column.ty);
    if let Some(compression) = &column.compression {
        sql += &format!(" COMPRESSION {compression}");
    }
    if let Some(collation) = &column.collation {
        sql += &format!(" COLLATE {collation}");
    }
    if let Some(expression) = &column.generated {
        sql += &format!(" GENERATED ALWAYS AS {expression}");
    }
    sql += &identity(column);
    if column.not_null && column.identity.is_none() {
        sql += " NOT NULL";
    }
    if let Some(default) = default {
        sql += &format!(" DEFAULT {default}");
    }
    sql
}

/// A constraint as it stands in `CREATE TABLE` and behind `ADD`.
pub(super) fn constraint(constraint: &Constraint) -> String {
    format!("CONSTRAINT {} {}", constraint.name, constraint.definition)
}

/// The options of a sequence, each as a clause.
fn clauses(sequence: &Sequence) -> Vec<String> {
    vec![
        format!("INCREMENT BY {}", sequence.increment),
        format!("MINVALUE {}", sequence.min),
        format!("MAXVALUE {}", sequence.max),
        format!("START WITH {}", sequence.start),
        format!("CACHE {}", sequence.cache),
        if sequence.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned(),
    ]
}

/// The options that differ, for `ALTER SEQUENCE` and `ALTER COLUMN … SET …`, each as a clause.
pub(super) fn changed_options(old: &Sequence, new: &Sequence) -> Vec<String> {
    let before = clauses(old);
    // Another type brings bounds of its own.
    let stays = |clause: &String| old.ty == new.ty || !clause.contains("VALUE ");
    let mut changed = clauses(new);
    changed.retain(|clause| !(before.contains(clause) && stays(clause)));
    changed
}

/// Every option that is not usual, for `CREATE SEQUENCE` and identities.
pub(super) fn sequence_options(sequence: &Sequence) -> String {
    let (least, most) = match sequence.ty.as_str() {
        "smallint" => (i16::MIN.into(), i16::MAX.into()),
        "integer" => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    let counts_up = sequence.increment > 0;
    let usual = Sequence {
        increment: 1,
        min: if counts_up { 1 } else { least },
        max: if counts_up { most } else { -1 },
        start: if counts_up {
            sequence.min
        } else {
            sequence.max
        },
        cache: 1,
        cycle: false,
        ..sequence.clone()
    };
    let options = changed_options(&usual, sequence).into_iter();
    options.map(|option| format!(" {option}")).collect()
}

/// Lets a sequence go on behind the greatest value that a column holds.
pub(super) fn setval_behind(sequence: &str, start: i64, table: &str, column: &str) -> String {
    format!("SELECT setval({sequence}, greatest(max({column}) + 1, {start}), false) FROM {table}")
}

/// ` GENERATED … AS IDENTITY` with the options of its sequence, or nothing.
pub(super) fn identity(column: &Column) -> String {
    let (Some(always), Some(sequence)) = (&column.identity, &column.sequence) else {
        return String::new();
    };
    let name = column.sequence_name.as_deref();
    let name = name.filter(|name| !is_usual(column, name));
    let name = name.map_or_else(String::new, |name| format!(" SEQUENCE NAME {name}"));
    let options = name + &sequence_options(sequence);
    match options.trim_start() {
        "" => format!(" GENERATED {always} AS IDENTITY"),
        options => format!(" GENERATED {always} AS IDENTITY ({options})"),
    }
}

/// Whether the server would give the sequence this name by itself: `notes_id_seq`, `notes_id_seq1`, and
/// shorter where that is long.
fn is_usual(column: &Column, name: &str) -> bool {
    let bare = |name: &str| bare(&last_part(name));
    let usual = format!("{}_{}_seq", bare(&column.table), bare(&column.name));
    let name = bare(name);
    usual.len() > 60 || name.trim_end_matches(|c: char| c.is_ascii_digit()) == usual
}
