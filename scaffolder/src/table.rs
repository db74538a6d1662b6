//! A new table of a project, from the schema to the tests: what `heavy add-table` writes.
//!
//! 1. [`names`] and [`field`] are what was typed, parsed, so that a table that cannot be does not exist. [`reserved`]
//!    has the names that are taken by languages and by the template.
//! 2. [`existing`] looks at what the project has: tables, modules, types, factories.
//! 3. [`types`] says what each type of field is in SQL, in Rust, in a form and in a test; [`context`] puts it together
//!    with the names for the [`templates`], of which a project may have its own.
//! 4. [`make`](Table::make) renders the files, puts single lines into files that are there ([`insertion_points`]), and what its
//!    fields need into `Cargo.toml` ([`dependencies`]).
//!
//! The result is a list of changes for [`plan`](crate::plan), the only writer. Pure, but for the formatter that is given.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::suggest::{listed, nearest};
use crate::transition::Change;
use crate::tree::{File, Tree, TreePath};

mod context;
mod dependencies;
pub mod existing;
pub mod field;
mod insertion_points;
pub mod names;
mod reserved;
pub mod templates;
mod types;

use existing::Existing;
use field::{Field, Kind};
use names::{Names, with_article};
use types::{Column, Reference};

/// Where generated code leans on the template; without these files it could not compile.
const NEEDED: [&str; 5] = [
    "src/models/version.rs",
    "src/components/date.rs",
    "src/state.rs",
    "stack/web/src/input.rs",
    "stack/web/src/pagination.rs",
];

/// A table that can be added to a project.
#[derive(Clone, Debug)]
pub struct Table {
    names: Names,
    columns: Vec<Column>,
    fields: Vec<Field>,
    owned: bool,
    in_vectors: bool,
    number: u32,
}

/// What adding a table changes.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// New files, and those that get a line.
    pub changes: Vec<Change>,
    /// What has to be done by hand, because a file has not the shape that was looked for.
    pub left: Vec<Left>,
    /// Whether `Cargo.toml` is among the changes, so that the lock file has to be brought up to date.
    pub dependencies: bool,
}

/// Something to do by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// In which file.
    pub path: String,
    /// Where in it, and what to do: "in `fn pages`, before `.route_layer`".
    pub place: String,
    /// What to paste.
    pub snippet: String,
}

