//! From what a form or a JSON body says to values: every function takes text and says what is wrong with it.

use std::{fmt::Display, num::IntErrorKind, ops::Deref, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};
use uuid::Uuid;

use crate::fields::Invalid;

/// What was sent for a field that is no text by nature: a form sends all values as text, JSON has numbers, booleans,
/// lists and objects. One that is `null`, or not sent at all, is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde_json::Value;
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        }))
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Nothing, or what `parse` makes of it.
pub fn optional<T>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, Invalid> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    parse(text).map(Some)
}

/// A whole number of the type's range.
pub fn whole<T: FromStr<Err = std::num::ParseIntError>>(text: &str) -> Result<T, Invalid> {
    required(text)?.parse::<T>().map_err(|error| {
        Invalid::new(match error.kind() {
            IntErrorKind::PosOverflow => "is too large",
            IntErrorKind::NegOverflow => "is too small",
            _ => "must be a whole number",
        })
    })
}

/// A number that is neither infinite nor NaN, which JSON cannot say.
pub fn number(text: &str) -> Result<f64, Invalid> {
    let number = required(text)?.parse().ok().filter(|n: &f64| n.is_finite());
    number.ok_or_else(|| Invalid::new("must be a number"))
}

/// Yes or no, as JSON and a box to tick say it.
pub fn yes_or_no(text: &str) -> Result<bool, Invalid> {
    required(text)?
        .parse()
        .map_err(|_| Invalid::new("must be true or false"))
}

/// A box to tick, which a form does not send at all where it is not ticked.
pub fn ticked(text: &str) -> Result<bool, Invalid> {
    Ok(optional(text, yes_or_no)?.unwrap_or_default())
}

/// A UUID.
pub fn uuid(text: &str) -> Result<Uuid, Invalid> {
    required(text)?
        .parse()
        .map_err(|_| Invalid::new("must be a UUID"))
}

/// The identifier of something else.
pub fn id<T: FromStr>(text: &str) -> Result<T, Invalid> {
    required(text)?
        .parse()
        .map_err(|_| Invalid::new("must be an identifier"))
}

/// A day, such as `2026-01-31`.
pub fn day(text: &str) -> Result<Date, Invalid> {
    let day = Date::parse(required(text)?, &Iso8601::DATE).ok();
    day.filter(|day| (1..=9999).contains(&day.year()))
        .ok_or_else(|| Invalid::new("must be a day, such as 2026-01-31"))
}

/// A moment, such as `2026-01-31T12:00:00Z`. PostgreSQL keeps microseconds.
pub fn moment(text: &str) -> Result<OffsetDateTime, Invalid> {
    let text = required(text)?;
    // A form says so of a local time that its zone does not have: `2026-03-29T02:30[Europe/Berlin]`.
    if let Some((_, zone)) = text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        return Err(Invalid::new(format!("is skipped by the clocks of {zone}")));
    }
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok();
    moment
        .filter(|moment| (1..=9998).contains(&moment.year()))
        .ok_or_else(|| Invalid::new("must be a moment, such as 2026-01-31T12:00:00Z"))
}

/// A moment, as [`moment`] reads it.
pub fn moment_text(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

fn required(text: &str) -> Result<&str, Invalid> {
    match text.trim() {
        "" => Err(Invalid::new("must not be empty")),
        text => Ok(text),
    }
}

/// For `serde(serialize_with)`: a value that JSON has no type for, as its text.
pub fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// As [`as_text`], or `null`.
pub fn as_text_or_null<S: Serializer>(
    value: &Option<impl Display>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
