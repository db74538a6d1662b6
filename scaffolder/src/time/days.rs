//! Days of a time zone: where they begin, and how much of a span lies in each.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::span::Span;

/// The moment at which a day begins. Where a change of the clocks leaves midnight out, it is the first moment there is.
#[must_use]
pub fn begin(day: Date, zone: &TimeZone) -> i64 {
    day.to_zoned(zone.clone()).map_or(0, |midnight| midnight.timestamp().as_second())
}

/// The day that a moment lies in.
#[must_use]
pub fn of(moment: i64, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_second(moment).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date()
}

/// The time from the beginning of one day to the end of another.
#[must_use]
pub fn window(first: Date, last: Date, zone: &TimeZone) -> Option<Span> {
    Span::new(begin(first, zone), begin(last.tomorrow().ok()?, zone))
}

/// How many seconds of a set lie in each day; a span over midnight is divided.
#[must_use]
pub fn seconds(set: &[Span], zone: &TimeZone) -> BTreeMap<Date, i64> {
    let mut days = BTreeMap::new();
    for span in set {
        let mut from = span.from();
        while from < span.to() {
            let day = of(from, zone);
            let end = day.tomorrow().map_or(span.to(), |next| begin(next, zone)).min(span.to()).max(from + 1);
            *days.entry(day).or_insert(0) += end - from;
            from = end;
        }
    }
    days
}

/// The Monday of the week that a day lies in.
#[must_use]
pub fn monday(day: Date) -> Date {
    let since = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(jiff::Span::new().days(since)).unwrap_or(day)
}

/// A day before another, so many days.
#[must_use]
pub fn before(day: Date, days: i64) -> Date {
    day.checked_sub(jiff::Span::new().days(days)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone of the system or of the bundled data")
    }

    fn span(from: &str, to: &str) -> Span {
        let moment = |text: &str| crate::time::moment(text).expect("a moment");
        Span::new(moment(from), moment(to)).expect("a span")
    }

    #[test]
    fn a_span_over_midnight_is_divided_by_the_days_of_the_zone() {
        let set = [span("2026-11-26T22:30:00Z", "2026-11-27T00:30:00Z")];
        let days = seconds(&set, &TimeZone::UTC);
        assert_eq!(days, BTreeMap::from([(date(2026, 11, 26), 5400), (date(2026, 11, 27), 1800)]));
        let days = seconds(&set, &zone("Europe/Berlin"));
        assert_eq!(days, BTreeMap::from([(date(2026, 11, 26), 1800), (date(2026, 11, 27), 5400)]));
    }

    #[test]
    fn a_night_in_which_the_clocks_change_is_as_long_as_it_was() {
        let berlin = zone("Europe/Berlin");
        let autumn = window(date(2026, 10, 25), date(2026, 10, 25), &berlin).expect("a day");
        assert_eq!(seconds(&[autumn], &berlin), BTreeMap::from([(date(2026, 10, 25), 25 * 3600)]));
        let spring = window(date(2026, 3, 29), date(2026, 3, 29), &berlin).expect("a day");
        assert_eq!(spring.seconds(), 23 * 3600);
        // Midnight itself is left out there.
        let beirut = zone("Asia/Beirut");
        let day = window(date(2026, 3, 29), date(2026, 3, 29), &beirut).expect("a day");
        assert_eq!(seconds(&[day], &beirut), BTreeMap::from([(date(2026, 3, 29), 23 * 3600)]));
    }

    #[test]
    fn a_week_begins_on_monday() {
        assert_eq!(monday(date(2026, 11, 27)), date(2026, 11, 23));
        assert_eq!(monday(date(2026, 11, 23)), date(2026, 11, 23));
        assert_eq!(before(date(2026, 3, 1), 1), date(2026, 2, 28));
    }
}
