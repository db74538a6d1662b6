//! A table that `heavy add-table` made, with a field more or less: what `heavy add-field` and `heavy remove-field` change.
//!
//! How the table was made stands in its schema. From that it is made twice, in memory: as it was, and as it is to be. What is
//! different between the two is merged into the project as a move of the template is, so that what its owner edited stays.

use std::collections::BTreeSet;

use super::command_line::CommandLine;
use super::existing::Existing;
use super::field::{Field, Kind};
use super::generate::{Format, Generated, ManualStep};
use super::remove::{Without, not_made, schema_of};
use super::{Table, checks, references};
use crate::error::{Error, Result};
use crate::suggest::{listed, nearest};
use crate::tree::{Tree, TreePath};

/// What becomes of the fields.
#[derive(Clone, Copy, Debug)]
pub enum Alteration<'a> {
    /// These come, behind the others.
    Add(&'a [Field]),
    /// Those of these names go.
    Remove(&'a [String]),
}

impl Alteration<'_> {
    const fn verb(self) -> &'static str {
        match self {
            Self::Add(_) => "add-field",
            Self::Remove(_) => "remove-field",
        }
    }
}

/// A table as it was made and as it is to be, in the files that differ.
#[derive(Clone, Debug, Default)]
pub struct Altered {
    /// As it was made.
    pub base: Tree,
    /// As it is to be.
    pub theirs: Tree,
    /// What has to be done by hand, because a file has not the shape that was looked for.
    pub manual: Vec<ManualStep>,
    /// Whether `Cargo.toml` is among them, so that the lock file has to be brought up to date.
    pub dependencies: bool,
    /// Fields that come and that rows which are there have no value for.
    pub without_value: Vec<String>,
}

/// Makes a table as it was and as it is to be.
///
/// # Errors
/// Of kind `User`: there is no such table, it was not made by `heavy add-table`, a field is there already or is not, or it
/// cannot be in this table.
pub fn alter(table: &str, alteration: Alteration<'_>, files: &Tree, format: Option<Format<'_>>) -> Result<Altered> {
    let existing = Existing(files);
    let (schema, text) = schema_of(table, alteration.verb(), existing)?;
    let made = CommandLine::find(text, table).ok_or_else(|| {
        not_made(schema, table)
            .hint(format!("write there how it would be made: `-- heavy add-table {table} title:string …`"))
            .hint("or change it by hand: its file of the schema, then what the compiler names")
    })??;
    let fields = match alteration {
        Alteration::Add(new) => with(&made, new, schema, existing)?,
        Alteration::Remove(names) => without(&made, names, existing)?,
    };
    let Without { base, .. } = Without::table(&made, schema, files, format)?;
    let table = |fields: Vec<Field>| -> Result<Table> {
        // A constraint goes with a field of it, as it does in PostgreSQL.
        let has = |name: &String| fields.iter().any(|field| field.name == *name);
        let unique = made.unique.iter().filter(|together| together.fields.iter().all(has)).cloned().collect();
        let mut table = Table::of(CommandLine { fields, unique, ..made.clone() }, &base)?;
        table.schema = Some(schema.as_str().to_owned());
        Ok(table)
    };
    let (before, after) = (table(made.fields.clone())?, table(fields)?);
    check_names(&before, &after, files)?;
    let altered = compared(&base, &before.generate(&base, format)?, after.generate(&base, format)?);
    let without_value = match alteration {
        Alteration::Add(new) => new.iter().filter(|field| needs_value(field)).map(|field| field.name.clone()).collect(),
        Alteration::Remove(_) => Vec::new(),
    };
    Ok(Altered { without_value, ..altered })
}

fn needs_value(field: &Field) -> bool {
    !field.optional && field.default.is_none() && !matches!(field.kind, Kind::Many(_))
}

