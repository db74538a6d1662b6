//! Taking a table out of a project: the way back of [`generate`](super::Table::generate).
//!
//! How the table was made stands in its schema. From that it is made once more, in memory: a file that is still as it would be
//! written is deleted, one that was edited stays. From the files of the project its lines are taken, wherever they stand.

use std::collections::BTreeSet;

use super::command_line::CommandLine;
use super::existing::Existing;
use super::generate::{Format, Generated, tree_path};
use super::names::singular_of;
use super::sets::table_of_pairs;
use super::{Table, components, mentions, removal_points};
use crate::error::{Error, Result};
use crate::suggest::nearest;
use crate::transition::Change;
use crate::tree::{Tree, TreePath};

/// What taking a table out changes.
#[derive(Clone, Debug, Default)]
pub struct Removed {
    /// Files that go, and files that lose lines.
    pub changes: Vec<Change>,
    /// Files of the table that were edited, and stay.
    pub kept: Vec<TreePath>,
    /// Files that still name the table's types or modules.
    pub mentions: Vec<TreePath>,
}

/// Takes a table out. `force`: files that were edited too.
///
/// # Errors
/// Of kind `User`: there is no such table, it was not made by `heavy add-table`, or other tables refer to it.
pub fn remove(table: &str, files: &Tree, force: bool, format: Option<Format<'_>>) -> Result<Removed> {
    let existing = Existing(files);
    let (schema, text) = schema_of(table, "remove-table", existing)?;
    let made = CommandLine::find(text, table).ok_or_else(|| {
        not_made(schema, table)
            .hint(format!(
                "write there how it would be made, `-- heavy add-table {table} title:string …`, and what is still as it would be made goes"
            ))
            .hint("or take it out by hand: its file of the schema, then what the compiler names")
    })??;
    let pairs: Vec<String> = made.fields.iter().filter_map(|field| table_of_pairs(&made.names, field)).collect();
    if let Some(other) = existing.referring_to(table).iter().find(|other| !pairs.contains(other)) {
        if existing.referring_to(other).iter().any(|back| back == table) {
            return Err(Error::user(format!("`{other}` and `{table}` refer to each other"))
                .hint(format!("take the column of `{other}` that refers to `{table}` out of `schema/` first")));
        }
        // A table of pairs goes with the one that has the set.
        let first = existing.schema_of(other).and_then(|(_, text)| CommandLine::first(text));
        let first = first.unwrap_or_else(|| other.clone());
        return Err(Error::user(format!("`{other}` refers to the table `{table}`"))
            .hint(format!("take that out first: `heavy remove-table {first}`, or its column in `schema/`")));
    }

    let Without { lines: without, own, base } = Without::table(&made, schema, files, format)?;
    let table = Table::of(made, &base)?;
    let made_again = table.generate(&base, format)?;
    let mut removed = Removed::default();
    for path in own {
        let Some(file) = files.get(&path) else { continue };
        if force || is_as_made(&table, &made_again, &path, &file.bytes) {
            removed.changes.push(Change { path, before: Some(file.clone()), after: None });
        } else {
            removed.kept.push(path);
        }
    }
    for (path, after) in without {
        if let Some(before) = files.get(&path).filter(|before| **before != after) {
            removed.changes.push(Change { path, before: Some(before.clone()), after: Some(after) });
        }
    }
    removed.changes.sort_by(|a, b| a.path.cmp(&b.path));
    removed.mentions = mentioning(&table, files, &removed);
    Ok(removed)
}

/// The file of the schema that makes a table, for the command `verb`.
pub(super) fn schema_of<'a>(table: &str, verb: &str, existing: Existing<'a>) -> Result<(&'a TreePath, &'a str)> {
    existing.schema_of(table).ok_or_else(|| {
        let tables = existing.tables();
        let error = Error::user(format!("there is no table `{}`", table.escape_debug()));
        match nearest(table, tables.iter().map(|known| known.name.as_str())) {
            Some(near) => error.hint(format!("did you mean `heavy {verb} {near}`?")),
            None => error.hint("the tables stand in `schema/`"),
        }
    })
}

/// The table's file of the schema does not say how it was made.
pub(super) fn not_made(schema: &TreePath, table: &str) -> Error {
    Error::user(format!("`{schema}` does not say that `heavy add-table` made the table `{table}`"))
}

/// A project without a table.
pub(super) struct Without {
    /// The project without the table's lines in files of others.
    pub(super) lines: Tree,
    /// The table's own files.
    pub(super) own: BTreeSet<TreePath>,
    /// The project without either, as it was before the table was added.
    pub(super) base: Tree,
}

impl Without {
    pub(super) fn table(
        made: &CommandLine,
        schema: &TreePath,
        files: &Tree,
        format: Option<Format<'_>>,
    ) -> Result<Self> {
        let mut lines = without_lines(made, files, format)?;
        let mut own: BTreeSet<TreePath> = own_paths(made, files).into_iter().chain([schema.clone()]).collect();
        let mut base = lines.clone();
        base.retain(|path, _| !own.contains(path));
        for component in components::ALL {
            if component.is_used(Existing(&base)) || !component.is_as_written(Existing(&base), format) {
                continue;
            }
            for (path, text) in component.removals(Existing(&lines)) {
                if let Some(file) = lines.get_mut(&tree_path(path)?) {
                    file.bytes = text.into_bytes();
                }
            }
            for (path, _) in component.files {
                own.extend(Some(tree_path(path)?).filter(|path| files.contains_key(path)));
            }
        }
        base.clone_from(&lines);
        base.retain(|path, _| !own.contains(path));
        Ok(Self { lines, own, base })
    }
}

