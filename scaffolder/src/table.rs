//! A new table of a project, from the schema to the tests: what `heavy add-table` writes.
//!
//! 1. [`names`] and [`field`] are what was typed, parsed, so that a table that cannot be does not exist. `reserved`
//!    has the names that are taken by languages and by the template.
//! 2. [`existing`] looks at what the project has: tables, modules, types, factories. `checks` says whether the table's
//!    names are free, `references` whether its fields can refer to other tables, `sets` whether they can be
//!    chosen from.
//! 3. `types` says what each type of field is in SQL, in Rust, in a form and in a test, and `column` is a field with all
//!    of that; `context` puts it together with the names, `sql` and `uses` for the [`templates`], of which a project may have
//!    its own.
//! 4. [`generate`](Table::generate) renders the files, puts single lines into files that are there (`insertions`, and
//!    `insertion_points` for where), and what its fields need into `Cargo.toml` (`dependencies`).
//!
//! The result is a list of changes for [`plan`](crate::plan), the only writer. Pure, but for the formatter that is given.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::tree::Tree;

pub mod alter;
mod cells;
mod checks;
mod column;
mod command_line;
mod components;
mod context;
mod dependencies;
pub mod existing;
pub mod field;
mod generate;
mod inflection;
mod insertion_points;
mod insertions;
mod mentions;
pub mod names;
mod offers;
pub mod page;
mod references;
mod removal_points;
pub mod remove;
mod reserved;
mod sets;
mod source_code;
mod sql;
pub mod templates;
mod test_rows;
mod types;
pub mod unique_together;
mod uses;

use column::Column;
pub use command_line::CommandLine;
use existing::Existing;
use field::{Field, Kind};
pub use generate::{Format, Generated, ManualStep};
use names::Names;
use sets::Set;
use unique_together::UniqueTogether;

/// Where generated code leans on the template; without these files it could not compile.
const NEEDED: [&str; 7] = [
    "src/models/version.rs",
    "src/components/date.rs",
    "src/components/pager.rs",
    "src/components/table.rs",
    "src/state.rs",
    "stack/web/src/input.rs",
    "stack/web/src/pagination.rs",
];

/// A table that can be added to a project.
#[derive(Clone, Debug)]
pub struct Table {
    names: Names,
    columns: Vec<Column>,
    sets: Vec<Set>,
    fields: Vec<Field>,
    unique: Vec<UniqueTogether>,
    owned: bool,
    in_vectors: bool,
    /// The number of the schema's file, with zeros in front.
    number: String,
    /// The schema's file, where there is one already.
    schema: Option<String>,
}

impl Table {
    /// Looks whether the project can have this table.
    ///
    /// # Errors
    /// Of kind `User`: a name is taken, a reference leads nowhere, a feature or a newer template is needed.
    pub fn new(typed: CommandLine, files: &Tree) -> Result<Self> {
        checks::check_fields(&typed.fields)?;
        checks::check_free(&typed.names, &typed.fields, Existing(files))?;
        let table = Self::of(typed, files)?;
        table.check_types(table.type_names(), files)?;
        checks::check_constraints(&table.relation_names(), Existing(files))?;
        Ok(table)
    }

