//! A moment, as a day.

use maud::{Markup, html};
use time::OffsetDateTime;

/// A day for people, and the exact time for programs.
pub fn date(at: OffsetDateTime) -> Markup {
    let exact = at
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default();
    let (day, month, year) = (at.day(), at.month(), at.year());
    html! { time datetime=(exact) { (day) " " (month.to_string()) " " (year) } }
}
