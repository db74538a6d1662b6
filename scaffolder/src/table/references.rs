//! Fields that refer to a row of another table.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::command_line::CommandLine;
use super::existing::{Existing, without_sql_comments};
use super::field::{Field, Kind};
use super::names::{Names, with_article};
use crate::error::{Error, Result};
use crate::suggest::{listed, nearest};

/// A column of a table that was written by hand: a line of text that every row has.
static TEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?im)^\s*"?(\w+)"?\s+(?:text|varchar)\b[^,\n]*\bnot\s+null"#).expect("a pattern"));

/// What a reference refers to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Reference {
    pub(super) table: String,
    /// `AuthorId`.
    pub(super) id: String,
    pub(super) owned: bool,
    /// The column of that table by which a form and a list show its rows. Nothing if there is none, and for users, whom a
    /// form would show to everybody.
    pub(super) shown: Option<String>,
    /// Whether it is the table that refers.
    pub(super) is_itself: bool,
    /// "an author".
    pub(super) one: String,
    /// "authors".
    pub(super) many: String,
    /// In tests, behind `app` or `self`: makes the row that is referred to, given `owner`. Nothing where that is the owner.
    pub(super) make: String,
    /// The name of the test's variable with its id. Nothing, if no test can make one.
    pub(super) variable: String,
}

impl Reference {
    /// What a client is told who names a row that cannot be referred to.
    pub(super) fn rule(&self) -> String {
        let noun = self.noun();
        if self.is_itself { format!("must be the id of another {noun}") } else { format!("is the id of no {noun}") }
    }

    /// "author".
    pub(super) fn noun(&self) -> &str {
        self.one.split_once(' ').map_or(&*self.one, |(_, noun)| noun)
    }
}

/// Looks whether a field of the table `names` can refer to `target`.
///
/// # Errors
/// Of kind `User`: there is no such table, or no row of it can be referred to.
pub(super) fn reference(
    field: &Field,
    target: &str,
    names: &Names,
    owned: bool,
    existing: Existing<'_>,
) -> Result<Reference> {
    let name = &field.name;
    let tables = existing.tables();
    if target == names.table {
        return itself(field, names, owned);
    }
    let Some(known) = tables.iter().find(|known| known.name == target) else {
        let relational = tables.iter().filter(|known| !known.in_vectors).map(|known| known.name.as_str());
        let error =
            Error::user(format!("`{name}` refers to a table `{}`, which does not exist", target.escape_debug()));
        return Err(match nearest(target, relational.clone()) {
            Some(near) => error.hint(format!("did you mean `{}({near})`?", word(field))),
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
    if field.unique && target == "users" && owned {
        return Err(Error::user(format!(
            "`{name}` cannot be unique: a row that belongs to one user refers to that user"
        ))
        .hint("leave out `:unique`, or make the table `--shared`"));
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
            .hint(if word(field) == "references" {
                format!("or let it be left out: `{name}:references({target})?`")
            } else {
                "or leave out the field".to_owned()
            }));
        }
    };
    let noun = heck::ToSnakeCase::to_snake_case(model.as_str()).replace('_', " ");
    Ok(Reference {
        table: target.to_owned(),
        id,
        owned: known.owned,
        shown: if target == "users" { None } else { shown(target, existing) },
        is_itself: false,
        one: with_article(&noun),
        many: target.replace('_', " "),
        make,
        variable,
    })
}

/// How the field is typed.
fn word(field: &Field) -> &'static str {
    if matches!(field.kind, Kind::Many(_)) { "many" } else { "references" }
}

/// A reference to another row of the same table, as of a folder to the one that it lies in.
fn itself(field: &Field, names: &Names, owned: bool) -> Result<Reference> {
    let name = &field.name;
    if !field.optional {
        return Err(Error::user(format!("`{name}` refers to its own table, so there could be no first row"))
            .hint(format!("let it be left out: `{name}:references({})?`", names.table)));
    }
    Ok(Reference {
        table: names.table.clone(),
        id: format!("{}Id", names.model),
        owned,
        // Its fields are not known yet.
        shown: None,
        is_itself: true,
        one: names.one_of_them(),
        many: names.plural(),
        make: String::new(),
        variable: String::new(),
    })
}

/// The column of a table that says what a row is called: its first line of text.
pub(super) fn shown(table: &str, existing: Existing<'_>) -> Option<String> {
    let (_, text) = existing.schema_of(table)?;
    let sql = without_sql_comments(text);
    let columns: Vec<&str> = TEXT
        .captures_iter(existing.body_of(table, &sql)?)
        .filter_map(|found| found.get(1))
        .map(|found| found.as_str())
        .collect();
    let made = CommandLine::find(text, table).and_then(Result::ok);
    let Some(made) = made else {
        return columns.first().map(|name| (*name).to_owned());
    };
    // Of the columns of text, some are choices and some are long.
    let lines = made.fields.iter().filter(|field| matches!(field.kind, Kind::String(_)) && !field.optional);
    lines.map(|field| field.name.clone()).find(|name| columns.contains(&name.as_str()))
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
