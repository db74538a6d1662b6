//! Whether a project has room for a table: its names are free, and its fields differ.

use std::collections::BTreeSet;

use heck::ToPascalCase;

use super::existing::Existing;
use super::field::{Field, Kind};
use super::names::Names;
use super::sets;
use super::unique_together::UniqueTogether;
use crate::error::{Error, Result};

/// Refuses a table without fields, or with two of one name.
pub(super) fn check_fields(fields: &[Field]) -> Result<()> {
    if fields.is_empty() {
        return Err(Error::user("the table has no fields").hint("name some, for example `title:string`"));
    }
    if fields.iter().all(|field| matches!(field.kind, Kind::Many(_))) {
        return Err(Error::user("the table has no fields but what is chosen from other tables")
            .hint("give it one of its own, for example `title:string`"));
    }
    for (index, field) in fields.iter().enumerate() {
        if fields[..index].iter().any(|other| other.name == field.name) {
            return Err(Error::user(format!("there are two fields `{}`", field.name)).hint("leave one of them out"));
        }
        if let Some(other) =
            fields.iter().find(|other| rust_name(other) == rust_name(field) && other.name != field.name)
        {
            return Err(Error::user(format!("`{}` and `{}` would be one field in Rust", other.name, field.name))
                .hint("call one of them something else"));
        }
        let alike = |other: &&Field| other.name.to_pascal_case() == field.name.to_pascal_case();
        if let Some(other) = fields[..index].iter().find(alike) {
            return Err(Error::user(format!("`{}` and `{}` would be the same name in Rust", other.name, field.name))
                .hint("call one of them something else"));
        }
    }
    Ok(())
}

/// Refuses what is unique in a table of the vector database: the application is not told which constraint of it was violated.
pub(super) fn check_vectors(fields: &[Field], unique: &[UniqueTogether]) -> Result<()> {
    let alone = fields.iter().find(|field| field.unique).map(|field| field.name.as_str());
    let Some(name) = alone.or_else(|| unique.first().map(UniqueTogether::first)) else { return Ok(()) };
    Err(Error::user(format!("`{name}` cannot be unique in a table with a vector: that lives in the vector database"))
        .hint("put the vector into a table of its own, and keep what is unique in another one"))
}

/// What the field of the model is called.
fn rust_name(field: &Field) -> String {
    match field.kind {
        Kind::Many(_) => sets::key(field),
        _ => field.name.clone(),
    }
}

/// Refuses names that the project has: tables, modules, URLs, functions.
pub(super) fn check_free(names: &Names, fields: &[Field], existing: Existing<'_>) -> Result<()> {
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
    let routes = existing.routes();
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

/// Refuses a table one of whose constraints or indexes would have the name of another table's: `a_b` with a field `c` and
/// `a` with a field `b_c` would both have a constraint `a_b_c_check`.
pub(super) fn check_constraints(names: &[String], existing: Existing<'_>) -> Result<()> {
    let known = existing.relation_names();
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| known.contains(*name) || !seen.insert(*name)) {
        None => Ok(()),
        Some(name) => Err(Error::user(format!(
            "a constraint or an index of this table would be called `{name}`, as something else in the schema is"
        ))
        .hint("rename the field that it is about, or the table")),
    }
}
