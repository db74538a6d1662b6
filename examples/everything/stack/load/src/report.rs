//! What has come of a run: as a page that needs nothing else, and as JSON.

mod chart;
mod date;

use serde_json::{Value, json};

use crate::{
    Script,
    crowd::Measured,
    metrics::{Latencies, Moment},
    plan::Plan,
    verdict::{missed, share_of_errors, short},
};

pub use date::stamp;

const STYLE: &str = include_str!("report/report.css");

/// All figures as JSON.
pub fn json(plan: &Plan, script: &Script, measured: &Measured) -> Value {
    let counts = &measured.counts;
    let steps = script.names.iter().zip(&counts.steps).enumerate();
    let steps = steps.map(|(number, (name, step))| {
        let errors: u64 = counts
            .errors
            .iter()
            .filter(|((of, _), _)| *of == number)
            .map(|(_, count)| count)
            .sum();
        let mut step = latencies(step);
        step["name"] = json!(name);
        step["errors"] = json!(errors);
        step
    });
    let errors = counts.errors.iter().map(|((name, kind), count)| {
        json!({ "step": script.names.get(*name), "kind": kind, "count": count })
    });
    let moments = measured.moments.iter().map(moment);
    json!({
        "plan": plan.to_json(),
        "seconds": measured.took.as_secs_f64(),
        "rounds": counts.rounds,
        "answers": counts.all().count(),
        "answers_per_second": per_second(measured),
        "errors": counts.failures(),
        "errors_percent": share_of_errors(measured),
        "all": latencies(&counts.all()),
        "steps": steps.collect::<Vec<_>>(),
        "errors_by_kind": errors.collect::<Vec<_>>(),
        "moments": moments.collect::<Vec<_>>(),
        "missed": missed(plan, measured),
    })
}

fn latencies(of: &Latencies) -> Value {
    json!({
        "count": of.count(),
        "mean_ms": of.mean(),
        "p50_ms": of.percentile(50.0),
        "p90_ms": of.percentile(90.0),
        "p99_ms": of.percentile(99.0),
        "max_ms": of.max(),
    })
}

/// A second, as the page draws it.
pub fn moment(of: &Moment) -> Value {
    json!({
        "at": of.at, "answers": of.answers, "errors": of.errors, "p50_ms": of.p50, "p90_ms": of.p90, "p99_ms": of.p99,
        "users": of.users, "connected": of.connected,
    })
}

/// Answers a second, over all of it.
pub fn per_second(measured: &Measured) -> f64 {
    measured.counts.all().count() as f64 / measured.took.as_secs_f64().max(0.001)
}

/// All figures as a page.
pub fn html(plan: &Plan, script: &Script, measured: &Measured, title: &str) -> String {
    let counts = &measured.counts;
    let all = counts.all();
    let missed = missed(plan, measured);
    let verdict = if missed.is_empty() {
        String::new()
    } else {
        let items: String = missed
            .iter()
            .map(|text| format!("<li>{}</li>", escaped(text)))
            .collect();
        format!(
            "<section class=\"missed\" role=\"alert\"><h2>Missed</h2><ul>{items}</ul></section>"
        )
    };
    let tile = |name: &str, value: String| format!("<div><dt>{name}</dt><dd>{value}</dd></div>");
    let users = measured.moments.iter().map(|one| one.users).max();
    let tiles = [
        tile("answers a second", short(per_second(measured))),
        tile("answers", all.count().to_string()),
        tile(
            "errors",
            format!(
                "{} <small>{} %</small>",
                counts.failures(),
                short(share_of_errors(measured))
            ),
        ),
        tile(
            "p50",
            format!("{} <small>ms</small>", short(all.percentile(50.0))),
        ),
        tile(
            "p99",
            format!("{} <small>ms</small>", short(all.percentile(99.0))),
        ),
        tile("users", users.unwrap_or_default().to_string()),
        tile("seconds", short(measured.took.as_secs_f64())),
        tile("rounds", counts.rounds.to_string()),
    ];
    let charts = chart::all(&measured.moments);
    let think = match plan.think {
        None => "as recorded".to_owned(),
        Some((least, most)) => format!("{least:?} to {most:?}"),
    };
    let file = escaped(&plan.file.to_string_lossy());
    let url = escaped(&plan.url);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Load test, {title}</title><style>{STYLE}</style></head><body><main><header><h1>Load test</h1>\
         <p><code>{file}</code> at <code>{url}</code>, {title}. Time to think: {think}.</p></header>{verdict}\
         <dl class=\"tiles\">{}</dl><section class=\"charts\">{charts}</section>\
         <section><h2>Steps</h2>{}</section><section><h2>Errors</h2>{}</section>\
         <footer><p>A closed loop: each user waits for an answer before the next step, so while the server is slow less is \
         asked of it, and the latencies are those of what was asked.</p></footer></main></body></html>\n",
        tiles.concat(),
        steps(script, measured),
        errors(script, measured),
    )
}

