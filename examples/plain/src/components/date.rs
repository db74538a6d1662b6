//! Dates and times in the visitor's time zone.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use maud::{Markup, html};
use stack_live::Ctx;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A `time` element with the date in UTC, for pages that do not know the visitor's time zone; see [`Zone`].
pub fn date(at: OffsetDateTime) -> Markup {
    Zone::utc().date(at)
}

/// A time zone to format dates and times in.
///
/// ```ignore
/// let zone = Zone::of_visitor(&cx);
/// html! { "Written " (zone.date_time(note.created_at)) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The visitor's time zone. It is UTC until the browser has reported it; then the component renders again.
    pub fn of_visitor(ctx: &Ctx) -> Self {
        Self::named(ctx.time_zone().as_deref())
    }

    /// The time zone of this name, such as `Europe/Berlin`. UTC if there is none: the name is untrusted input.
    pub fn named(name: Option<&str>) -> Self {
        let zone = name.and_then(|name| TimeZone::get(name).ok());
        zone.map_or_else(Self::utc, Self)
    }

    /// UTC.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The name of the time zone.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The date: `4 March 2026`.
    pub fn date(&self, at: OffsetDateTime) -> Markup {
        self.element(at, "%-d %B %Y")
    }

    /// Date and time: `4 March 2026, 09:05`.
    pub fn date_time(&self, at: OffsetDateTime) -> Markup {
        self.element(at, "%-d %B %Y, %H:%M")
    }

    /// The time of the day: `09:05`.
    pub fn time(&self, at: OffsetDateTime) -> Markup {
        self.element(at, "%H:%M")
    }

    /// The date in this time zone.
    pub fn day(&self, at: OffsetDateTime) -> time::Date {
        let day = self.local(at).date();
        let ordinal = u16::try_from(day.day_of_year()).unwrap_or(1);
        time::Date::from_ordinal_date(day.year().into(), ordinal).unwrap_or(at.date())
    }

    fn local(&self, at: OffsetDateTime) -> DateTime {
        let nanoseconds = at.unix_timestamp_nanos();
        let timestamp = Timestamp::from_nanosecond(nanoseconds).unwrap_or_default();
        self.0.to_datetime(timestamp)
    }

    /// A `time` element, whose attribute has the exact time for programs.
    fn element(&self, at: OffsetDateTime, format: &str) -> Markup {
        let exact = at.format(&Rfc3339).unwrap_or_default();
        let text = self.local(at).strftime(format).to_string();
        html! { time datetime=(exact) { (text) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-07-01 at 22:30 in UTC.
    fn evening() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_782_945_000).unwrap()
    }

    fn shown(html: Markup) -> String {
        let html = html.into_string();
        let (_, text) = html.split_once('>').unwrap();
        text.trim_end_matches("</time>").to_owned()
    }

    #[test]
    fn a_time_is_shown_in_the_visitors_zone_and_exact_in_the_attribute() {
        let html = Zone::utc().date_time(evening()).into_string();
        assert_eq!(
            html,
            r#"<time datetime="2026-07-01T22:30:00Z">1 July 2026, 22:30</time>"#
        );
        for (zone, text) in [
            ("Europe/Berlin", "2 July 2026, 00:30"),
            ("America/New_York", "1 July 2026, 18:30"),
            ("Asia/Kathmandu", "2 July 2026, 04:15"),
        ] {
            let zone = Zone::named(Some(zone));
            assert_eq!(shown(zone.date_time(evening())), text);
        }
    }

    #[test]
    fn daylight_saving_time_is_that_of_the_zone() {
        let winter = evening() - time::Duration::days(180);
        let berlin = Zone::named(Some("Europe/Berlin"));
        assert_eq!(shown(berlin.time(evening())), "00:30");
        assert_eq!(shown(berlin.time(winter)), "23:30");
    }

    #[test]
    fn the_date_depends_on_the_zone() {
        assert_eq!(Zone::utc().day(evening()).to_string(), "2026-07-01");
        let tokyo = Zone::named(Some("Asia/Tokyo"));
        assert_eq!(tokyo.day(evening()).to_string(), "2026-07-02");
        assert_eq!(shown(date(evening())), "1 July 2026");
    }

    #[test]
    fn an_unknown_zone_is_utc() {
        for name in [None, Some("Mars/Olympus"), Some(""), Some("../etc/passwd")] {
            assert_eq!(Zone::named(name).name(), "UTC");
        }
    }
}
