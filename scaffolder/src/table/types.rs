//! What each type of field is in SQL, in Rust, in a form and in a test.

use heck::ToPascalCase;
use serde::Serialize;

use super::field::Kind;
use super::names::capitalized;
use super::references::Reference;

/// The most bytes of a `bytes` field: as Base64 inside of JSON they still fit the application's limit for bodies.
const MOST_BYTES: u32 = 100_000;
/// The most characters of a `json` field.
const MOST_JSON: u32 = 100_000;

/// One choice of an enum.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub(super) text: String,
    pub(super) variant: String,
    pub(super) label: String,
    /// Whether serde would not come to this text by itself.
    pub(super) renamed: bool,
}

/// What does not depend on whether it is optional.
pub(super) struct Facts {
    pub(super) word: &'static str,
    pub(super) value: String,
    pub(super) row: String,
    /// Whether JSON says it as a text.
    pub(super) is_text: bool,
    pub(super) parse: String,
    pub(super) serde: &'static str,
    pub(super) sql: String,
    pub(super) check: String,
    pub(super) rule: String,
    pub(super) length: (u32, u32),
    pub(super) choices: Vec<Choice>,
    /// JSON, other JSON, text of a form.
    pub(super) sample: (String, String, String),
    pub(super) wrong: String,
}

impl Facts {
    fn plain(word: &'static str, value: &str, sql: &str, parse: &str, samples: [&str; 2]) -> Self {
        let [one, other] = samples;
        let text = if one.starts_with('"') { format!("{one}.to_owned()") } else { format!("\"{one}\".to_owned()") };
        Self {
            word,
            value: value.to_owned(),
            row: value.to_owned(),
            is_text: false,
            parse: parse.to_owned(),
            serde: "",
            sql: sql.to_owned(),
            check: String::new(),
            rule: String::new(),
            length: (0, 0),
            choices: Vec::new(),
            sample: (one.to_owned(), other.to_owned(), text),
            wrong: "\"x\"".to_owned(),
        }
    }

    fn own(word: &'static str, own: &str, row: &str, sql: &str, samples: [&str; 2]) -> Self {
        Self { row: row.to_owned(), ..Self::plain(word, own, sql, &format!("{own}::parse"), samples) }
    }

    pub(super) fn of(kind: &Kind, own: &str, name: &str, reference: Option<&Reference>, optional: bool) -> Self {
        match kind {
            Kind::String(most) | Kind::Text(most) => {
                let word = if matches!(kind, Kind::String(_)) { "string" } else { "text" };
                let samples = if *most >= 12 { ["\"Some words\"", "\"Other words\""] } else { ["\"a\"", "\"b\""] };
                Self {
                    is_text: true,
                    length: (1, *most),
                    check: format!("length({name}) BETWEEN 1 AND {most}"),
                    rule: format!("must have 1 to {most} characters"),
                    wrong: if optional { format!("\"x\".repeat({})", most + 1) } else { "\"\"".to_owned() },
                    ..Self::own(word, own, "String", "text", samples)
                }
            }
            // `int4` and not `integer`, which has 64 bits on CockroachDB.
            Kind::Int => Self::plain("int", "i32", "int4", "input::whole", ["42", "-7"]),
            Kind::Bigint => Self {
                sample: ("9_000_000_000_i64".to_owned(), "-1".to_owned(), "\"9000000000\".to_owned()".to_owned()),
                ..Self::plain("bigint", "i64", "bigint", "input::whole", ["", ""])
            },
            Kind::Float => Self::plain("float", "f64", "double precision", "input::number", ["1.5", "-0.25"]),
            Kind::Decimal(digits, scale) => {
                let number = |first: char| {
                    let behind: String =
                        std::iter::once('5').chain(std::iter::repeat('0')).take(*scale as usize).collect();
                    let before = if digits == scale { '0' } else { first };
                    if *scale == 0 { format!("\"{first}\"") } else { format!("\"{before}.{behind}\"") }
                };
                Self {
                    length: (0, *digits),
                    sql: format!("numeric({digits}, {scale})"),
                    ..Self::own("decimal", own, "Decimal", "", [&number('2'), &number('3')])
                }
            }
            Kind::Bool => Self {
                wrong: "\"perhaps\"".to_owned(),
                ..Self::plain("bool", "bool", "boolean", "input::ticked", ["true", "false"])
            },
            Kind::Uuid => Self {
                is_text: true,
                ..Self::plain(
                    "uuid",
                    "Uuid",
                    "uuid",
                    "input::uuid",
                    ["\"6f1b5a9c-0d5e-4c39-9a55-0c6a8f6c2a11\"", "\"0d9f2f5e-6f0b-4c8e-8d52-5f0e0d7b9c22\""],
                )
            },
            Kind::Timestamp => Self {
                is_text: true,
                serde: if optional {
                    "with = \"time::serde::rfc3339::option\""
                } else {
                    "with = \"time::serde::rfc3339\""
                },
                ..Self::plain(
                    "timestamp",
                    "OffsetDateTime",
                    "timestamptz",
                    "input::moment",
                    ["\"2026-01-31T12:00:00Z\"", "\"1999-12-31T23:59:59Z\""],
                )
            },
            Kind::Date => Self {
                is_text: true,
                serde: if optional {
                    "serialize_with = \"input::as_text_or_null\""
                } else {
                    "serialize_with = \"input::as_text\""
                },
                ..Self::plain("date", "Date", "date", "input::day", ["\"2026-01-31\"", "\"1999-12-31\""])
            },
            Kind::Json => Self {
                length: (0, MOST_JSON),
                check: format!("jsonb_typeof({name}) IN ('array', 'object')"),
                rule: "must be an object or a list".to_owned(),
                sample: (
                    "{ \"a\": [1, null] }".to_owned(),
                    "[true]".to_owned(),
                    "r#\"{\"a\":[1,null]}\"#.to_owned()".to_owned(),
                ),
                ..Self::own("json", own, "Value", "jsonb", ["", ""])
            },
            Kind::Bytes => Self {
                is_text: true,
                length: (0, MOST_BYTES),
                check: format!("octet_length({name}) <= {MOST_BYTES}"),
                rule: format!("must have at most {MOST_BYTES} bytes"),
                wrong: "\"?\"".to_owned(),
                ..Self::own("bytes", own, "Vec<u8>", "bytea", ["\"AAEC/w==\"", "\"aGVsbG8=\""])
            },
            Kind::Enum(choices) => {
                let quoted: Vec<String> = choices.iter().map(|choice| format!("'{choice}'")).collect();
                let first = format!("\"{}\"", choices[0]);
                let second = format!("\"{}\"", choices.get(1).unwrap_or(&choices[0]));
                Self {
                    is_text: true,
                    check: format!("{name} IN ({})", quoted.join(", ")),
                    rule: format!("must be one of: {}", choices.join(", ")),
                    choices: choices
                        .iter()
                        .map(|choice| Choice {
                            text: choice.clone(),
                            variant: choice.to_pascal_case(),
                            renamed: as_serde_says_it(&choice.to_pascal_case()) != *choice,
                            label: capitalized(&choice.replace('_', " ")),
                        })
                        .collect(),
                    wrong: "\"?\"".to_owned(),
                    ..Self::own("enum", own, "String", "text", [&first, &second])
                }
            }
            Kind::Vector(dimensions) => Self {
                sql: format!("vector({dimensions})"),
                sample: (
                    format!("Vec::from([0.5; {dimensions}])"),
                    format!("Vec::from([0.25; {dimensions}])"),
                    format!("format!(\"{{:?}}\", [0.5; {dimensions}])"),
                ),
                ..Self::own("vector", own, "Vector", "", ["", ""])
            },
            // A set has no column.
            Kind::References(_) | Kind::Many(_) => {
                let id = reference.map(|reference| reference.id.as_str()).unwrap_or_default();
                let variable = reference.map(|reference| reference.variable.as_str()).unwrap_or_default();
                let (json, text) = match variable {
                    "" => ("null".to_owned(), "String::new()".to_owned()),
                    variable => (variable.to_owned(), format!("{variable}.to_string()")),
                };
                Self {
                    is_text: true,
                    // A row that leads to itself is in no tree.
                    check: reference
                        .filter(|reference| reference.is_itself)
                        .map(|_| format!("{name} <> id"))
                        .unwrap_or_default(),
                    rule: reference.map(Reference::rule).unwrap_or_default(),
                    sample: (json.clone(), json, text),
                    ..Self::plain("references", id, "uuid", "input::id", ["", ""])
                }
            }
        }
    }

