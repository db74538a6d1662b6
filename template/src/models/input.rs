//! From what a form or a JSON body says to values: every function takes text and says what is wrong with it.

use std::{fmt::Display, num::IntErrorKind, ops::Deref, str::FromStr};

use serde::{Deserialize, Deserializer, Serializer};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};
use uuid::Uuid;

use super::Invalid;

/// What was sent for a field that is no text by nature: a form sends all values as text, JSON has numbers, booleans,
/// lists and objects. One that is `null`, or not sent at all, is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    let moment = OffsetDateTime::parse(required(text)?, &Rfc3339).ok();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        field: Text,
    }

    #[test]
    fn what_json_says_and_what_a_form_says_is_the_same_text() {
        for (json, form) in [
            (r#"{"field": -3}"#, "field=-3"),
            (r#"{"field": 0.1}"#, "field=0.1"),
            (r#"{"field": true}"#, "field=true"),
            (r#"{"field": "x"}"#, "field=x"),
            (r#"{"field": [1,2]}"#, "field=%5B1%2C2%5D"),
            (r#"{"field": null}"#, "field="),
            ("{}", ""),
        ] {
            let json: Body = serde_json::from_str(json).unwrap();
            let form: Body = serde_urlencoded::from_str(form).unwrap();
            assert_eq!(json.field, form.field);
        }
    }

    #[test]
    fn numbers_out_of_their_range_are_refused() {
        assert_eq!(whole::<i32>(" 2147483647 "), Ok(i32::MAX));
        assert_eq!(
            whole::<i32>("2147483648"),
            Err(Invalid::new("is too large"))
        );
        assert_eq!(
            whole::<i64>("1.5"),
            Err(Invalid::new("must be a whole number"))
        );
        assert_eq!(number("1e3"), Ok(1000.0));
        for text in ["NaN", "inf", "1e999", ""] {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_box_that_is_not_ticked_means_no() {
        assert_eq!((ticked(""), ticked("true")), (Ok(false), Ok(true)));
        assert!(ticked("perhaps").is_err());
    }

    #[test]
    fn days_and_moments_are_those_that_the_database_can_hold() {
        assert_eq!(
            day("2026-02-28").map(|day| day.to_string()).as_deref(),
            Ok("2026-02-28")
        );
        assert!(day("2026-02-29").is_err() && day("0000-01-01").is_err());
        let at = moment("2026-01-31T12:00:00+02:00").unwrap();
        assert_eq!(moment_text(at), "2026-01-31T12:00:00+02:00");
        assert!(moment("2026-01-31").is_err());
    }

    #[test]
    fn nothing_but_space_is_nothing() {
        assert_eq!(optional(" ", whole::<i32>), Ok(None));
        assert_eq!(optional("7", whole::<i32>), Ok(Some(7)));
        assert!(optional("x", uuid).is_err());
    }
}