    /// The same, without a look at whether its names are free.
    fn of(typed: CommandLine, files: &Tree) -> Result<Self> {
        let CommandLine { names, fields, unique, owned } = typed;
        let existing = Existing(files);
        if let Some(missing) = NEEDED.iter().find(|path| existing.text(path).is_none()) {
            return Err(Error::user(format!("the project has no `{missing}`, which the code of a table needs"))
                .hint("`heavy sync` brings it, if the project comes from an older version of the template"));
        }
        // Forms of live pages are kept as states, which are written as JSON.
        if !existing.has_word("stack/web/src/input.rs", "transparent") {
            return Err(Error::user("`stack/web/src/input.rs` is that of an older version of the template")
                .hint("`heavy sync` brings the one that the code of a table needs"));
        }
        let in_vectors = fields.iter().any(|field| matches!(field.kind, Kind::Vector(_)));
        if in_vectors && existing.text("src/database/vectors.rs").is_none() {
            return Err(Error::user("the project has no vector database, where a table with a vector lives")
                .hint("add it first: `heavy add-feature pgvector`"));
        }
        if in_vectors {
            checks::check_vectors(&fields, &unique)?;
        }
        templates::check_unique(&unique, files)?;
        let (mut columns, mut sets) = (Vec::new(), Vec::new());
        for field in &fields {
            let reference = match &field.kind {
                Kind::Many(target) if in_vectors => {
                    return Err(Error::user(format!(
                        "`{}` cannot be a set of `{target}` in a table with a vector: that lives in the vector database, from which no foreign key leads out",
                        field.name
                    ))
                    .hint("put the vector into a table of its own"));
                }
                Kind::Many(target) => {
                    sets.push(Set::of(field, target, &names, owned, existing)?);
                    continue;
                }
                Kind::References(target) if in_vectors => {
                    return Err(Error::user(format!(
                        "`{}` cannot refer to `{target}` from a table with a vector: that lives in the vector database, from which no foreign key leads out",
                        field.name
                    ))
                    .hint(format!("keep the id without a promise: `{}:uuid`", field.name)));
                }
                Kind::References(target) => Some(references::reference(field, target, &names, owned, existing)?),
                _ => None,
            };
            columns.push(Column::of(&names.model, field, reference));
        }
        for together in &unique {
            test_rows::make_different(together, &names.model, &fields, &mut columns)?;
        }
        let number = existing.next_number(in_vectors).ok_or_else(|| {
            Error::user("every number of the files in `schema/` up to the last one is taken")
                .hint("give all files numbers with one digit more: `010_users.sql` becomes `0010_users.sql`")
        })?;
        let mut table = Self { names, columns, sets, fields, unique, owned, in_vectors, number, schema: None };
        table.choose_references();
        table.name_searches();
        Ok(table)
    }

    /// Its names.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// References to rows that have something to be shown by are chosen from them.
    fn choose_references(&mut self) {
        let heading = self.heading().map(|column| column.name.clone());
        for column in &mut self.columns {
            if let Some(reference) = column.references.as_mut() {
                if reference.is_itself {
                    reference.shown.clone_from(&heading);
                }
                if reference.shown.is_some() {
                    column.choose();
                }
            }
        }
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

    /// Every type that is made has to be new, no two the same, and none that generated code has already.
    fn check_types(&self, names: Vec<String>, files: &Tree) -> Result<()> {
        let existing = Existing(files);
        let words = templates::words(files);
        let mut seen = BTreeSet::new();
        for name in names {
            let what = if !seen.insert(name.clone()) {
                "two types would be called"
            } else if existing.has_word("src/models/mod.rs", &name) || existing.has_word("src/models/id.rs", &name) {
                "there is a type called"
            } else if reserved::is_type(&name) || words.contains(&name) {
                "generated code uses a type called"
            } else {
                continue;
            };
            return Err(Error::user(format!("{what} `{name}`"))
                .hint("rename a field, or name the model yourself with `--model`"));
        }
        Ok(())
    }

    /// The names of the table's constraints and indexes.
    fn relation_names(&self) -> Vec<String> {
        let table = &self.names.table;
        let mut names = vec![table.clone(), format!("{table}_pkey")];
        if self.owned {
            names.extend([format!("{table}_user_id_fkey"), format!("{table}_user_id_id_idx")]);
        }
        for column in &self.columns {
            names.extend(["check", "fkey", "idx", "key"].map(|kind| format!("{table}_{}_{kind}", column.name)));
        }
        names.extend(self.unique.iter().map(|together| together.constraint(table)));
        names.extend(self.sets.iter().flat_map(Set::relation_names));
        names
    }

    fn type_names(&self) -> Vec<String> {
        let model = &self.names.model;
        let own = self.columns.iter().filter(|column| column.has_own_type()).map(|column| column.value.clone());
        ["", "Draft", "Id", "Input", "Page", "Query", "Row", "Sort"]
            .iter()
            .map(|rest| format!("{model}{rest}"))
            .chain(own)
            .collect()
    }
}

#[cfg(test)]
mod tests;
