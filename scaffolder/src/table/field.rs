//! One field as it is typed: `name:type[?]`.

use heck::ToPascalCase;

use super::reserved;
use crate::error::{Error, Result};
use crate::suggest::{listed, nearest};

mod modifiers;

use modifiers::Modifiers;

/// The types, as they are typed.
const TYPES: [&str; 16] = [
    "string",
    "text",
    "int",
    "bigint",
    "float",
    "decimal",
    "bool",
    "uuid",
    "timestamp",
    "date",
    "json",
    "bytes",
    "enum(a|b)",
    "vector(n)",
    "references(table)",
    "many(table)",
];

/// What other tools call them.
const ALSO_CALLED: [(&str, &str); 32] = [
    ("bigserial", "bigint"),
    ("binary", "bytes"),
    ("blob", "bytes"),
    ("boolean", "bool"),
    ("bytea", "bytes"),
    ("char", "string"),
    ("datetime", "timestamp"),
    ("double", "float"),
    ("embedding", "vector(n)"),
    ("f32", "float"),
    ("f64", "float"),
    ("foreign_key", "references(table)"),
    ("habtm", "many(table)"),
    ("has_many", "many(table)"),
    ("i32", "int"),
    ("i64", "bigint"),
    ("int4", "int"),
    ("int8", "bigint"),
    ("integer", "int"),
    ("jsonb", "json"),
    ("long", "bigint"),
    ("many_to_many", "many(table)"),
    ("map", "json"),
    ("money", "decimal"),
    ("number", "int"),
    ("numeric", "decimal"),
    ("real", "float"),
    ("ref", "references(table)"),
    ("str", "string"),
    ("time", "timestamp"),
    ("timestamptz", "timestamp"),
    ("varchar", "string"),
];

/// As many dimensions as an HNSW index of pgvector takes.
const MOST_DIMENSIONS: u32 = 2000;
/// Longer lists of choices are a table of their own.
const MOST_CHOICES: usize = 50;
/// The digits that the crate `rust_decimal` keeps exact.
const MOST_DIGITS: u32 = 28;
/// The longest name of a column: the names of constraints are made of it.
const LONGEST: usize = 28;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line, of at most so many characters.
    String(u32),
    /// Many lines, of at most so many characters.
    Text(u32),
    /// 32 bits.
    Int,
    /// 64 bits.
    Bigint,
    /// Double precision.
    Float,
    /// Exact: digits in all, and behind the point.
    Decimal(u32, u32),
    /// Yes or no.
    Bool,
    /// Any UUID.
    Uuid,
    /// A moment.
    Timestamp,
    /// A day.
    Date,
    /// An object or a list.
    Json,
    /// Bytes.
    Bytes,
    /// One of these words.
    Enum(Vec<String>),
    /// An embedding with so many dimensions.
    Vector(u32),
    /// A row of this table.
    References(String),
    /// Any number of rows of this table, by a table of pairs.
    Many(String),
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The column's name. That of a reference ends in `_id`.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether no two rows may have the same.
    pub unique: bool,
    /// Whether it has an index of its own.
    pub index: bool,
    /// What it is where nothing is said, as typed.
    pub default: Option<String>,
}

impl Field {
    /// Parses `title:string`, `author:string?`, `status:enum(draft|published)`. What is in parentheses may stand behind a
    /// colon instead, where a shell would need quotes: `status:enum:draft,published`. Behind the type may stand `:unique`,
    /// `:index` and `:default=…`.
    ///
    /// # Errors
    /// Of kind `User`: which part is wrong, and what would be right.
    pub fn parse(typed: &str) -> Result<Self> {
        let shown = typed.escape_debug().to_string();
        let (name, rest) = typed.trim().split_once(':').filter(|(_, kind)| !kind.is_empty()).ok_or_else(|| {
            Error::user(format!("the field `{shown}` has no type"))
                .hint(format!("write it as `{}:string`", typed.trim().trim_end_matches(['?', ':']).escape_debug()))
        })?;
        let (kind, modifiers) = Modifiers::split_off(rest);
        let (kind, optional) = match kind.strip_suffix('?') {
            Some(kind) => (kind, true),
            None => (kind, modifiers.optional),
        };
        let kind = Kind::parse(name, kind)?;
        let mut name = name.to_owned();
        if matches!(kind, Kind::References(_)) && !name.is_empty() && !name.ends_with("_id") {
            name.push_str("_id");
        }
        reserved::check_snake(&name, "field", LONGEST)?;
        reserved::check_column(&name)?;
        let Modifiers { unique, index, default, .. } = modifiers;
        let field = Self { name, kind, optional, unique, index, default };
        modifiers::check(&field)?;
        Ok(field)
    }
}