/// The fields with new ones.
fn with(made: &CommandLine, new: &[Field], schema: &TreePath, existing: Existing<'_>) -> Result<Vec<Field>> {
    let table = &made.names.table;
    for field in new {
        if made.fields.iter().any(|known| known.name == field.name) {
            return Err(Error::user(format!("`{table}` has a field `{}` already", field.name)).hint(format!(
                "take it out first: `heavy remove-field {table} {}`; or give the new one another name",
                field.name
            )));
        }
        let (Kind::References(target) | Kind::Many(target)) = &field.kind else { continue };
        if let Some((other, _)) = existing.schema_of(target).filter(|(other, _)| order(other) > order(schema)) {
            return Err(Error::user(format!(
                "`{}` cannot refer to `{target}`: `{other}` comes after `{schema}`, and a foreign key needs the table that it leads to",
                field.name
            ))
            .hint(format!("rename `{schema}` to a number after that of `{other}`, if no file between them refers to `{table}`"))
            .hint(format!("or keep the id without a promise: `{}:uuid`", field.name)));
        }
    }
    let fields: Vec<Field> = made.fields.iter().chain(new).cloned().collect();
    checks::check_fields(&fields)?;
    Ok(fields)
}

/// In which order files of the schema are applied.
fn order(path: &TreePath) -> (u64, &str) {
    let name = path.file_name();
    let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (name[..digits].parse().unwrap_or(u64::MAX), name)
}

/// The fields without some.
fn without(made: &CommandLine, names: &[String], existing: Existing<'_>) -> Result<Vec<Field>> {
    let table = &made.names.table;
    for name in names {
        let known = || made.fields.iter().map(|field| field.name.as_str());
        if !known().any(|field| field == name) {
            let error = Error::user(format!("`{table}` has no field `{}`", name.escape_debug()));
            return Err(match nearest(name, known()) {
                Some(near) => error.hint(format!("did you mean `heavy remove-field {table} {near}`?")),
                None => error.hint(format!("its fields are {}", listed(known()))),
            });
        }
        let shown = references::shown(table, existing).is_some_and(|shown| shown == *name);
        if let Some(other) = existing.referring_to(table).first().filter(|_| shown) {
            return Err(Error::user(format!("`{other}` refers to `{table}`, whose rows it shows by their `{name}`"))
                .hint("let it show another line of text first: put that field before this one in `schema/`, and into its SQL"));
        }
    }
    let fields: Vec<Field> = made.fields.iter().filter(|field| !names.contains(&field.name)).cloned().collect();
    if fields.is_empty() {
        return Err(Error::user(format!("`{table}` would have no fields"))
            .hint(format!("take it out whole: `heavy remove-table {table}`")));
    }
    checks::check_fields(&fields)?;
    Ok(fields)
}

/// Refuses types, constraints and indexes whose names something else in the project has.
fn check_names(before: &Table, after: &Table, files: &Tree) -> Result<()> {
    let new = |before: Vec<String>, after: Vec<String>| -> Vec<String> {
        let before: BTreeSet<String> = before.into_iter().collect();
        after.into_iter().filter(|name| !before.contains(name)).collect()
    };
    after.check_types(new(before.type_names(), after.type_names()), files)?;
    checks::check_constraints(&new(before.relation_names(), after.relation_names()), Existing(files))
}

/// The files that differ.
fn compared(base: &Tree, before: &Generated, after: Generated) -> Altered {
    let applied = |generated: &Generated| {
        let mut tree = base.clone();
        for change in &generated.changes {
            match &change.after {
                Some(file) => drop(tree.insert(change.path.clone(), file.clone())),
                None => drop(tree.remove(&change.path)),
            }
        }
        tree
    };
    let (mut old, mut new) = (applied(before), applied(&after));
    let same: BTreeSet<TreePath> =
        old.iter().filter(|(path, file)| new.get(*path) == Some(*file)).map(|(path, _)| path.clone()).collect();
    old.retain(|path, _| !same.contains(path));
    new.retain(|path, _| !same.contains(path));
    let manual = after.manual.into_iter().filter(|step| !before.manual.contains(step)).collect();
    let dependencies = new.keys().any(|path| path.as_str() == "Cargo.toml");
    Altered { base: old, theirs: new, manual, dependencies, without_value: Vec::new() }
}
