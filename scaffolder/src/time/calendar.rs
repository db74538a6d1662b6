//! Weeks by days as a picture: an SVG that stands alone, in a light or a dark surrounding.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;

use super::{clock, days};

const CELL: i64 = 13;
const STEP: i64 = 16;
const LEFT: i64 = 40;
const TOP: i64 = 72;
const WEEKS: i64 = 53;

const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#57606a}.h{font-size:15px;font-weight:600;fill:#1f2328}.m{font-weight:600;fill:#1f2328}\
.l0{fill:#ebedf0}.l1{fill:#b6e3d4}.l2{fill:#6cc4a8}.l3{fill:#2f9c7c}.l4{fill:#0f6b54}\
@media(prefers-color-scheme:dark){text{fill:#9198a1}.h,.m{fill:#f0f6fc}\
.l0{fill:#23282f}.l1{fill:#0f4a3c}.l2{fill:#14775f}.l3{fill:#2aab88}.l4{fill:#7fe3c6}}";

/// The first day of the calendar that ends with `last`: a Monday.
#[must_use]
pub fn first(last: Date) -> Date {
    days::before(days::monday(last), (WEEKS - 1) * 7)
}

/// The year that ends with the week of `last`, a column a week, a row a day, and what each month sums up to.
#[must_use]
pub fn svg(seconds: &BTreeMap<Date, i64>, last: Date, title: &str) -> String {
    let first = first(last);
    let shown: BTreeMap<Date, i64> = seconds.range(first..=last).map(|(day, seconds)| (*day, *seconds)).collect();
    let total: i64 = shown.values().sum();
    let (width, height) = (LEFT + WEEKS * STEP + 16, TOP + 7 * STEP + 34);
    let title = escaped(title);
    let worked = shown.values().filter(|seconds| **seconds > 0).count();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">{title}</title>\n\
         <desc id=\"d\">{} hours on {worked} days from {first} to {last}.{}</desc>\n<style>{STYLE}</style>\n\
         <text class=\"h\" x=\"{LEFT}\" y=\"22\">{title}: {} hours</text>\n",
        clock(total),
        spoken_months(&shown),
        clock(total),
    );
    for (row, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri")] {
        let _ = writeln!(out, "<text x=\"8\" y=\"{}\">{name}</text>", TOP + row * STEP + 11);
    }
    months(&mut out, first, last, &shown);
    let mut day = first;
    for index in 0.. {
        let (x, y) = (LEFT + index / 7 * STEP, TOP + index % 7 * STEP);
        let seconds = shown.get(&day).copied().unwrap_or(0);
        let said = day.strftime("%a %-d %b %Y");
        let _ = writeln!(
            out,
            "<rect class=\"l{}\" x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" rx=\"3\"><title>{said}: {}</title></rect>",
            level(seconds),
            clock(seconds),
        );
        match day.tomorrow() {
            Ok(next) if day < last => day = next,
            _ => break,
        }
    }
    legend(&mut out, width, TOP + 7 * STEP + 10);
    out + "</svg>\n"
}

/// How dark a day is: nothing, up to 1, 3, 5 hours, more.
const fn level(seconds: i64) -> u8 {
    match seconds {
        ..30 => 0,
        30..=3600 => 1,
        3601..=10_800 => 2,
        10_801..=18_000 => 3,
        _ => 4,
    }
}

/// Above the week that a month's first day lies in: its name, and its sum if there is one.
fn months(out: &mut String, first: Date, last: Date, shown: &BTreeMap<Date, i64>) {
    let mut next_free = i64::MIN;
    for week in 0..WEEKS {
        let monday = days::before(first, -7 * week);
        let sunday = days::before(monday, -6).min(last);
        // The first column belongs to a month that began earlier.
        let begins = week == 0 || sunday.day() <= 7 && (sunday.month() != days::before(monday, 1).month());
        if !begins || monday > last {
            continue;
        }
        let x = LEFT + week * STEP;
        // A month of which only the last days are shown would write over the next one.
        if x < next_free {
            continue;
        }
        if week == 0 && days::before(first, -7 * 2).month() != sunday.month() {
            continue;
        }
        next_free = x + 2 * STEP;
        let sum = sum_of(shown, sunday);
        let _ = writeln!(out, "<text class=\"m\" x=\"{x}\" y=\"{}\">{}</text>", TOP - 24, sunday.strftime("%b"));
        if sum > 0 {
            let _ = writeln!(out, "<text x=\"{x}\" y=\"{}\">{}</text>", TOP - 9, clock(sum));
        }
    }
}

fn sum_of(shown: &BTreeMap<Date, i64>, month: Date) -> i64 {
    shown.range(month.first_of_month()..=month.last_of_month()).map(|(_, seconds)| seconds).sum()
}

/// What each month sums up to, for those who hear the picture.
fn spoken_months(shown: &BTreeMap<Date, i64>) -> String {
    let mut months: BTreeMap<Date, i64> = BTreeMap::new();
    for (day, seconds) in shown {
        *months.entry(day.first_of_month()).or_insert(0) += seconds;
    }
    months.iter().fold(String::new(), |mut text, (month, seconds)| {
        let _ = write!(text, " {}: {}.", month.strftime("%B %Y"), clock(*seconds));
        text
    })
}

fn legend(out: &mut String, width: i64, y: i64) {
    let labels = ["0", "≤1 h", "≤3 h", "≤5 h", "more"];
    let mut x = width - 16 - labels.len() as i64 * 56;
    for (level, label) in labels.iter().enumerate() {
        let _ = writeln!(
            out,
            "<rect class=\"l{level}\" x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" rx=\"3\"/>\
             <text x=\"{}\" y=\"{}\">{label}</text>",
            x + CELL + 5,
            y + 11,
        );
        x += 56;
    }
}

/// A text between two tags. These three lines would be the only use of a crate that escapes XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_day_of_the_year_is_there_once_and_the_future_is_not() {
        let svg = svg(&BTreeMap::new(), date(2026, 11, 27), "shop");
        assert_eq!(svg.matches("<rect").count() - 5, 52 * 7 + 5);
        assert!(svg.contains("Fri 27 Nov 2026: 0:00") && !svg.contains("28 Nov 2026"));
    }

    #[test]
    fn a_month_says_what_it_sums_up_to_to_eyes_and_ears() {
        let seconds =
            BTreeMap::from([(date(2026, 10, 1), 3600), (date(2026, 10, 31), 1800), (date(2026, 11, 2), 20_000)]);
        let svg = svg(&seconds, date(2026, 11, 27), "Tom & <Jerry>");
        assert!(svg.contains(">1:30</text>") && svg.contains("October 2026: 1:30. November 2026: 5:33."));
        assert!(svg.contains("Tom &amp; &lt;Jerry&gt;: 7:03 hours"));
        assert!(svg.contains("class=\"l4\"") && svg.contains("role=\"img\""));
    }
}