fn steps(script: &Script, measured: &Measured) -> String {
    let counts = &measured.counts;
    let row = |name: &str, errors: u64, step: &Latencies| {
        let figures = [
            step.percentile(50.0),
            step.percentile(90.0),
            step.percentile(99.0),
            step.max(),
        ];
        let figures: String = figures
            .iter()
            .map(|figure| format!("<td>{}</td>", short(*figure)))
            .collect();
        let bad = if errors > 0 { " class=\"bad\"" } else { "" };
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td{bad}>{errors}</td>{figures}</tr>",
            escaped(name),
            step.count()
        )
    };
    let mut rows: String = script
        .names
        .iter()
        .zip(&counts.steps)
        .enumerate()
        .map(|(number, (name, step))| {
            let errors = counts
                .errors
                .iter()
                .filter(|((of, _), _)| *of == number)
                .map(|(_, count)| count)
                .sum();
            row(name, errors, step)
        })
        .collect();
    rows.push_str(&row("all", counts.failures(), &counts.all()).replacen(
        "<tr>",
        "<tr class=\"all\">",
        1,
    ));
    format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Steps\"><table><thead><tr><th scope=\"col\">step</th>\
         <th scope=\"col\">answers</th><th scope=\"col\">errors</th><th scope=\"col\">p50 ms</th><th scope=\"col\">p90 ms</th>\
         <th scope=\"col\">p99 ms</th><th scope=\"col\">max ms</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

fn errors(script: &Script, measured: &Measured) -> String {
    let mut all: Vec<_> = measured.counts.errors.iter().collect();
    if all.is_empty() {
        return "<p>None.</p>".to_owned();
    }
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let row = |((name, kind), count): (&(usize, String), &u64)| {
        let name = script.names.get(*name).map_or("", String::as_str);
        format!(
            "<tr><th scope=\"row\">{}</th><td class=\"text\">{}</td><td>{count}</td></tr>",
            escaped(name),
            escaped(kind)
        )
    };
    let rows: String = all.into_iter().map(row).collect();
    format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Errors\"><table><thead><tr><th scope=\"col\">step</th>\
         <th scope=\"col\" class=\"text\">what happened</th><th scope=\"col\">times</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// As text in HTML: names come from a recording, kinds in part from a server.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::metrics::Share;

    fn example() -> (Plan, Script, Measured) {
        let names = vec!["GET /".to_owned(), "click <b>".to_owned()];
        let script = Script {
            steps: Vec::new(),
            again_from: 0,
            names,
            reads_pages: false,
            has_live_pages: false,
            calls: Vec::new(),
        };
        let share = Share::new(2);
        for millis in [1, 2, 30] {
            share.answered(0, Duration::from_millis(millis));
        }
        share.failed(1, "expected a patch, got <script>".into());
        let counts = share.take();
        let moments = (0..3)
            .map(|at| Moment::of(Duration::from_secs(at), 1.0, &counts, (2, 1)))
            .collect();
        (
            Plan::new("demo.jsonl", "http://localhost"),
            script,
            Measured {
                counts,
                moments,
                took: Duration::from_secs(3),
            },
        )
    }

    #[test]
    fn the_json_has_each_step_and_each_kind_of_error() {
        let (plan, script, measured) = example();
        let json = json(&plan, &script, &measured);
        assert_eq!((&json["answers"], &json["errors"]), (&json!(3), &json!(1)));
        assert_eq!(json["steps"][0]["count"], 3);
        assert_eq!(
            json["errors_by_kind"][0]["kind"],
            "expected a patch, got <script>"
        );
        assert_eq!(json["moments"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn the_page_needs_nothing_else_and_runs_nothing() {
        let (plan, script, measured) = example();
        let page = html(&plan, &script, &measured, "now");
        assert!(page.contains("click &lt;b&gt;") && page.contains("got &lt;script&gt;"));
        for foreign in ["<script", "src=", "href=", "@import", "url("] {
            assert!(!page.contains(foreign), "`{foreign}` is in\n{page}");
        }
        assert_eq!(page.matches("<svg").count(), 4);
    }
}