/// Formats Rust; `None` if it is none.
pub type Format<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Table {
    /// Looks whether the project can have this table.
    ///
    /// # Errors
    /// Of kind `User`: a name is taken, a reference leads nowhere, a feature or a newer template is needed.
    pub fn new(names: Names, fields: Vec<Field>, owned: bool, files: &Tree) -> Result<Self> {
        let existing = Existing(files);
        if let Some(missing) = NEEDED.iter().find(|path| existing.text(path).is_none()) {
            return Err(Error::user(format!("the project has no `{missing}`, which the code of a table needs"))
                .hint("`heavy sync` brings it, if the project comes from an older version of the template"));
        }
        check_fields(&fields)?;
        check_free(&names, &fields, existing)?;
        let in_vectors = fields.iter().any(|field| matches!(field.kind, Kind::Vector(_)));
        if in_vectors && existing.text("src/database/vectors.rs").is_none() {
            return Err(Error::user("the project has no vector database, where a table with a vector lives")
                .hint("add it first: `heavy add-feature pgvector`"));
        }
        let mut columns = Vec::new();
        for field in &fields {
            let reference = match &field.kind {
                Kind::References(target) if in_vectors => {
                    return Err(Error::user(format!(
                        "`{}` cannot refer to `{target}` from a table with a vector: that lives in the vector database, from which no foreign key leads out",
                        field.name
                    ))
                    .hint(format!("keep the id without a promise: `{}:uuid`", field.name)));
                }
                Kind::References(target) => Some(reference(field, target, &names, owned, existing)?),
                _ => None,
            };
            columns.push(Column::of(&names.model, field, reference));
        }
        let mut table = Self { names, columns, fields, owned, in_vectors, number: existing.next_number(in_vectors) };
        table.name_searches();
        table.check_types(existing)?;
        Ok(table)
    }

    /// Its names.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Renders the files and puts the lines in. Without a formatter it is left as rendered.
    ///
    /// # Errors
    /// A template cannot be rendered or makes no Rust, or a file that would be made stands there already.
    pub fn make(&self, files: &Tree, format: Option<Format<'_>>) -> Result<Made> {
        let existing = Existing(files);
        let mut made = Made::default();
        for templates::Rendered { template, text, name } in templates::render(&self.context(), files)? {
            let path = tree_path(&self.path_of(name))?;
            if files.contains_key(&path) {
                return Err(Error::user(format!("there is a file `{path}` already"))
                    .hint("move it away, or give the table another name"));
            }
            let text = match format {
                Some(format) if path.as_str().ends_with(".rs") => {
                    format(&text).ok_or_else(|| no_rust(&template, &path))?
                }
                _ => text,
            };
            made.changes.push(Change { path, before: None, after: Some(File::new(text)) });
        }
        for (path, insertions) in self.insertions() {
            let mut text = existing.text(path).map(str::to_owned);
            for insertion in insertions {
                let inserted = text.as_deref().and_then(|text| with_its_line_ends(text, &insertion));
                match inserted {
                    Some(after) => text = Some(after),
                    None => made.left.push(Left {
                        path: path.to_owned(),
                        place: insertion.place.to_owned(),
                        snippet: insertion.snippet,
                    }),
                }
            }
            if let (Some(before), Some(after)) = (existing.text(path), text) {
                // What was formatted stays formatted; what was not is not ours to format.
                let after = match format {
                    Some(format) if format(before).is_some_and(|formatted| formatted == before) => {
                        format(&after).unwrap_or(after)
                    }
                    _ => after,
                };
                made.give(files, path, &after)?;
            }
        }
        self.add_dependencies(existing, files, &mut made)?;
        made.changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(made)
    }

    fn add_dependencies(&self, existing: Existing<'_>, files: &Tree, made: &mut Made) -> Result<()> {
        const MANIFEST: &str = "Cargo.toml";
        let Some(snippet) = dependencies::snippet(&self.fields) else { return Ok(()) };
        match existing.text(MANIFEST).and_then(|text| dependencies::add(text, &self.fields)) {
            Some(after) => {
                let changes = made.changes.len();
                made.give(files, MANIFEST, &after)?;
                made.dependencies = made.changes.len() > changes;
            }
            None => made.left.push(Left {
                path: MANIFEST.to_owned(),
                place: "in `[workspace.dependencies]` and `[dependencies]`".to_owned(),
                snippet,
            }),
        }
        Ok(())
    }

    fn name_searches(&mut self) {
        let several = self.columns.iter().filter(|column| column.dimensions > 0).count() > 1;
        let sql = self.nearest_statements();
        for (column, sql) in self.columns.iter_mut().zip(sql) {
            if let Some(sql) = sql {
                column.nearest = if several { format!("nearest_by_{}", column.name) } else { "nearest".to_owned() };
                column.nearest_sql = sql;
            }
        }
    }

    /// Every type that is made has to be new, and no two the same.
    fn check_types(&self, existing: Existing<'_>) -> Result<()> {
        let mut seen = BTreeSet::new();
        for name in self.type_names() {
            let twice = !seen.insert(name.clone());
            if twice || existing.has_word("src/models/mod.rs", &name) || existing.has_word("src/models/id.rs", &name) {
                let what = if twice { "two types would be called" } else { "there is a type called" };
                return Err(Error::user(format!("{what} `{name}`"))
                    .hint("rename a field, or name the model yourself with `--model`"));
            }
        }
        Ok(())
    }

    fn type_names(&self) -> Vec<String> {
        let model = &self.names.model;
        let own = self.columns.iter().filter(|column| column.has_own_type()).map(|column| column.value.clone());
        ["", "Draft", "Id", "Input", "Page", "Row"].iter().map(|rest| format!("{model}{rest}")).chain(own).collect()
    }
}

impl Made {
    fn give(&mut self, files: &Tree, path: &str, after: &str) -> Result<()> {
        let path = tree_path(path)?;
        let before = files.get(&path).cloned();
        let executable = before.as_ref().is_some_and(|file| file.executable);
        let after = Some(File { bytes: after.as_bytes().to_vec(), executable });
        if before != after {
            self.changes.push(Change { path, before, after });
        }
        Ok(())
    }
}

/// One line or block to put into a file.
pub(crate) struct Insertion {
    place: &'static str,
    snippet: String,
    insert: Insert,
}

/// Puts something into a text; `None` if it does not see where.
type Insert = Box<dyn Fn(&str) -> Option<String>>;

/// Inserts into a text with `\r\n` too, which stays one.
fn with_its_line_ends(text: &str, insertion: &Insertion) -> Option<String> {
    if !text.contains("\r\n") {
        return (insertion.insert)(text);
    }
    (insertion.insert)(&text.replace("\r\n", "\n")).map(|text| text.replace('\n', "\r\n"))
}

fn tree_path(path: &str) -> Result<TreePath> {
    TreePath::parse(path).map_err(|problem| Error::user(format!("the path `{path}` {problem}")))
}

fn no_rust(template: &str, path: &TreePath) -> Error {
    Error::template(format!("`{template}` makes no Rust that could be read, which `{path}` would be"))
        .hint("`--dry-run` with the template deleted shows whether the built-in one does; mend yours, or delete it")
}

fn check_fields(fields: &[Field]) -> Result<()> {
    if fields.is_empty() {
        return Err(Error::user("the table has no fields").hint("name some, for example `title:string`"));
    }
    for (index, field) in fields.iter().enumerate() {
        if fields[..index].iter().any(|other| other.name == field.name) {
            return Err(Error::user(format!("there are two fields `{}`", field.name)).hint("leave one of them out"));
        }
    }
    Ok(())
}

