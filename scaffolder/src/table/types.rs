//! What each type of field is in SQL, in Rust, in a form and in a test.

use heck::ToPascalCase;
use serde::Serialize;

use super::field::{Field, Kind};
use super::names::capitalized;

/// The most bytes of a `bytes` field: as Base64 inside of JSON they still fit the application's limit for bodies.
const MOST_BYTES: u32 = 100_000;
/// The most characters of a `json` field.
const MOST_JSON: u32 = 100_000;

/// A field, as the templates see it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Column {
    /// `published_at`.
    pub(super) name: String,
    /// `string`, `enum` …
    pub(super) kind: &'static str,
    pub(super) optional: bool,
    /// "Published at".
    pub(super) label: String,
    /// `BookTitle`, `i32`.
    pub(super) value: String,
    /// The same, in an `Option` where it is optional.
    pub(super) model: String,
    /// In the struct of what is sent: `String`, `Text`.
    pub(super) sent: &'static str,
    /// Whether it need not be sent.
    pub(super) may_be_missing: bool,
    /// In the private struct of the row.
    pub(super) row: String,
    /// From `row` to the model.
    pub(super) from_row: String,
    /// What is bound to the statement, out of `draft`.
    pub(super) bind: String,
    /// From `sent` to the draft, as a `Result`.
    pub(super) parse: String,
    /// From the model, called `from`, to the text that a form shows.
    pub(super) text: String,
    /// An attribute of serde in the model, or nothing.
    pub(super) serde: &'static str,
    /// `text NOT NULL`.
    pub(super) sql: String,
    /// The condition of its CHECK constraint, or nothing.
    pub(super) check: String,
    /// What a client is told that runs into it.
    pub(super) rule: String,
    /// The smallest and the greatest length, of strings, texts, bytes and JSON; the digits of a decimal.
    pub(super) least: u32,
    pub(super) most: u32,
    pub(super) most_shown: String,
    pub(super) scale: u32,
    pub(super) choices: Vec<Choice>,
    pub(super) dimensions: u32,
    pub(super) references: Option<Reference>,
    /// Rust expressions of JSON values for tests: two that are right, one that is wrong (or nothing).
    pub(super) sample: String,
    pub(super) other: String,
    pub(super) wrong: String,
    /// The same as texts of a form: expressions of type `String`.
    pub(super) sample_text: String,
    pub(super) wrong_text: String,
    /// A sentence for its documentation.
    pub(super) about: String,
    /// In a form: label, type of input, hint.
    pub(super) form_label: String,
    pub(super) form_kind: &'static str,
    pub(super) hint: String,
    pub(super) decimal_rule: String,
    /// The function that searches by it, and its statement.
    pub(super) nearest: String,
    pub(super) nearest_sql: String,
}

/// One choice of an enum.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub(super) text: String,
    pub(super) variant: String,
    pub(super) label: String,
    /// Whether serde would not come to this text by itself.
    pub(super) renamed: bool,
}

/// What a reference refers to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Reference {
    pub(super) table: String,
    /// `AuthorId`.
    pub(super) id: String,
    pub(super) owned: bool,
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
    /// "author".
    pub(super) fn noun(&self) -> &str {
        self.one.split_once(' ').map_or(&*self.one, |(_, noun)| noun)
    }
}

