//! Fields that are unique together: `--unique author,title`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::field::{Field, Kind};
use crate::error::{Error, Result};
use crate::suggest::{listed, nearest};

/// The longest name of a constraint.
const LONGEST_NAME: usize = 63;
/// The most characters of all its texts: an entry of an index has at most 2,700 bytes.
const LONGEST: u32 = 600;

/// Fields of which no two rows may have the same values; no two of one owner, where rows have owners.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UniqueTogether {
    /// Their names, in the order in which they were typed. A form says at the first one that the values are taken.
    pub(super) fields: Vec<String>,
}

impl UniqueTogether {
    /// Parses `author,title`. A reference may be called as it was typed, or as its column.
    ///
    /// # Errors
    /// Of kind `User`: there is no such field, it cannot be unique, or it is alone.
    pub fn parse(typed: &str, fields: &[Field]) -> Result<Self> {
        let names = typed.split(',').map(str::trim).filter(|name| !name.is_empty());
        let found = names.map(|name| find(name, fields)).collect::<Result<Vec<&Field>>>()?;
        let refused = |sentence: String, hint: String| Err(Error::user(sentence).hint(hint));
        let [first, _, ..] = found.as_slice() else {
            let name = found.first().map_or("title", |field| &field.name);
            return refused(
                format!("`--unique {}` names fewer than two fields", typed.escape_debug()),
                format!("one field alone is unique by its type: `{name}:string:unique`"),
            );
        };
        let names: Vec<String> = found.iter().map(|field| field.name.clone()).collect();
        if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
            return refused(
                format!("`--unique {}` names a field twice", typed.escape_debug()),
                format!("name each once: `--unique {},…`", first.name),
            );
        }
        if let Some(field) = found.iter().find(|field| field.unique) {
            return refused(
                format!("`{}` is unique by itself, and so with others too", field.name),
                "leave out `:unique` behind it, or `--unique`".to_owned(),
            );
        }
        if let Some(field) = found.iter().find(|field| !can_be_unique(&field.kind)) {
            return refused(
                format!("`{}` cannot be unique together with others", field.name),
                "all but `float`, `json`, `bytes`, `vector` and `many` can".to_owned(),
            );
        }
        if found.iter().map(|field| characters(&field.kind)).sum::<u32>() > LONGEST {
            return refused(
                format!("the texts of `--unique {}` can have more than {LONGEST} characters", names.join(",")),
                format!("give them lengths that an index can hold: `{}:string(80)`", first.name),
            );
        }
        Ok(Self { fields: names })
    }

    /// Parses what was typed, each once.
    ///
    /// # Errors
    /// As [`UniqueTogether::parse`]; two are the same.
    pub fn parse_all(typed: &[String], fields: &[Field]) -> Result<Vec<Self>> {
        let all = typed.iter().map(|typed| Self::parse(typed, fields)).collect::<Result<Vec<_>>>()?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = all.iter().find(|one| !seen.insert(one.fields.iter().collect::<BTreeSet<_>>())) {
            return Err(Error::user(format!("`--unique {}` stands there twice", twice.fields.join(",")))
                .hint("leave one of them out"));
        }
        Ok(all)
    }

    /// The field at which a form says that the values are taken.
    pub(super) fn first(&self) -> &str {
        self.fields.first().map_or("", String::as_str)
    }

    pub(super) fn contains(&self, field: &str) -> bool {
        self.fields.iter().any(|name| name == field)
    }

    /// The constraint, whose name is cut off where it would be too long.
    pub(super) fn constraint(&self, table: &str) -> String {
        let name = format!("{table}_{}", self.fields.join("_"));
        let fitting = &name[..name.len().min(LONGEST_NAME - "_key".len())];
        format!("{}_key", fitting.trim_end_matches('_'))
    }

    /// What a client is told at the first field.
    pub(super) fn rule(&self) -> String {
        let others = self.fields[1..].iter().map(|name| name.strip_suffix("_id").unwrap_or(name).replace('_', " "));
        let others: Vec<String> = others.collect();
        format!("is taken already with the same {}", others.join(" and "))
    }
}

fn find<'a>(name: &str, fields: &'a [Field]) -> Result<&'a Field> {
    let found = fields.iter().find(|field| field.name == name);
    let referred = || fields.iter().find(|field| field.name.strip_suffix("_id") == Some(name));
    found.or_else(referred).ok_or_else(|| {
        let known = || fields.iter().map(|field| field.name.as_str());
        let error = Error::user(format!("`--unique` names a field `{}`, which the table has not", name.escape_debug()));
        match nearest(name, known()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("its fields are {}", listed(known()))),
        }
    })
}

fn can_be_unique(kind: &Kind) -> bool {
    !matches!(kind, Kind::Float | Kind::Json | Kind::Bytes | Kind::Vector(_) | Kind::Many(_))
}

fn characters(kind: &Kind) -> u32 {
    match kind {
        Kind::String(most) | Kind::Text(most) => *most,
        // The longest of its words has as many as a name may have.
        Kind::Enum(_) => 60,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_are_unique_together_are_found_by_what_was_typed() {
        let typed =
            ["author:references(authors)", "title:string", "day:date", "code:string:unique", "at:float", "long:text"];
        let fields: Vec<Field> = typed.iter().map(|typed| Field::parse(typed).expect("a field")).collect();
        let shown = |typed: &[&str]| {
            let typed: Vec<String> = typed.iter().map(|typed| (*typed).to_owned()).collect();
            match UniqueTogether::parse_all(&typed, &fields) {
                Ok(all) => all
                    .iter()
                    .map(|one| format!("{}: {}", one.constraint("books"), one.rule()))
                    .collect::<Vec<_>>()
                    .join("; "),
                Err(error) => format!("{}; {}", error.message, error.hints.join("; ")),
            }
        };
        let all = [
            &["title,author"][..],
            &["author_id, day ,title"],
            &["title,day", "day,title"],
            &["title"],
            &["title,title"],
            &["titel,day"],
            &["code,day"],
            &["at,day"],
            &["long,day"],
        ];
        insta::assert_snapshot!(all.map(shown).join("\n"), @"
        books_title_author_id_key: is taken already with the same author
        books_author_id_day_title_key: is taken already with the same day and title
        `--unique day,title` stands there twice; leave one of them out
        `--unique title` names fewer than two fields; one field alone is unique by its type: `title:string:unique`
        `--unique title,title` names a field twice; name each once: `--unique title,…`
        `--unique` names a field `titel`, which the table has not; did you mean `title`?
        `code` is unique by itself, and so with others too; leave out `:unique` behind it, or `--unique`
        `at` cannot be unique together with others; all but `float`, `json`, `bytes`, `vector` and `many` can
        the texts of `--unique long,day` can have more than 600 characters; give them lengths that an index can hold: `long:string(80)`
        ");
    }
}
