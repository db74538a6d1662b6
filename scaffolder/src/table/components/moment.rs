//! Fields for a moment, as the clock of the visitor shows it.
//!
//! A browser sends a local time without a zone. Beside it goes the zone in which the page has shown it, and what the field held
//! then: a moment that nobody changed stays the same to the microsecond, also in the hour that comes twice in autumn.

use super::{date::Zone, field::FormField};
use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use maud::{Markup, html};

/// The control, with a hint that names the zone. `value` is a moment, or what somebody has typed that is none.
pub fn field(field: &FormField<'_>, value: &str, zone: &Zone) -> Markup {
    let hint = format!("Time zone: {}", zone.name());
    let field = FormField {
        hint: Some(&hint),
        ..*field
    };
    let shown = shown(value, zone);
    field.stacked(html! {
        input #(field.name) name=(field.name) type="datetime-local" value=(shown) autocomplete="off"
            aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
        input type="hidden" name={ (field.name) ".zone" } value=(zone.name());
        input type="hidden" name={ (field.name) ".was" } value=(value);
    })
}

/// The text of the control.
fn shown(value: &str, zone: &Zone) -> String {
    match value.parse::<Timestamp>() {
        Ok(at) => clock(zone)
            .to_datetime(at)
            .strftime("%Y-%m-%dT%H:%M")
            .to_string(),
        Err(_) => value.split('[').next().unwrap_or_default().to_owned(),
    }
}

fn clock(zone: &Zone) -> TimeZone {
    TimeZone::get(zone.name()).unwrap_or(TimeZone::UTC)
}

/// Makes moments of the local times that a form sent for the fields `names`, and takes out what was sent beside them. A
/// time that the zone skips stays a text, as `2026-03-29T02:30[Europe/Berlin]`, which is no moment.
pub fn read(fields: &mut Vec<(String, String)>, names: &[&str]) {
    for name in names {
        let mut beside = |rest: &str| {
            let at = fields
                .iter()
                .position(|(field, _)| field.strip_suffix(rest) == Some(*name));
            at.map(|at| fields.remove(at).1)
        };
        let (zone, was) = (beside(".zone"), beside(".was"));
        let zone = Zone::named(zone.as_deref());
        if let Some((_, text)) = fields.iter_mut().find(|(field, _)| field == name)
            && let Ok(local) = text.parse::<DateTime>()
        {
            *text = match was {
                Some(was) if shown(&was, &zone) == *text => was,
                _ => moment(local, &zone).unwrap_or_else(|| format!("{text}[{}]", zone.name())),
            };
        }
    }
}

/// The moment of a local time: of two the first; nothing if the zone skips it.
fn moment(local: DateTime, zone: &Zone) -> Option<String> {
    let ambiguous = clock(zone).to_ambiguous_timestamp(local);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return None;
    }
    Some(ambiguous.compatible().ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str, zone: &str, was: &str) -> String {
        let fields = [
            ("at", text),
            ("at.zone", zone),
            ("at.was", was),
            ("other", "x"),
        ];
        let mut fields = fields
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .to_vec();
        read(&mut fields, &["at"]);
        assert_eq!(fields.len(), 2);
        fields.swap_remove(0).1
    }

    #[test]
    fn a_local_time_is_a_moment_in_its_zone() {
        assert_eq!(
            read_one("2026-07-01T12:00", "Europe/Berlin", ""),
            "2026-07-01T10:00:00Z"
        );
        assert_eq!(
            read_one("2026-01-01T12:00", "Europe/Berlin", ""),
            "2026-01-01T11:00:00Z"
        );
        assert_eq!(
            read_one("2026-01-01T12:00", "Mars/Olympus", ""),
            "2026-01-01T12:00:00Z"
        );
        assert_eq!(read_one("", "Europe/Berlin", ""), "");
        assert_eq!(
            read_one("2026-01-01T12:00:00Z", "Asia/Tokyo", ""),
            "2026-01-01T12:00:00Z"
        );
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_none_and_stays_to_be_mended() {
        let text = read_one("2026-03-29T02:30", "Europe/Berlin", "");
        assert_eq!(text, "2026-03-29T02:30[Europe/Berlin]");
        assert_eq!(
            shown(&text, &Zone::named(Some("Europe/Berlin"))),
            "2026-03-29T02:30"
        );
    }

    #[test]
    fn of_the_hour_that_comes_twice_the_first_is_meant_unless_it_was_the_second() {
        let read_in = |was: &str| read_one("2026-10-25T02:30", "Europe/Berlin", was);
        assert_eq!(read_in(""), "2026-10-25T00:30:00Z");
        assert_eq!(read_in("2026-10-25T01:30:00Z"), "2026-10-25T01:30:00Z");
        assert_eq!(
            read_in("2026-10-25T01:30:59.123456Z"),
            "2026-10-25T01:30:59.123456Z"
        );
        assert_eq!(read_in("2026-10-25T01:31:00Z"), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn the_control_shows_the_clock_of_the_zone() {
        let none = crate::models::FieldErrors::default();
        let control = FormField::new("at", "At", None, &none);
        let zone = Zone::named(Some("America/New_York"));
        let html = field(&control, "2026-07-01T12:00:00Z", &zone).into_string();
        assert!(
            html.contains(r#"type="datetime-local" value="2026-07-01T08:00""#),
            "{html}"
        );
        assert!(html.contains("Time zone: America/New_York"), "{html}");
    }
}