impl Column {
    pub(super) fn of(model: &str, field: &Field, reference: Option<Reference>) -> Self {
        let Field { name, kind, optional } = field;
        let optional = *optional;
        let own_type = format!("{model}{}", name.to_pascal_case());
        let facts = Facts::of(kind, &own_type, name, reference.as_ref(), optional);
        let column = |rest: &str| format!("{rest}{}", if optional { "" } else { " NOT NULL" });
        let in_option = |inner: &str| if optional { format!("Option<{inner}>") } else { inner.to_owned() };
        let parse = if optional {
            let function = if matches!(kind, Kind::Bool) { "input::yes_or_no" } else { &facts.parse };
            format!("input::optional(&sent.{name}, {function})")
        } else {
            format!("{}(&sent.{name})", facts.parse)
        };
        let sent = if optional || !facts.is_text { "Text" } else { "String" };
        let text = facts.text(name, optional, sent);
        let (least, most) = facts.length;
        let label =
            capitalized(&name.strip_suffix("_id").filter(|_| reference.is_some()).unwrap_or(name).replace('_', " "));
        Self {
            about: if optional { format!("{label}, or nothing.") } else { format!("{label}.") },
            form_label: match kind {
                Kind::Bytes => format!("{label} (Base64)"),
                Kind::Json => format!("{label} (JSON)"),
                Kind::Vector(dimensions) => format!("{label} (a list of {dimensions} numbers)"),
                _ => label.clone(),
            },
            form_kind: match kind {
                Kind::Int | Kind::Bigint | Kind::Float | Kind::Decimal(..) => "number",
                Kind::Date => "date",
                _ => "text",
            },
            hint: match (kind, &reference) {
                (Kind::Timestamp, _) => "For example 2026-01-31T12:00:00Z.".to_owned(),
                (_, Some(reference)) => format!("The id of {}.", reference.one),
                _ => String::new(),
            },
            decimal_rule: match kind {
                Kind::Decimal(digits, 0) => format!("must be a whole number of at most {digits} digits"),
                Kind::Decimal(digits, scale) => {
                    format!("must have at most {} digits before the point and {scale} behind it", digits - scale)
                }
                _ => String::new(),
            },
            nearest: String::new(),
            nearest_sql: String::new(),
            wrong_text: match &*facts.wrong {
                "\"\"" => "String::new()".to_owned(),
                wrong if wrong.contains(".repeat(") => wrong.to_owned(),
                wrong => format!("{wrong}.to_owned()"),
            },
            label,
            name: name.clone(),
            kind: facts.word,
            optional,
            model: in_option(&facts.value),
            row: in_option(&facts.row),
            sent,
            may_be_missing: optional || matches!(kind, Kind::Bool),
            from_row: facts.model_from_row(name, optional),
            bind: facts.bind(name, optional),
            parse,
            text,
            serde: facts.serde,
            sql: column(&facts.sql),
            check: facts.check,
            rule: facts.rule,
            least,
            most,
            most_shown: grouped(most),
            scale: if let Kind::Decimal(_, scale) = kind { *scale } else { 0 },
            choices: facts.choices,
            dimensions: if let Kind::Vector(dimensions) = kind { *dimensions } else { 0 },
            references: reference,
            sample: facts.sample.0,
            other: facts.sample.1,
            wrong: facts.wrong,
            sample_text: facts.sample.2,
            value: facts.value,
        }
    }

    /// Whether the field's type is one of the model's own.
    pub(super) fn has_own_type(&self) -> bool {
        matches!(self.kind, "string" | "text" | "decimal" | "json" | "bytes" | "enum" | "vector")
    }
}

/// What does not depend on whether it is optional.
struct Facts {
    word: &'static str,
    value: String,
    row: String,
    /// Whether JSON says it as a text.
    is_text: bool,
    parse: String,
    serde: &'static str,
    sql: String,
    check: String,
    rule: String,
    length: (u32, u32),
    choices: Vec<Choice>,
    /// JSON, other JSON, text of a form.
    sample: (String, String, String),
    wrong: String,
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

    fn of(kind: &Kind, own: &str, name: &str, reference: Option<&Reference>, optional: bool) -> Self {
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
            Kind::References(_) => {
                let id = reference.map(|reference| reference.id.as_str()).unwrap_or_default();
                let variable = reference.map(|reference| reference.variable.as_str()).unwrap_or_default();
                let (json, text) = match variable {
                    "" => ("null".to_owned(), "String::new()".to_owned()),
                    variable => (variable.to_owned(), format!("{variable}.to_string()")),
                };
                Self {
                    is_text: true,
                    rule: reference
                        .map(|reference| format!("is the id of no {}", reference.noun()))
                        .unwrap_or_default(),
                    sample: (json.clone(), json, text),
                    ..Self::plain("references", id, "uuid", "input::id", ["", ""])
                }
            }
        }
    }

    fn model_from_row(&self, name: &str, optional: bool) -> String {
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

    fn bind(&self, name: &str, optional: bool) -> String {
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

    fn text(&self, name: &str, optional: bool, sent: &str) -> String {
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
fn as_serde_says_it(variant: &str) -> String {
    let mut text = String::new();
    for letter in variant.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// `20_000`.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first && digits.len() > 4 {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