impl Kind {
    fn parse(field: &str, typed: &str) -> Result<Self> {
        let (word, argument) = match typed.split_once(['(', ':']) {
            Some((word, rest)) if typed.as_bytes()[word.len()] == b'(' => match rest.strip_suffix(')') {
                Some(argument) => (word, Some(argument)),
                None => {
                    return Err(Error::user(format!(
                        "the type `{}` of `{field}` does not end with `)`",
                        typed.escape_debug()
                    ))
                    .hint("in a shell, quote it: `'status:enum(draft|published)'`"));
                }
            },
            Some((word, rest)) => (word, Some(rest)),
            None => (typed, None),
        };
        let number = |default: u32, range: std::ops::RangeInclusive<u32>| match argument {
            None => Ok(default),
            Some(text) => text.trim().parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
                Error::user(format!("`{}` is no size for the {word} `{field}`", text.escape_debug())).hint(format!(
                    "write a number from {} to {}: `{field}:{word}({default})`",
                    range.start(),
                    range.end()
                ))
            }),
        };
        let kind = match word {
            "string" => Self::String(number(200, 1..=10_000)?),
            "text" => Self::Text(number(20_000, 1..=50_000)?),
            "decimal" => decimal(field, argument)?,
            "enum" => Self::Enum(choices(field, argument)?),
            "vector" if argument.is_some() => Self::Vector(number(384, 1..=MOST_DIMENSIONS)?),
            "vector" => {
                return Err(Error::user(format!("the vector `{field}` has no number of dimensions"))
                    .hint(format!("write as many as your model has: `{field}:vector(384)`")));
            }
            "references" | "many" => match (word, argument.map(str::trim).filter(|table| !table.is_empty())) {
                ("many", Some(table)) => Self::Many(table.to_owned()),
                (_, Some(table)) => Self::References(table.to_owned()),
                (_, None) => {
                    return Err(Error::user(format!("`{field}` names no table"))
                        .hint(format!("write which: `{field}:{word}(notes)`")));
                }
            },
            _ => match plain(word) {
                Some(kind) if argument.is_none() => kind,
                Some(_) => {
                    return Err(Error::user(format!("the type `{word}` of `{field}` takes nothing in parentheses"))
                        .hint(format!("write `{field}:{word}`")));
                }
                None => return Err(unknown(field, word)),
            },
        };
        Ok(kind)
    }
}

fn plain(word: &str) -> Option<Kind> {
    Some(match word {
        "int" => Kind::Int,
        "bigint" => Kind::Bigint,
        "float" => Kind::Float,
        "bool" => Kind::Bool,
        "uuid" => Kind::Uuid,
        "timestamp" => Kind::Timestamp,
        "date" => Kind::Date,
        "json" => Kind::Json,
        "bytes" => Kind::Bytes,
        _ => return None,
    })
}

fn unknown(field: &str, word: &str) -> Error {
    let lower = word.to_lowercase();
    let called = ALSO_CALLED.iter().find(|(other, _)| *other == lower).map(|(_, ours)| *ours);
    let words = TYPES.iter().map(|kind| kind.split('(').next().unwrap_or(kind));
    let meant = called.or_else(|| nearest(&lower, words));
    let error = Error::user(format!("there is no type `{}`, which `{field}` would have", word.escape_debug()));
    match meant {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error,
    }
    .hint(format!("the types are {}", listed(TYPES)))
}

fn decimal(field: &str, argument: Option<&str>) -> Result<Kind> {
    let Some(argument) = argument else { return Ok(Kind::Decimal(20, 6)) };
    let mut numbers = argument.split(',').map(|number| number.trim().parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next(), numbers.next()) {
        (Some(digits), None, _) if (1..=MOST_DIGITS).contains(&digits) => Ok(Kind::Decimal(digits, 0)),
        (Some(digits), Some(Some(behind)), None) if (1..=MOST_DIGITS).contains(&digits) && behind <= digits => {
            Ok(Kind::Decimal(digits, behind))
        }
        _ => Err(Error::user(format!("`{}` is no size for the decimal `{field}`", argument.escape_debug())).hint(
            format!("write how many digits it has, of at most {MOST_DIGITS}, and how many of them behind the point: `{field}:decimal(12,2)`"),
        )),
    }
}

fn choices(field: &str, argument: Option<&str>) -> Result<Vec<String>> {
    let choices: Vec<String> = argument
        .unwrap_or_default()
        .split(['|', ','])
        .map(|choice| choice.trim().to_owned())
        .filter(|choice| !choice.is_empty())
        .collect();
    if choices.is_empty() {
        return Err(Error::user(format!("the enum `{field}` has nothing to choose")).hint(format!(
            "write it as `'{field}:enum(draft|published)'`, or without quotes as `{field}:enum:draft,published`"
        )));
    }
    if choices.len() > MOST_CHOICES {
        return Err(Error::user(format!(
            "the enum `{field}` has {} choices, {MOST_CHOICES} are allowed",
            choices.len()
        ))
        .hint("make them a table, and refer to it: `references(table)`"));
    }
    for (index, choice) in choices.iter().enumerate() {
        reserved::check_snake(choice, "choice", LONGEST)?;
        if choice == "self" {
            return Err(
                Error::user(format!("the choice `self` of `{field}` is a keyword of Rust")).hint("choose another word")
            );
        }
        // `a1` and `a_1` would be the same variant.
        if choices[..index].iter().any(|other| other.to_pascal_case() == choice.to_pascal_case()) {
            return Err(Error::user(format!("the enum `{field}` has the choice `{choice}` twice"))
                .hint("leave one of them out"));
        }
    }
    Ok(choices)
}

#[cfg(test)]
mod tests;
