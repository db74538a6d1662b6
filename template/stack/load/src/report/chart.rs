//! Charts as SVG.

use maud::{Markup, html};

use crate::metrics::{Sample, short};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;
/// Points of a line; of more samples, each point is the maximum of several.
const MAX_POINTS: usize = 300;

/// A line of a chart.
struct Line {
    name: &'static str,
    class: &'static str,
    value: fn(&Sample) -> f64,
}

/// Throughput, latencies, errors and users.
pub(crate) fn charts(timeline: &[Sample]) -> Markup {
    let line = |name, class, value| Line { name, class, value };
    let responses = [line("responses", "a", |sample| sample.responses)];
    let latencies = [
        line("p50", "a", |sample| sample.p50),
        line("p90", "b", |sample| sample.p90),
        line("p99", "c", |sample| sample.p99),
    ];
    let errors = [line("errors", "bad", |sample| sample.errors)];
    let users = [
        line("users", "a", |sample| sample.users as f64),
        line("live pages", "b", |sample| sample.connected as f64),
    ];
    html! {
        (chart("Responses per second", "", &responses, timeline))
        (chart("Latency", " ms", &latencies, timeline))
        (chart("Errors per second", "", &errors, timeline))
        (chart("Users", "", &users, timeline))
    }
}

fn chart(title: &str, unit: &str, lines: &[Line], timeline: &[Sample]) -> Markup {
    let lines: Vec<(&Line, Vec<(f64, f64)>)> = lines
        .iter()
        .map(|line| (line, points(line, timeline)))
        .collect();
    let max = |points: &[(f64, f64)]| points.iter().map(|point| point.1).fold(0.0, f64::max);
    let highest = lines.iter().map(|(_, points)| max(points));
    let top = axis_end(highest.fold(0.0, f64::max));
    let end = timeline.last().map_or(1.0, |last| last.at.max(1.0));
    let axes = Axes { top, end };
    html! {
        figure {
            figcaption {
                h2 { (title) }
                p .key {
                    @for (line, points) in &lines {
                        span class=(line.class) {
                            (line.name) " " small { "up to " (short(max(points))) (unit) }
                        }
                    }
                }
            }
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(title) {
                (axes.grid())
                @for (line, points) in &lines {
                    polyline class=(line.class) points=(axes.path(points)) {}
                }
            }
        }
    }
}

fn points(line: &Line, timeline: &[Sample]) -> Vec<(f64, f64)> {
    let size = timeline.len().div_ceil(MAX_POINTS).max(1);
    let max = |part: &[Sample]| part.iter().map(line.value).fold(0.0, f64::max);
    timeline
        .chunks(size)
        .map(|part| (part[part.len() - 1].at, max(part)))
        .collect()
}

/// The scale of a chart.
struct Axes {
    /// The value at the top.
    top: f64,
    /// Seconds at the right edge.
    end: f64,
}

impl Axes {
    fn x(&self, at: f64) -> String {
        let x = LEFT + (WIDTH - LEFT - RIGHT) * at / self.end;
        format!("{x:.1}")
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top
    }

    fn path(&self, points: &[(f64, f64)]) -> String {
        let points: Vec<String> = points
            .iter()
            .map(|(at, value)| format!("{},{:.1}", self.x(*at), self.y(*value)))
            .collect();
        points.join(" ")
    }

    fn grid(&self) -> Markup {
        let tick = axis_end(self.end / 4.0);
        let seconds = (0..=(self.end / tick) as u32).map(|part| tick * f64::from(part));
        html! {
            @for value in (0..=4).map(|part| self.top * f64::from(part) / 4.0) {
                @let y = self.y(value);
                line .grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(format!("{y:.1}")) y2=(format!("{y:.1}")) {}
                text x=(LEFT - 6.0) y=(format!("{:.1}", y + 4.0)) text-anchor="end" { (short(value)) }
            }
            @for at in seconds {
                @let anchor = if at > 0.95 * self.end { "end" } else { "middle" };
                text x=(self.x(at)) y=(HEIGHT - 8.0) text-anchor=(anchor) { (short(at)) " s" }
            }
        }
    }
}

/// The end of an axis: a round number that is not smaller.
pub(crate) fn axis_end(number: f64) -> f64 {
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
