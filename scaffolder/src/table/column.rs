//! A field, as the templates see it.

use heck::ToPascalCase;
use serde::Serialize;

use super::field::{Field, Kind};
use super::names::{are_alike, capitalized};
use super::references::Reference;
use super::types::{Choice, Facts, as_serde_says_it};

/// A column: its type in SQL, in Rust, in a form and in a test.
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
    /// Whether no two rows, or no two of one owner, may have the same.
    pub(super) unique: bool,
    /// Whether it has an index of its own.
    pub(super) index: bool,
    /// A Rust expression of what is sent where nothing is, or nothing.
    pub(super) default: String,
    /// Whether a search for a text looks into it.
    pub(super) searched: bool,
    /// Whether a list can be sorted by it.
    pub(super) sorted: bool,
    /// The variant of the type that says by what a list is sorted.
    pub(super) variant: String,
    /// Whether serde would not come to the column's name by itself.
    pub(super) variant_renamed: bool,
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
    /// Whether clippy would want them called otherwise.
    pub(super) choices_are_alike: bool,
    pub(super) dimensions: u32,
    pub(super) references: Option<Reference>,
    /// Whether a form offers the rows that it can refer to.
    pub(super) is_chosen: bool,
    /// Markup of what the row holds, called `stored`, whose text for a form is `input`.
    pub(super) stored: String,
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

impl Column {
    pub(super) fn of(model: &str, field: &Field, reference: Option<Reference>) -> Self {
        let Field { name, kind, optional, unique, index, .. } = field;
        let optional = *optional;
        let own_type = format!("{model}{}", name.to_pascal_case());
        let mut facts = Facts::of(kind, &own_type, name, reference.as_ref(), optional);
        if *unique && let Some((json, text)) = one_of_a_kind(model, kind) {
            facts.sample = (json, facts.sample.1, text);
        }
        let default = field.default_value();
        let column = |rest: &str| {
            let default = default.as_ref().map(|default| format!(" DEFAULT {}", default.sql)).unwrap_or_default();
            format!("{rest}{}{default}", if optional { "" } else { " NOT NULL" })
        };
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
            hint: reference.as_ref().map(|reference| format!("The id of {}.", reference.one)).unwrap_or_default(),
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
            unique: *unique,
            index: *index,
            searched: matches!(kind, Kind::String(_) | Kind::Text(_)),
            sorted: matches!(
                kind,
                Kind::String(_)
                    | Kind::Int
                    | Kind::Bigint
                    | Kind::Float
                    | Kind::Decimal(..)
                    | Kind::Bool
                    | Kind::Enum(_)
                    | Kind::Timestamp
                    | Kind::Date
            ),
            variant: name.to_pascal_case(),
            variant_renamed: as_serde_says_it(&name.to_pascal_case()) != *name,
            check: facts.check,
            rule: facts.rule,
            least,
            most,
            most_shown: grouped(most),
            scale: if let Kind::Decimal(_, scale) = kind { *scale } else { 0 },
            choices_are_alike: are_alike(facts.choices.iter().map(|choice| &*choice.variant)),
            choices: facts.choices,
            dimensions: if let Kind::Vector(dimensions) = kind { *dimensions } else { 0 },
            references: reference,
            is_chosen: false,
            stored: stored(name, kind, optional, sent),
            sample: facts.sample.0,
            other: facts.sample.1,
            wrong: facts.wrong,
            sample_text: facts.sample.2,
            value: facts.value,
            default: match default {
                Some(default) if sent == "Text" => format!("{}.into()", default.rust),
                Some(default) => default.rust,
                None => String::new(),
            },
        }
    }

    /// A reference to rows that have something to be shown by is chosen from them.
    pub(super) fn choose(&mut self) {
        let name = &self.name;
        self.is_chosen = true;
        self.sorted = true;
        self.hint = String::new();
        let id = if self.optional { format!("&stored.{name}") } else { format!("[&stored.{name}]") };
        self.stored = format!("(offers.{name}.labels({id}))");
    }

    /// Gives each row of the tests another value.
    pub(super) fn make_one_of_a_kind(&mut self, model: &str, kind: &Kind) {
        if let Some((json, text)) = one_of_a_kind(model, kind) {
            (self.sample, self.sample_text) = (json, text);
        }
    }

    /// Whether tests fill it in: not where no row can be made that it refers to.
    pub(super) fn is_filled_in_tests(&self) -> bool {
        self.sample != "null"
    }

    /// Whether the field's type is one of the model's own.
    pub(super) fn has_own_type(&self) -> bool {
        matches!(self.kind, "string" | "text" | "decimal" | "json" | "bytes" | "enum" | "vector")
    }
}

fn stored(name: &str, kind: &Kind, optional: bool, sent: &str) -> String {
    match kind {
        Kind::Timestamp if optional => format!("@if let Some(at) = stored.{name} {{ (zone.date_time(at)) }}"),
        Kind::Timestamp => format!("(zone.date_time(stored.{name}))"),
        _ if sent == "Text" => format!("(*input.{name})"),
        _ => format!("(input.{name})"),
    }
}

/// Two Rust expressions, of a JSON value and of a text, that are different in every row of the tests.
fn one_of_a_kind(model: &str, kind: &Kind) -> Option<(String, String)> {
    let id = format!("{model}Id::generate().to_string()");
    match kind {
        // The end of an id is random.
        Kind::String(_) => Some((format!("{id}[30..]"), format!("{id}[30..].to_owned()"))),
        Kind::Int | Kind::Bigint => {
            let number = format!("i32::from_str_radix(&{id}[30..], 16).expect(\"six digits\")");
            Some((number.clone(), format!("{number}.to_string()")))
        }
        Kind::Uuid => Some((id.clone(), id)),
        _ => None,
    }
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
