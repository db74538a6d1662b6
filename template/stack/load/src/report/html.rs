//! Results as a page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{STYLE, charts};
use crate::{
    generator,
    metrics::{Latencies, Results, short},
    mix::Mix,
    plan::Plan,
    thresholds,
};

/// All results as a page.
pub fn html(plan: &Plan, mix: &Mix, results: &Results, time: &str) -> String {
    let think = match plan.think {
        None => "as recorded".to_owned(),
        Some((min, max)) => format!("{min:?} to {max:?}"),
    };
    let failed = thresholds::failed(plan, results);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Load test, " (time) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        h1 { "Load test" }
                        p {
                            code { (plan.names()) } " at " code { (plan.url) } ", " (time)
                            ". Think time: " (think) "."
                        }
                    }
                    @if !failed.is_empty() {
                        section .failed role="alert" {
                            h2 { "Failed thresholds" }
                            ul { @for threshold in &failed { li { (threshold) } } }
                        }
                    }
                    (tiles(results))
                    @if !results.stalls.is_empty() {
                        section {
                            h2 { "Times without an answer" }
                            ul { @for stall in &results.stalls { li { (stall) } } }
                        }
                    }
                    @if let Some(warning) = generator::holds_up(results) {
                        section .failed role="alert" { p { (warning) } }
                    }
                    @if let Some(server) = &results.server {
                        section {
                            h2 { "What the server measured itself" }
                            p { (server) "." }
                        }
                    }
                    section .charts { (charts(&results.timeline)) }
                    section { h2 { "Steps" } (steps(mix, results)) }
                    section { h2 { "Errors" } (errors(mix, results)) }
                    footer {
                        p {
                            "A closed loop: each user waits for a response before the next step. The percentiles at the "
                            "top also count what users could not ask while they waited, and what was never answered; those "
                            "of the steps and of the charts are those of the responses that came."
                        }
                    }
                }
            }
        }
    }
    .into_string()
}

fn tiles(results: &Results) -> Markup {
    let counts = &results.counts;
    let (latencies, waits) = (counts.latencies(), results.waits());
    let users = results.timeline.iter().map(|sample| sample.users).max();
    let percent = format!("{} %", short(counts.error_percent()));
    let tiles = [
        (
            "responses per second",
            short(results.responses_per_second()),
            "",
        ),
        ("responses", latencies.count().to_string(), ""),
        ("errors", counts.error_count().to_string(), percent.as_str()),
        ("p50", short(waits.percentile(50.0)), "ms"),
        ("p99", short(waits.percentile(99.0)), "ms"),
        ("max", short(results.max()), "ms"),
        ("users", users.unwrap_or_default().to_string(), ""),
        ("seconds", short(results.duration.as_secs_f64()), ""),
        ("iterations", counts.iterations.to_string(), ""),
    ];
    html! {
        dl .tiles {
            @for (name, value, unit) in tiles {
                div {
                    dt { (name) }
                    dd {
                        (value)
                        @if !unit.is_empty() { " " small { (unit) } }
                    }
                }
            }
        }
    }
}

fn steps(mix: &Mix, results: &Results) -> Markup {
    let counts = &results.counts;
    html! {
        div .wide tabindex="0" role="region" aria-label="Steps" {
            table {
                thead {
                    tr {
                        @for head in ["step", "responses", "errors", "p50 ms", "p90 ms", "p99 ms", "max ms"] {
                            th scope="col" { (head) }
                        }
                    }
                }
                tbody {
                    @for (index, (name, step)) in mix.names.iter().zip(&counts.steps).enumerate() {
                        tr { (step_cells(name, counts.step_errors(index), step)) }
                    }
                    tr .all { (step_cells("all", counts.error_count(), &counts.latencies())) }
                }
            }
        }
    }
}

fn step_cells(name: &str, errors: u64, latencies: &Latencies) -> Markup {
    html! {
        th scope="row" { (name) }
        td { (latencies.count()) }
        td .bad[errors > 0] { (errors) }
        @for percent in [50.0, 90.0, 99.0] {
            td { (short(latencies.percentile(percent))) }
        }
        td { (short(latencies.max())) }
    }
}

fn errors(mix: &Mix, results: &Results) -> Markup {
    let errors = results.counts.frequent_errors();
    html! {
        @if errors.is_empty() {
            p { "None." }
        } @else {
            div .wide tabindex="0" role="region" aria-label="Errors" {
                table {
                    thead {
                        tr {
                            th scope="col" { "step" }
                            th scope="col" .text { "error" }
                            th scope="col" { "count" }
                        }
                    }
                    tbody {
                        @for (name, kind, count) in errors {
                            tr {
                                th scope="row" { (mix.step_name(name)) }
                                td .text { (kind) }
                                td { (count) }
                            }
                        }
                    }
                }
            }
        }
    }
}