/// The files of the table, but for its schema.
fn own_paths(made: &CommandLine, files: &Tree) -> Vec<TreePath> {
    let (table, one) = (&made.names.table, &made.names.one);
    let all = [
        format!("src/models/{one}.rs"),
        format!("src/repositories/{table}.rs"),
        format!("src/services/{table}.rs"),
        format!("src/http/{table}.rs"),
        format!("src/pages/{table}.rs"),
        format!("tests/app/common/factories/{table}.rs"),
        format!("tests/app/api/{table}.rs"),
        format!("tests/app/pages/{table}.rs"),
    ];
    let paths = all.iter().filter_map(|path| TreePath::parse(path).ok());
    paths.filter(|path| files.contains_key(path)).collect()
}

/// Whether a file is as it would be made now. The schema may have another number by now.
fn is_as_made(table: &Table, made_again: &Generated, path: &TreePath, bytes: &[u8]) -> bool {
    let schema = table.path_of("schema.sql.jinja");
    let path = if path.as_str().starts_with("schema/") { schema.as_str() } else { path.as_str() };
    let made = made_again.changes.iter().find(|change| change.path.as_str() == path);
    let same = |text: &[u8]| String::from_utf8_lossy(text).replace("\r\n", "\n");
    made.and_then(|change| change.after.as_ref()).is_some_and(|file| same(&file.bytes) == same(bytes))
}

/// The project without the lines of the table.
fn without_lines(made: &CommandLine, files: &Tree, format: Option<Format<'_>>) -> Result<Tree> {
    let (table, model, one) = (&made.names.table, &made.names.model, &made.names.one);
    let url = made.names.url();
    let id = format!("{model}Id");
    let module = |text: &str, name: &str| {
        let text = removal_points::line(text, &format!("pub mod {name};"));
        removal_points::line(&text, &format!("mod {name};"))
    };
    let mut without = files.clone();
    let mut edit = |path: &str, edit: &dyn Fn(&str) -> String| -> Result<()> {
        let path = tree_path(path)?;
        let Some(file) = without.get_mut(&path) else { return Ok(()) };
        let Ok(text) = std::str::from_utf8(&file.bytes) else { return Ok(()) };
        let plain = text.replace("\r\n", "\n");
        let mut after = edit(&plain);
        if after != plain {
            if let Some(format) = format
                && format(&plain).is_some_and(|formatted| formatted == plain)
            {
                after = format(&after).unwrap_or(after);
            }
            let after = if text.contains("\r\n") { after.replace('\n', "\r\n") } else { after };
            file.bytes = after.into_bytes();
        }
        Ok(())
    };
    edit("src/models/id.rs", &|text| removal_points::id(text, &id))?;
    edit("src/models/mod.rs", &|text| {
        let text = module(text, one);
        let text = removal_points::statement(&text, &format!("pub use {one}::"));
        removal_points::from_list(&text, "pub use id", &id)
    })?;
    for folder in ["src/repositories", "src/services", "src/http", "src/pages", "tests/app/api", "tests/app/pages"] {
        edit(&format!("{folder}/mod.rs"), &|text| module(text, table))?;
    }
    edit("tests/app/common/factories.rs", &|text| module(text, table))?;
    edit("src/routes.rs", &|text| {
        let text = removal_points::calls(text, ".page(", &format!("pages::{table}::"));
        let text = removal_points::calls(&text, ".route(", &format!("(pages::{table}::"));
        let text = removal_points::calls(&text, ".route(", &format!("(http::{table}::"));
        // Where their modules are imported, as it was done before.
        let text = removal_points::calls(&text, ".route(", &format!("({table}::"));
        let text = removal_points::from_list(&text, "use pages", table);
        removal_points::from_list(&text, "use http", table)
    })?;
    edit("src/pages/layout.rs", &|text| {
        let link = text.lines().find(|line| line.trim().starts_with(&format!("a href=\"{url}\" ")));
        link.map_or_else(|| text.to_owned(), |link| removal_points::line(text, link.trim()))
    })?;
    edit("src/error.rs", &|text| {
        let mut text = text.to_owned();
        let fields = made.fields.iter().map(|field| field.name.as_str()).chain(["user_id"]);
        let columns = fields.flat_map(|field| ["check", "fkey", "key"].map(|kind| format!("{table}_{field}_{kind}")));
        let pairs = made.fields.iter().filter_map(|field| {
            Some(format!("{}_{}_id_fkey", table_of_pairs(&made.names, field)?, singular_of(&field.name)))
        });
        let together = made.unique.iter().map(|together| together.constraint(table));
        for name in columns.chain(pairs).chain(together) {
            text = removal_points::calls(&text, &format!("(\"{name}\","), "");
        }
        text
    })?;
    Ok(without)
}

/// Files that stay and name what is gone.
fn mentioning(table: &Table, files: &Tree, removed: &Removed) -> Vec<TreePath> {
    let types: BTreeSet<String> = table.type_names().into_iter().collect();
    let after = |path: &TreePath| removed.changes.iter().find(|change| change.path == *path);
    let mut found = Vec::new();
    for (path, file) in files.iter().filter(|(path, _)| path.as_str().ends_with(".rs")) {
        let file = match after(path) {
            Some(change) => change.after.as_ref(),
            None => Some(file),
        };
        if removed.kept.contains(path) || !(path.is_within("src") || path.is_within("tests")) {
            continue;
        }
        let Some(text) = file.and_then(|file| std::str::from_utf8(&file.bytes).ok()) else { continue };
        if mentions::mention(text, &types, &table.names().table) {
            found.push(path.clone());
        }
    }
    found
}