/// Refuses names that the project has: tables, modules, URLs, functions.
fn check_free(names: &Names, fields: &[Field], existing: Existing<'_>) -> Result<()> {
    let Names { table, one, .. } = names;
    if existing.tables().iter().any(|known| known.name == *table) {
        return Err(Error::user(format!("there is a table `{table}` already")).hint("give the new one another name"));
    }
    let modules = [("src/repositories", table), ("src/services", table), ("src/http", table), ("src/pages", table)];
    let tests = [("tests/app/api", table), ("tests/app/pages", table), ("tests/app/common/factories", table)];
    for (folder, name) in modules.iter().chain(&tests).chain(&[("src/models", one)]) {
        if existing.has_module(folder, name) {
            let error = Error::user(format!("there is a module `{name}` in `{folder}` already"));
            return Err(error.hint(if *folder == "src/models" {
                format!("name the model yourself, for example with `--model My{}`", names.model)
            } else {
                "give the table another name".to_owned()
            }));
        }
    }
    let url = names.url();
    let routes = existing.text("src/routes.rs").unwrap_or_default();
    for url in [url.clone(), format!("/api{url}")] {
        if routes.contains(&format!("\"{url}\"")) || routes.contains(&format!("\"{url}/")) {
            return Err(Error::user(format!("there is a route `{url}` already")).hint("give the table another name"));
        }
    }
    if existing.has_test_function(one) {
        return Err(Error::user(format!("the tests' `TestApp` has a function `{one}` already"))
            .hint(format!("name the model yourself, for example with `--model My{}`", names.model)));
    }
    for field in fields {
        if existing.tables().iter().any(|known| known.name == field.name && field.name == *table) {
            return Err(Error::user(format!("a field cannot have the name of its table, `{table}`"))
                .hint("call the field something else"));
        }
    }
    Ok(())
}

fn reference(field: &Field, target: &str, names: &Names, owned: bool, existing: Existing<'_>) -> Result<Reference> {
    let name = &field.name;
    let tables = existing.tables();
    if target == names.table {
        return Err(Error::user(format!("`{name}` refers to the table that is being made"))
            .hint(format!("add `{name}` to `schema/` once the table is there")));
    }
    let Some(known) = tables.iter().find(|known| known.name == target) else {
        let relational = tables.iter().filter(|known| !known.in_vectors).map(|known| known.name.as_str());
        let error = Error::user(format!("`{name}` refers to a table `{}`, which there is not", target.escape_debug()));
        return Err(match nearest(target, relational.clone()) {
            Some(near) => error.hint(format!("did you mean `references({near})`?")),
            None => error.hint(format!("the tables are {}", listed(relational))),
        });
    };
    if known.in_vectors {
        return Err(Error::user(format!("`{target}` lives in the vector database, to which no foreign key leads"))
            .hint(format!("keep the id without a promise: `{name}:uuid`")));
    }
    let Some(id) = existing.id_type(target) else {
        return Err(Error::user(format!(
            "`src/models/id.rs` has no type for the ids of `{target}`, to which `{name}` refers"
        ))
        .hint("add one there, as `NoteId` is one for `notes`"));
    };
    if !owned && known.owned {
        return Err(Error::user(format!(
            "a shared table cannot refer to `{target}`, whose rows belong to one user each: others could not see them"
        ))
        .hint("leave out `--shared`, or the field"));
    }
    let model = id.strip_suffix("Id").unwrap_or(&id).to_owned();
    let (make, variable) = match factory(target, &model, names, owned, existing) {
        Some(make) => (make, name.clone()),
        None if field.optional => (String::new(), String::new()),
        None => {
            return Err(Error::user(format!(
                "the tests have no factory that makes {}, to which `{name}` refers",
                with_article(&model)
            ))
            .hint(format!("write one in `tests/app/common/`: `pub async fn make(&self, owner: &User) -> {model}`"))
            .hint(format!("or let it be left out: `{name}:references({target})?`")));
        }
    };
    let noun = heck::ToSnakeCase::to_snake_case(model.as_str()).replace('_', " ");
    Ok(Reference {
        table: target.to_owned(),
        id,
        owned: known.owned,
        one: with_article(&noun),
        many: target.replace('_', " "),
        make,
        variable,
    })
}

/// The call that makes a row of the target, behind `app.`; nothing where the owner is that row.
fn factory(target: &str, model: &str, names: &Names, owned: bool, existing: Existing<'_>) -> Option<String> {
    if target == "users" && owned {
        return Some(String::new());
    }
    let factory = existing.factory(model)?;
    if factory.takes_owner && !owned {
        return None;
    }
    // A user's name has to be one of a kind.
    let text =
        if target == "users" { format!("&{}Id::generate().to_string()", names.model) } else { "\"x\"".to_owned() };
    let owner = factory.takes_owner.then(|| "owner".to_owned());
    let arguments: Vec<String> = owner.into_iter().chain(std::iter::repeat_n(text, factory.texts)).collect();
    Some(format!("{}({})", factory.name, arguments.join(", ")))
}

#[cfg(test)]
mod tests;
