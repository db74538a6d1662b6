//! Moments, as people read them: in their own time zone.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use maud::{Markup, html};
use stack_live::Ctx;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A day for people, and the exact time for programs. In UTC: for whoever's zone is not known, see [`Zone`].
pub fn date(at: OffsetDateTime) -> Markup {
    Zone::utc().date(at)
}

/// A time zone, in which moments are shown.
///
/// ```ignore
/// let zone = Zone::of(&cx);
/// html! { "Written " (zone.moment(note.created_at)) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The visitor's, which is known once their browser has said it; until then UTC. What was rendered with it is
    /// rendered again when it is known.
    pub fn of(ctx: &Ctx) -> Self {
        Self::named(ctx.time_zone().as_deref())
    }

    /// The zone of this name, such as `Europe/Berlin`; UTC where there is none of it, as the name comes from outside.
    pub fn named(name: Option<&str>) -> Self {
        let zone = name.and_then(|name| TimeZone::get(name).ok());
        zone.map_or_else(Self::utc, Self)
    }

    /// The one that all others are measured by.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day: `4 March 2026`.
    pub fn date(&self, at: OffsetDateTime) -> Markup {
        self.written(at, "%-d %B %Y")
    }

    /// Day and time: `4 March 2026, 09:05`.
    pub fn moment(&self, at: OffsetDateTime) -> Markup {
        self.written(at, "%-d %B %Y, %H:%M")
    }

    /// The time of the day: `09:05`.
    pub fn clock(&self, at: OffsetDateTime) -> Markup {
        self.written(at, "%H:%M")
    }

    /// Which day it is here at that moment.
    pub fn day(&self, at: OffsetDateTime) -> time::Date {
        let day = self.at(at).date();
        let ordinal = u16::try_from(day.day_of_year()).unwrap_or(1);
        time::Date::from_ordinal_date(day.year().into(), ordinal).unwrap_or(at.date())
    }

    fn at(&self, at: OffsetDateTime) -> DateTime {
        let nanoseconds = at.unix_timestamp_nanos();
        let moment = Timestamp::from_nanosecond(nanoseconds).unwrap_or_default();
        self.0.to_datetime(moment)
    }

    fn written(&self, at: OffsetDateTime, format: &str) -> Markup {
        let exact = at.format(&Rfc3339).unwrap_or_default();
        let text = self.at(at).strftime(format).to_string();
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
    fn a_moment_is_shown_in_the_visitors_zone_and_told_exactly_to_programs() {
        let html = Zone::utc().moment(evening()).into_string();
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
            assert_eq!(shown(zone.moment(evening())), text);
        }
    }

    #[test]
    fn a_zone_has_its_summer_time_when_it_is_summer_there() {
        let winter = evening() - time::Duration::days(180);
        let berlin = Zone::named(Some("Europe/Berlin"));
        assert_eq!(shown(berlin.clock(evening())), "00:30");
        assert_eq!(shown(berlin.clock(winter)), "23:30");
    }

    #[test]
    fn a_day_can_be_another_one_elsewhere() {
        assert_eq!(Zone::utc().day(evening()).to_string(), "2026-07-01");
        let tokyo = Zone::named(Some("Asia/Tokyo"));
        assert_eq!(tokyo.day(evening()).to_string(), "2026-07-02");
        assert_eq!(shown(date(evening())), "1 July 2026");
    }

    #[test]
    fn a_zone_that_nobody_knows_is_utc() {
        for name in [None, Some("Mars/Olympus"), Some(""), Some("../etc/passwd")] {
            assert_eq!(Zone::named(name).name(), "UTC");
        }
    }
}
