//! Fields that are sets of another table's rows, as the tags of an article: a table of pairs, and what the templates see of it.

use serde::Serialize;

use super::existing::Existing;
use super::field::{Field, Kind};
use super::names::{Names, capitalized, singular_of};
use super::references::{Reference, reference, shown};
use crate::error::{Error, Result};

/// The longest name that PostgreSQL keeps whole.
const LONGEST: usize = 63;

/// A set, as the templates see it. The examples are of `articles … tags:many(tags)`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Set {
    /// `tags`.
    pub(super) name: String,
    /// `tag_ids`: the field in Rust, in JSON and in the errors.
    pub(super) key: String,
    /// "Tags".
    pub(super) label: String,
    /// "tags".
    pub(super) words: String,
    /// `articles_tags`, the table of pairs.
    pub(super) pairs: String,
    /// `article_id`, its column of the row that has the set.
    pub(super) from: String,
    /// `tag_id`, its column of the row that is in the set.
    pub(super) to: String,
    /// The table whose rows are in the set.
    pub(super) table: String,
    /// The column of that table which a form and a list show.
    pub(super) shown: String,
    /// `TagId`.
    pub(super) id: String,
    /// Whether that table's rows belong to one user each.
    pub(super) owned: bool,
    /// In tests, behind `app` or `self`: makes a row of that table, given `owner`.
    pub(super) make: String,
    /// What a client is told who names a row that cannot be in the set.
    pub(super) rule: String,
}

impl Set {
    /// Looks whether a table can have this set.
    ///
    /// # Errors
    /// Of kind `User`: there is no such table, or its rows cannot be chosen from.
    pub(super) fn of(field: &Field, target: &str, names: &Names, owned: bool, existing: Existing<'_>) -> Result<Self> {
        let name = &field.name;
        let by_hand = "make the pairs a table of their own, with two `references`";
        if target == names.table {
            return Err(Error::user(format!("`{name}` would be a set of rows of its own table")).hint(by_hand));
        }
        if target == "users" {
            return Err(Error::user(format!("`{name}` would show every user to everybody who can fill in the form"))
                .hint(by_hand));
        }
        let Reference { id, owned: is_owned, make, many, one, .. } = reference(field, target, names, owned, existing)?;
        let shown = shown(target, existing).ok_or_else(|| {
            Error::user(format!(
                "`{target}` has no line of text that every row has, from which `{name}` could be chosen"
            ))
            .hint(format!("give it one: a column such as `name text NOT NULL` in `schema/`; or {by_hand}"))
        })?;
        let set = Self {
            key: key(field),
            label: capitalized(&name.replace('_', " ")),
            words: name.replace('_', " "),
            pairs: pairs(names, field),
            from: format!("{}_id", names.one),
            to: format!("{}_id", singular_of(name)),
            name: name.clone(),
            table: target.to_owned(),
            shown,
            id,
            owned: is_owned,
            make,
            rule: format!("has the id of no {}", one.split_once(' ').map_or(&*many, |(_, noun)| noun)),
        };
        if set.from == set.to {
            return Err(Error::user(format!("`{name}` would be a pair of two columns `{}`", set.to))
                .hint("call the field something else"));
        }
        if let Some(long) = set.relation_names().into_iter().find(|name| name.len() > LONGEST) {
            return Err(Error::user(format!("`{long}` would have {} characters, {LONGEST} are allowed", long.len()))
                .hint("find a shorter name for the field or the table"));
        }
        Ok(set)
    }

    /// The names of the table of pairs, its constraints and its index.
    pub(super) fn relation_names(&self) -> Vec<String> {
        let Self { pairs, from, to, .. } = self;
        let all = [format!("{from}_fkey"), format!("{to}_fkey"), format!("{to}_idx"), "pkey".to_owned()];
        [pairs.clone()].into_iter().chain(all.map(|rest| format!("{pairs}_{rest}"))).collect()
    }
}

/// What a set is called in Rust and in JSON: `tag_ids`.
pub(super) fn key(field: &Field) -> String {
    format!("{}_ids", singular_of(&field.name))
}

/// The table of pairs of a field, if it is a set.
pub(super) fn table_of_pairs(names: &Names, field: &Field) -> Option<String> {
    matches!(field.kind, Kind::Many(_)).then(|| pairs(names, field))
}

fn pairs(names: &Names, field: &Field) -> String {
    format!("{}_{}", names.table, field.name)
}
