//! One field as it is typed: `name:type[?]`.

use heck::ToPascalCase;

use super::reserved;
use crate::error::{Error, Result};
use crate::suggest::{listed, nearest};

/// The types, as they are typed.
const TYPES: [&str; 15] = [
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
];

/// What other tools call them.
const ALSO_CALLED: [(&str, &str); 29] = [
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
    ("i32", "int"),
    ("i64", "bigint"),
    ("int4", "int"),
    ("int8", "bigint"),
    ("integer", "int"),
    ("jsonb", "json"),
    ("long", "bigint"),
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
}

impl Field {
    /// Parses `title:string`, `author:string?`, `status:enum(draft|published)`. What is in parentheses may stand behind a
    /// colon instead, where a shell would need quotes: `status:enum:draft,published`.
    ///
    /// # Errors
    /// Of kind `User`: which part is wrong, and what would be right.
    pub fn parse(typed: &str) -> Result<Self> {
        let shown = typed.escape_debug().to_string();
        let (name, kind) = typed.trim().split_once(':').filter(|(_, kind)| !kind.is_empty()).ok_or_else(|| {
            Error::user(format!("the field `{shown}` has no type"))
                .hint(format!("write it as `{}:string`", typed.trim().trim_end_matches(['?', ':']).escape_debug()))
        })?;
        let (kind, optional) = match kind.strip_suffix('?') {
            Some(kind) => (kind, true),
            None => (kind, false),
        };
        let kind = Kind::parse(name, kind)?;
        let mut name = name.to_owned();
        if matches!(kind, Kind::References(_)) && !name.is_empty() && !name.ends_with("_id") {
            name.push_str("_id");
        }
        reserved::check_snake(&name, "field", LONGEST)?;
        reserved::check_column(&name)?;
        Ok(Self { name, kind, optional })
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
            "references" => match argument.map(str::trim).filter(|table| !table.is_empty()) {
                Some(table) => Self::References(table.to_owned()),
                None => {
                    return Err(Error::user(format!("`{field}` references no table"))
                        .hint(format!("write which: `{field}:references(notes)`")));
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
mod tests {
    use super::*;

    fn shown(typed: &str) -> String {
        match Field::parse(typed) {
            Ok(Field { name, kind, optional }) => format!("{name} {kind:?}{}", if optional { " optional" } else { "" }),
            Err(error) => format!("{}; {}", error.message, error.hints.join("; ")),
        }
    }

    #[test]
    fn every_type_can_be_typed_required_and_optional() {
        let all = [
            "a:string",
            "a:string?",
            "a:string(80)",
            "a:text?",
            "a:text(100)",
            "a:int",
            "a:bigint?",
            "a:float",
            "a:decimal",
            "a:decimal(12,2)?",
            "a:decimal(5)",
            "a:bool",
            "a:uuid?",
            "a:timestamp",
            "a:date?",
            "a:json",
            "a:bytes",
            "a:enum(b|c)?",
            "a:enum:b,c",
            "a:vector(3)",
            "a:vector:3?",
            "author:references(authors)",
            "author_id:references:authors?",
        ];
        let all: Vec<String> = all.iter().map(|typed| shown(typed)).collect();
        insta::assert_snapshot!(all.join("\n"), @r#"
        a String(200)
        a String(200) optional
        a String(80)
        a Text(20000) optional
        a Text(100)
        a Int
        a Bigint optional
        a Float
        a Decimal(20, 6)
        a Decimal(12, 2) optional
        a Decimal(5, 0)
        a Bool
        a Uuid optional
        a Timestamp
        a Date optional
        a Json
        a Bytes
        a Enum(["b", "c"]) optional
        a Enum(["b", "c"])
        a Vector(3)
        a Vector(3) optional
        author_id References("authors")
        author_id References("authors") optional
        "#);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_would() {
        let all = [
            "a",
            "a?",
            "a:",
            ":int",
            "a:strin",
            "a:boolean",
            "a:mongo",
            "a:int(3)",
            "a:string(0)",
            "a:enum",
            "a:enum(b",
            "a:enum(b|b)",
            "a:enum(self)",
            "a:enum(B)",
            "a:vector",
            "a:vector(9000)",
            "a:references",
            "a:decimal(40)",
            "a:decimal(2,3)",
            "Name:int",
            "my-name:int",
            "1st:int",
            "version:int",
            "user:references(users)",
            "order:int",
            "type:string",
            "a\u{7}:int",
        ];
        let all: Vec<String> = all.iter().map(|typed| shown(typed)).collect();
        insta::assert_snapshot!(all.join("\n"), @r#"
        the field `a` has no type; write it as `a:string`
        the field `a?` has no type; write it as `a:string`
        the field `a:` has no type; write it as `a:string`
        the name of a field is empty; give the field a name
        there is no type `strin`, which `a` would have; did you mean `string`?; the types are `string`, `text`, `int`, `bigint`, `float`, `decimal`, `bool`, `uuid`, `timestamp`, `date`, `json`, `bytes`, `enum(a|b)`, `vector(n)` and `references(table)`
        there is no type `boolean`, which `a` would have; did you mean `bool`?; the types are `string`, `text`, `int`, `bigint`, `float`, `decimal`, `bool`, `uuid`, `timestamp`, `date`, `json`, `bytes`, `enum(a|b)`, `vector(n)` and `references(table)`
        there is no type `mongo`, which `a` would have; the types are `string`, `text`, `int`, `bigint`, `float`, `decimal`, `bool`, `uuid`, `timestamp`, `date`, `json`, `bytes`, `enum(a|b)`, `vector(n)` and `references(table)`
        the type `int` of `a` takes nothing in parentheses; write `a:int`
        `0` is no size for the string `a`; write a number from 1 to 10000: `a:string(200)`
        the enum `a` has nothing to choose; write it as `'a:enum(draft|published)'`, or without quotes as `a:enum:draft,published`
        the type `enum(b` of `a` does not end with `)`; in a shell, quote it: `'status:enum(draft|published)'`
        the enum `a` has the choice `b` twice; leave one of them out
        the choice `self` of `a` is a keyword of Rust; choose another word
        the choice `B` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `b`
        the vector `a` has no number of dimensions; write as many as your model has: `a:vector(384)`
        `9000` is no size for the vector `a`; write a number from 1 to 2000: `a:vector(384)`
        `a` references no table; write which: `a:references(notes)`
        `40` is no size for the decimal `a`; write how many digits it has, of at most 28, and how many of them behind the point: `a:decimal(12,2)`
        `2,3` is no size for the decimal `a`; write how many digits it has, of at most 28, and how many of them behind the point: `a:decimal(12,2)`
        the field `Name` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `name`
        the field `my-name` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `my_name`
        the field `1st` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write a word such as `title`
        every table has a `version` by itself, or uses that name; leave this field out, or call it something else
        every table has a `user_id` by itself, or uses that name; leave this field out, or call it something else
        the field cannot be called `order`, which is a word of SQL; find another name, for example `order_name`
        the field cannot be called `type`, which is a word of Rust; find another name, for example `type_name`
        the field `a\u{7}` cannot be called that: a name is lower-case words of letters and digits, joined by `_`; write it as `a`
        "#);
    }
}
