//! What may stand behind a field's type: `:unique`, `:index`, `:default=…`.

use super::{Field, Kind};
use crate::error::{Error, Result};

/// The longest text with a unique constraint or an index: an entry of an index has at most 2,700 bytes.
const LONGEST_INDEXED: u32 = 600;
/// The shortest text with a unique constraint. Tests number the rows that they make.
const SHORTEST_UNIQUE: u32 = 6;

/// What stands behind a type.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Modifiers {
    pub(super) unique: bool,
    pub(super) index: bool,
    pub(super) default: Option<String>,
    /// A `?` behind the last one.
    pub(super) optional: bool,
}

impl Modifiers {
    /// Splits a type from what stands behind it.
    pub(super) fn split_off(typed: &str) -> (&str, Self) {
        let mut modifiers = Self::default();
        let mut rest = typed;
        if let Some((before, default)) = rest.split_once(":default=") {
            let (default, others) = match default.rsplit_once(':') {
                Some((default, other)) if is_word(other) => (default, Some(other)),
                _ => (default, None),
            };
            modifiers.default = Some(default.to_owned());
            modifiers.take(others);
            rest = before;
        }
        while let Some((before, last)) = rest.rsplit_once(':').filter(|(_, last)| is_word(last)) {
            modifiers.take(Some(last));
            rest = before;
        }
        (rest, modifiers)
    }

    fn take(&mut self, word: Option<&str>) {
        let Some(word) = word else { return };
        self.optional |= word.ends_with('?');
        match word.trim_end_matches('?') {
            "index" => self.index = true,
            _ => self.unique = true,
        }
    }
}

/// `uniq` is what Rails calls it.
fn is_word(text: &str) -> bool {
    ["index", "uniq", "unique"].contains(&text.strip_suffix('?').unwrap_or(text))
}

/// What a field is where nothing is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::table) struct DefaultValue {
    /// `'draft'`.
    pub(in crate::table) sql: String,
    /// A Rust expression of what a form shows: `"draft".to_owned()`.
    pub(in crate::table) rust: String,
}

impl Field {
    /// The default, if it has one and the type can have it.
    pub(in crate::table) fn default_value(&self) -> Option<DefaultValue> {
        let typed = self.default.as_deref()?;
        let constant = |sql: String| DefaultValue { sql, rust: format!("{typed:?}.to_owned()") };
        let quoted = || constant(format!("'{}'", typed.replace('\'', "''")));
        let plain = !typed.is_empty() && typed.trim() == typed && !typed.chars().any(char::is_control);
        let length = u32::try_from(typed.chars().count()).unwrap_or(u32::MAX);
        match &self.kind {
            Kind::String(most) | Kind::Text(most) => (plain && length <= *most).then(quoted),
            Kind::Int => typed.parse::<i32>().ok().map(|number| constant(number.to_string())),
            Kind::Bigint => typed.parse::<i64>().ok().map(|number| constant(number.to_string())),
            Kind::Float => {
                let number = typed.parse::<f64>().ok().filter(|number| number.is_finite())?;
                Some(constant(format!("{number:?}")))
            }
            Kind::Decimal(digits, scale) => is_decimal(typed, *digits, *scale).then(|| constant(typed.to_owned())),
            Kind::Bool => ["true", "false"].contains(&typed).then(|| constant(typed.to_owned())),
            Kind::Enum(choices) => choices.iter().any(|choice| choice == typed).then(quoted),
            Kind::Date if typed == "today" => Some(DefaultValue {
                sql: "CURRENT_DATE".to_owned(),
                rust: "OffsetDateTime::now_utc().date().to_string()".to_owned(),
            }),
            Kind::Date => typed.parse::<jiff::civil::Date>().ok().map(|date| constant(format!("'{date}'"))),
            Kind::Timestamp if typed == "now" => Some(DefaultValue {
                sql: "now()".to_owned(),
                rust: "input::moment_text(OffsetDateTime::now_utc())".to_owned(),
            }),
            _ => None,
        }
    }

    fn default_hint(&self) -> String {
        let name = &self.name;
        match &self.kind {
            Kind::String(most) | Kind::Text(most) => format!("write a text of 1 to {most} characters"),
            Kind::Int | Kind::Bigint | Kind::Float | Kind::Decimal(..) => {
                "write a number that the type can hold: `default=0`".to_owned()
            }
            Kind::Bool => format!("write `{name}:bool:default=true`"),
            Kind::Enum(choices) => format!("write one of its words: `default={}`", choices[0]),
            Kind::Date => "write `default=today`, or a day such as `default=2026-01-31`".to_owned(),
            Kind::Timestamp => "write `default=now`".to_owned(),
            _ => "texts, numbers, `bool`, `enum`, `date` and `timestamp` can have one".to_owned(),
        }
    }
}

fn is_decimal(typed: &str, digits: u32, scale: u32) -> bool {
    let number = typed.strip_prefix('-').unwrap_or(typed);
    let (whole, behind) = number.split_once('.').unwrap_or((number, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    are_digits(whole)
        && are_digits(behind)
        && whole.trim_start_matches('0').len() <= (digits - scale) as usize
        && behind.trim_end_matches('0').len() <= scale as usize
}

/// Refuses what the type cannot have.
pub(super) fn check(field: &Field) -> Result<()> {
    let Field { name, kind, .. } = field;
    if let Some(default) = &field.default
        && field.default_value().is_none()
    {
        return Err(
            Error::user(format!("`{}` is no default for `{name}`", default.escape_debug())).hint(field.default_hint())
        );
    }
    if let Kind::Many(table) = kind
        && (field.optional || field.unique || field.index || field.default.is_some())
    {
        return Err(Error::user(format!("nothing may stand behind `{name}:many({table})`, which may always be empty"))
            .hint(format!("write `{name}:many({table})`")));
    }
    let refused = |what: &str, types: &str| {
        Err(Error::user(format!("`{name}` cannot {what}"))
            .hint(format!("{types} can; if you need it all the same, write it into `schema/`")))
    };
    if field.unique {
        match kind {
            Kind::String(most) if !(SHORTEST_UNIQUE..=LONGEST_INDEXED).contains(most) => {
                return refused(
                    "be unique",
                    &format!("a `string` of {SHORTEST_UNIQUE} to {LONGEST_INDEXED} characters"),
                );
            }
            Kind::String(_) | Kind::Int | Kind::Bigint | Kind::Uuid | Kind::References(_) => {}
            _ => return refused("be unique", "`string`, `int`, `bigint`, `uuid` and `references`"),
        }
        if field.default.is_some() {
            return Err(Error::user(format!("`{name}` is unique and has a default, which only one row could have"))
                .hint("leave one of them out"));
        }
    }
    if field.index {
        match kind {
            Kind::String(most) | Kind::Text(most) if *most > LONGEST_INDEXED => {
                return refused("have an index", &format!("a text of at most {LONGEST_INDEXED} characters"));
            }
            Kind::Json | Kind::Bytes | Kind::Vector(_) => {
                return refused("have an index", "all but `json`, `bytes` and `vector`");
            }
            _ => {}
        }
    }
    Ok(())
}
