//! Charts as SVG.

use crate::{metrics::Moment, verdict::short};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;
/// Points of a line; of more, each is the most of several.
const POINTS: usize = 300;

/// A line: its name, its class, and what it shows.
type Line = (&'static str, &'static str, fn(&Moment) -> f64);

/// Throughput, latencies, errors and users.
pub(super) fn all(moments: &[Moment]) -> String {
    let charts: [(&str, &str, &[Line]); 4] = [
        (
            "Answers a second",
            "",
            &[("answers", "a", |one| one.answers)],
        ),
        (
            "Latency",
            "ms",
            &[
                ("p50", "a", |one| one.p50),
                ("p90", "b", |one| one.p90),
                ("p99", "c", |one| one.p99),
            ],
        ),
        (
            "Errors a second",
            "",
            &[("errors", "bad", |one| one.errors)],
        ),
        (
            "Users",
            "",
            &[
                ("users", "a", |one| one.users as f64),
                ("live pages", "b", |one| one.connected as f64),
            ],
        ),
    ];
    charts
        .iter()
        .map(|(title, unit, lines)| chart(title, unit, lines, moments))
        .collect()
}

fn chart(title: &str, unit: &str, lines: &[Line], moments: &[Moment]) -> String {
    let points = |line: &Line| -> Vec<(f64, f64)> {
        let size = moments.len().div_ceil(POINTS).max(1);
        let most = |part: &[Moment]| part.iter().map(line.2).fold(0.0, f64::max);
        moments
            .chunks(size)
            .map(|part| (part[part.len() - 1].at, most(part)))
            .collect()
    };
    let all: Vec<Vec<(f64, f64)>> = lines.iter().map(points).collect();
    let highest = all
        .iter()
        .flatten()
        .map(|point| point.1)
        .fold(0.0, f64::max);
    let top = nice(highest);
    let end = moments.last().map_or(1.0, |last| last.at.max(1.0));
    let x = |at: f64| LEFT + (WIDTH - LEFT - RIGHT) * at / end;
    let y = |value: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    let mut inside = String::new();
    for part in 0..=4 {
        let value = top * f64::from(part) / 4.0;
        let at = y(value);
        inside.push_str(&format!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            short(value),
        ));
    }
    let tick = nice(end / 4.0);
    for part in 0..=(end / tick) as u32 {
        let at = tick * f64::from(part);
        let anchor = if at > 0.95 * end { "end" } else { "middle" };
        inside.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{} s</text>",
            x(at),
            HEIGHT - 8.0,
            short(at)
        ));
    }
    let mut key = String::new();
    for (line, points) in lines.iter().zip(&all) {
        let path: Vec<String> = points
            .iter()
            .map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value)))
            .collect();
        inside.push_str(&format!(
            "<polyline class=\"{}\" points=\"{}\"/>",
            line.1,
            path.join(" ")
        ));
        let most = points.iter().map(|point| point.1).fold(0.0, f64::max);
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!(" {unit}")
        };
        key.push_str(&format!(
            "<span class=\"{}\">{} <small>up to {}{unit}</small></span>",
            line.1,
            line.0,
            short(most)
        ));
    }
    format!(
        "<figure><figcaption><h2>{title}</h2><p class=\"key\">{key}</p></figcaption>\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">{inside}</svg></figure>"
    )
}

/// A round number that is not smaller.
fn nice(number: f64) -> f64 {
    if number <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(number.log10().floor());
    let steps = [1.0, 2.0, 4.0, 5.0, 8.0, 10.0];
    let fits = steps
        .iter()
        .map(|step| step * power)
        .find(|top| *top >= number);
    fits.unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_a_chart_is_round_and_not_below_what_is_in_it() {
        for (number, top) in [
            (0.0, 1.0),
            (0.3, 0.4),
            (7.0, 8.0),
            (10.0, 10.0),
            (101.0, 200.0),
            (4100.0, 5000.0),
        ] {
            assert!(
                (nice(number) - top).abs() < 1e-9,
                "{number}: {}",
                nice(number)
            );
        }
    }

    #[test]
    fn a_long_run_and_none_at_all_can_be_drawn() {
        let long: Vec<Moment> = (0..10_000)
            .map(|at| Moment {
                at: f64::from(at),
                p99: 2.0,
                ..Moment::default()
            })
            .collect();
        assert!(all(&long).len() < 60_000);
        assert!(!all(&[]).contains("NaN"));
    }
}