    pub(super) fn model_from_row(&self, name: &str, optional: bool) -> String {
        let value = &self.value;
        let parse = match self.word {
            "string" | "text" | "enum" if optional => format!("row.{name}.as_deref().map({value}::parse).transpose()"),
            "string" | "text" | "enum" => format!("{value}::parse(&row.{name})"),
            "decimal" | "json" | "bytes" if optional => format!("row.{name}.map({value}::check).transpose()"),
            "decimal" | "json" | "bytes" => format!("{value}::check(row.{name})"),
            "vector" if optional => format!("row.{name}.map(|it| {value}::check(it.into())).transpose()"),
            "vector" => format!("{value}::check(row.{name}.into())"),
            _ => return format!("row.{name}"),
        };
        format!("{parse}.map_err(corrupt(\"{name}\"))?")
    }

    pub(super) fn bind(&self, name: &str, optional: bool) -> String {
        let value = &self.value;
        match self.word {
            "string" | "text" if optional => format!("draft.{name}.as_ref().map({value}::as_str)"),
            "string" | "text" | "enum" if !optional => format!("draft.{name}.as_str()"),
            "enum" => format!("draft.{name}.map({value}::as_str)"),
            "decimal" if optional => format!("draft.{name}.map({value}::get)"),
            "decimal" => format!("draft.{name}.get()"),
            "json" if optional => format!("draft.{name}.as_ref().map({value}::get)"),
            "json" => format!("draft.{name}.get()"),
            "bytes" if optional => format!("draft.{name}.as_ref().map({value}::as_bytes)"),
            "bytes" => format!("draft.{name}.as_bytes()"),
            "vector" if optional => format!("draft.{name}.as_ref().map(|it| Vector::from(it.get().to_vec()))"),
            "vector" => format!("Vector::from(draft.{name}.get().to_vec())"),
            _ => format!("draft.{name}"),
        }
    }

    pub(super) fn text(&self, name: &str, optional: bool, sent: &str) -> String {
        let text = match (self.word, optional) {
            ("timestamp", false) => format!("input::moment_text(from.{name})"),
            ("timestamp", true) => format!("from.{name}.map(input::moment_text).unwrap_or_default()"),
            (_, false) => format!("from.{name}.to_string()"),
            (_, true) => format!("from.{name}.as_ref().map(ToString::to_string).unwrap_or_default()"),
        };
        if sent == "Text" { format!("{text}.into()") } else { text }
    }
}

/// serde's `rename_all = "snake_case"` of a variant.
pub(super) fn as_serde_says_it(variant: &str) -> String {
    let mut text = String::new();
    for letter in variant.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
