//! Everybody's time in a window of days: by day, by author, as rows and as JSON.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::span::{self, Span};
use super::{clock, days};

/// Whose time, and how much of it is in a committed file.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// From files, proven.
    pub cemented: Vec<Span>,
    /// From this machine's log.
    pub logged: Vec<Span>,
}

/// The time of everybody, by the name that git has for them.
pub type People = BTreeMap<String, Person>;

/// The days that a report is about, both included.
#[derive(Clone, Debug)]
pub struct Period {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// Whose days they are.
    pub zone: TimeZone,
}

/// One person's part of a report.
#[derive(Clone, Debug)]
pub struct Share {
    /// Who.
    pub author: String,
    /// Seconds by day; days without any are left out.
    pub days: BTreeMap<Date, i64>,
    /// Seconds in the period.
    pub seconds: i64,
    /// Those of them that are in a committed file.
    pub cemented: i64,
}

/// A report.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What it is about.
    pub period: Period,
    /// Who has time in it, most first.
    pub shares: Vec<Share>,
}

impl Sheet {
    /// The part of everybody's time that lies in the period. A second that a person spent on two machines counts once.
    #[must_use]
    pub fn of(people: &People, period: Period) -> Self {
        let Some(window) = days::window(period.first, period.last, &period.zone) else {
            return Self { period, shares: Vec::new() };
        };
        let mut shares = Vec::new();
        for (author, person) in people {
            let cemented = span::within(&span::union(person.cemented.iter().copied()), window);
            let all = span::union(person.cemented.iter().chain(&person.logged).copied());
            let all = span::within(&all, window);
            if !all.is_empty() {
                shares.push(Share {
                    author: author.clone(),
                    days: days::seconds(&all, &period.zone),
                    seconds: span::seconds(&all),
                    cemented: span::seconds(&cemented),
                });
            }
        }
        shares.sort_by(|a, b| b.seconds.cmp(&a.seconds).then_with(|| a.author.cmp(&b.author)));
        Self { period, shares }
    }

    /// Everybody's seconds.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.shares.iter().map(|share| share.seconds).sum()
    }

    /// Everybody's seconds by day.
    #[must_use]
    pub fn days(&self) -> BTreeMap<Date, i64> {
        let mut days = BTreeMap::new();
        for (day, seconds) in self.shares.iter().flat_map(|share| &share.days) {
            *days.entry(*day).or_insert(0) += seconds;
        }
        days
    }

    /// A line a day, with a bar, and the sum.
    #[must_use]
    pub fn by_day(&self) -> Vec<String> {
        let days = self.days();
        let most = days.values().copied().max().unwrap_or(0);
        let mut rows: Vec<_> = days
            .iter()
            .map(|(day, seconds)| (day.strftime("%a %Y-%m-%d").to_string(), *seconds, bar(*seconds, most)))
            .collect();
        rows.push(("total".to_owned(), self.seconds(), String::new()));
        let width = widest(rows.iter().map(|(_, seconds, _)| clock(*seconds)));
        rows.iter()
            .map(|(day, seconds, bar)| format!("{day:<14}  {:>width$}  {bar}", clock(*seconds)).trim_end().to_owned())
            .collect()
    }

    /// A line an author, with a bar and what is not cemented, and the sum.
    #[must_use]
    pub fn by_author(&self) -> Vec<String> {
        let most = self.shares.iter().map(|share| share.seconds).max().unwrap_or(0);
        let name = widest(self.shares.iter().map(|share| share.author.clone())).max(5);
        let width = widest([clock(self.seconds())]);
        let mut rows: Vec<String> = self
            .shares
            .iter()
            .map(|share| {
                let open = share.seconds - share.cemented;
                let note = if open >= 30 { format!("  {} of it not cemented", clock(open)) } else { String::new() };
                let pad = " ".repeat(name - share.author.chars().count());
                let time = clock(share.seconds);
                let row = format!("{}{pad}  {time:>width$}  {}{note}", share.author, bar(share.seconds, most));
                row.trim_end().to_owned()
            })
            .collect();
        rows.push(format!("{:<name$}  {:>width$}", "total", clock(self.seconds())));
        rows
    }

    /// All of it, for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let by_day = |days: &BTreeMap<Date, i64>| -> Value {
            days.iter().map(|(day, seconds)| json!({ "day": day.to_string(), "seconds": seconds })).collect()
        };
        let authors: Vec<Value> = self
            .shares
            .iter()
            .map(|share| {
                json!({
                    "author": share.author,
                    "seconds": share.seconds,
                    "cemented": share.cemented,
                    "days": by_day(&share.days),
                })
            })
            .collect();
        json!({
            "since": self.period.first.to_string(),
            "until": self.period.last.to_string(),
            "zone": self.period.zone.iana_name(),
            "seconds": self.seconds(),
            "days": by_day(&self.days()),
            "authors": authors,
        })
    }
}

fn widest(texts: impl IntoIterator<Item = String>) -> usize {
    texts.into_iter().map(|text| text.chars().count()).max().unwrap_or(0)
}

/// A bar of at most 24 characters, in eighths of one.
fn bar(seconds: i64, most: i64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = if most > 0 { (seconds * 24 * 8 / most).clamp(1, 24 * 8) as usize } else { 0 };
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn span(day: i8, hour: i8, minutes: i64) -> Span {
        let from =
            date(2026, 11, day).at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).expect("a moment").timestamp().as_second();
        Span::new(from, from + minutes * 60).expect("a span")
    }

    fn sheet() -> Sheet {
        let ada = Person {
            cemented: vec![span(24, 9, 90), span(26, 9, 30)],
            logged: vec![span(26, 9, 60), span(27, 23, 120)],
        };
        let bob = Person { cemented: vec![span(24, 9, 60), span(1, 9, 600)], logged: vec![] };
        let gone = Person { cemented: vec![span(1, 9, 60)], logged: vec![] };
        let people = [("Ada <ada@example.org>", ada), ("Bob <bob@example.org>", bob), ("Zoë <zoe@example.org>", gone)];
        let period = Period { first: date(2026, 11, 20), last: date(2026, 11, 27), zone: TimeZone::UTC };
        Sheet::of(&people.map(|(name, person)| (name.to_owned(), person)).into(), period)
    }

    #[test]
    fn a_day_has_everybodys_time_and_ends_at_midnight() {
        insta::assert_snapshot!(sheet().by_day().join("\n"), @"
        Tue 2026-11-24  2:30  ████████████████████████
        Thu 2026-11-26  1:00  █████████▌
        Fri 2026-11-27  1:00  █████████▌
        total           4:30
        ");
    }

    #[test]
    fn an_authors_time_counts_once_whether_it_is_cemented_or_not() {
        insta::assert_snapshot!(sheet().by_author().join("\n"), @"
        Ada <ada@example.org>  3:30  ████████████████████████  1:30 of it not cemented
        Bob <bob@example.org>  1:00  ██████▊
        total                  4:30
        ");
    }

    #[test]
    fn programs_get_seconds() {
        let json = sheet().json();
        assert_eq!(json["seconds"], 4 * 3600 + 1800);
        assert_eq!(json["authors"][0]["cemented"], 7200);
        assert_eq!(json["days"][0], json!({ "day": "2026-11-24", "seconds": 9000 }));
    }
}
