//! The statements that make tables and what is in them.

use super::names::last_part;
use crate::object::{Body, Column, Constraint, Id, Kind, Object, Sequence, Table, View};

/// ` WITH (…)`, or nothing.
pub(super) fn with(options: &[String]) -> String {
    match options {
        [] => String::new(),
        options => format!(" WITH ({})", options.join(", ")),
    }
}

/// `CREATE TABLE`, with the columns and constraints that are `held` in it.
pub(super) fn table(name: &str, table: &Table, held: &[&Object]) -> String {
    let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}TABLE {name}");
    if let Some(bound) = &table.partition_bound {
        let parent = table.parents.first().map_or("", String::as_str);
        sql += &format!(" PARTITION OF {parent} {bound}");
    } else {
        let mut columns: Vec<&Column> = held
            .iter()
            .filter_map(|object| match &object.body {
                Body::Column(column) => Some(&**column),
                _ => None,
            })
            .collect();
        columns.sort_by_key(|column| column.number);
        let columns = columns.into_iter().map(|column| {
            let default = held_default(held, &column_id(column));
            self::column(column, default)
        });
        let mut constraints: Vec<&Constraint> = held
            .iter()
            .filter_map(|object| match &object.body {
                Body::Constraint(constraint) => Some(constraint),
                _ => None,
            })
            .collect();
        // Primary keys first, then what is unique, then rules, then what refers to other tables.
        constraints
            .sort_by_key(|constraint| ("puxcf".find(constraint.ty), constraint.name.clone()));
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
    sql + &with(&table.options)
}

/// The name of a column's default is that of the column.
fn column_id(column: &Column) -> String {
    format!("{}.{}", column.table, column.name)
}

/// The expression of the default that stands inside of the column's definition.
pub(super) fn held_default<'o>(held: &[&'o Object], column: &str) -> Option<&'o str> {
    let object = held
        .iter()
        .find(|object| object.id.kind == Kind::Default && object.id.name == column)?;
    match &object.body {
        Body::Definition(definition) => definition
            .create
            .split_once(" SET DEFAULT ")
            .map(|(_, expression)| expression),
        _ => None,
    }
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
    if let Some((kind, expression)) = &column.generated {
        sql += &format!(" GENERATED ALWAYS AS ({expression}) {kind}");
    }
    if let Some((always, sequence)) = &column.identity {
        sql += &format!(
            " GENERATED {always} AS IDENTITY{}",
            identity_options(column, sequence)
        );
    }
    if column.not_null && column.identity.is_none() {
        sql += " NOT NULL";
    }
    if let Some(default) = default {
        sql += &format!(" DEFAULT {default}");
    }
    sql
}

/// What a column has that its definition cannot say.
pub(super) fn column_settings(column: &Column) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(storage) = &column.storage {
        all.push(format!(
            "ALTER TABLE {} ALTER COLUMN {} SET STORAGE {storage}",
            column.table, column.name
        ));
    }
    // Of these, tables that inherit have their own.
    let alter = format!(
        "ALTER TABLE ONLY {} ALTER COLUMN {}",
        column.table, column.name
    );
    if let Some(statistics) = column.statistics {
        all.push(format!("{alter} SET STATISTICS {statistics}"));
    }
    if !column.options.is_empty() {
        all.push(format!("{alter} SET ({})", column.options.join(", ")));
    }
    all
}

/// A constraint as it stands in `CREATE TABLE` and behind `ADD`.
pub(super) fn constraint(constraint: &Constraint) -> String {
    format!("CONSTRAINT {} {}", constraint.name, constraint.definition)
}

pub(super) fn row_security(name: &str, table: &Table) -> Vec<String> {
    let mut all = Vec::new();
    if table.row_security {
        all.push(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"));
    }
    if table.force_row_security {
        all.push(format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"));
    }
    all
}

pub(super) fn view(id: &Id, view: &View, or_replace: bool) -> String {
    let or_replace = if or_replace { "OR REPLACE " } else { "" };
    format!(
        "CREATE {or_replace}VIEW {}{} AS\n{}",
        id.name,
        with(&view.options),
        view.query
    )
}

/// The bounds that a sequence of this type has by itself, counting up or down.
fn usual_bounds(sequence: &Sequence) -> (i64, i64) {
    let (least, most) = match sequence.ty.as_str() {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    if sequence.increment > 0 {
        (1, most)
    } else {
        (least, -1)
    }
}

/// Everything that is not usual, for `CREATE SEQUENCE` and identities.
pub(super) fn sequence_options(sequence: &Sequence) -> String {
    let (min, max) = usual_bounds(sequence);
    let start = if sequence.increment > 0 {
        sequence.min
    } else {
        sequence.max
    };
    let mut sql = String::new();
    if sequence.increment != 1 {
        sql += &format!(" INCREMENT BY {}", sequence.increment);
    }
    if sequence.min != min {
        sql += &format!(" MINVALUE {}", sequence.min);
    }
    if sequence.max != max {
        sql += &format!(" MAXVALUE {}", sequence.max);
    }
    if sequence.start != start {
        sql += &format!(" START WITH {}", sequence.start);
    }
    if sequence.cache != 1 {
        sql += &format!(" CACHE {}", sequence.cache);
    }
    if sequence.cycle {
        sql += " CYCLE";
    }
    sql
}

/// Lets a sequence go on behind the greatest value that a column holds.
pub(super) fn behind(sequence: &str, start: i64, table: &str, column: &str) -> String {
    format!("SELECT setval({sequence}, greatest(max({column}) + 1, {start}), false) FROM {table}")
}

/// The same in parentheses, or nothing, for the sequence of an identity column.
pub(super) fn identity_options(column: &Column, sequence: &Sequence) -> String {
    let mut options = sequence_options(sequence);
    if let Some(name) = column
        .sequence
        .as_deref()
        .filter(|name| !is_usual(column, name))
    {
        options = format!(" SEQUENCE NAME {name}{options}");
    }
    match options.trim_start() {
        "" => String::new(),
        options => format!(" ({options})"),
    }
}

/// Whether the server would give the sequence this name by itself: `notes_id_seq`, `notes_id_seq1`, and
/// shorter where that is long.
fn is_usual(column: &Column, name: &str) -> bool {
    let bare = |name: &str| last_part(name).trim_matches('"').replace("\"\"", "\"");
    let usual = format!("{}_{}_seq", bare(&column.table), bare(&column.name));
    let name = bare(name);
    usual.len() > 60 || name.trim_end_matches(|c: char| c.is_ascii_digit()) == usual
}

/// Every option, for `ALTER SEQUENCE` and `ALTER COLUMN … SET …`, each as its own clause.
pub(super) fn changed_options(old: &Sequence, new: &Sequence) -> Vec<String> {
    let mut all = Vec::new();
    if old.increment != new.increment {
        all.push(format!("INCREMENT BY {}", new.increment));
    }
    if old.min != new.min || old.ty != new.ty {
        all.push(format!("MINVALUE {}", new.min));
    }
    if old.max != new.max || old.ty != new.ty {
        all.push(format!("MAXVALUE {}", new.max));
    }
    if old.start != new.start {
        all.push(format!("START WITH {}", new.start));
    }
    if old.cache != new.cache {
        all.push(format!("CACHE {}", new.cache));
    }
    if old.cycle != new.cycle {
        all.push(if new.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    all
}
