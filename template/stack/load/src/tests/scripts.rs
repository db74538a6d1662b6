//! What becomes a step, and which response is expected.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::step::{Action, Outcome};

const ID: &str = "0198c1c2-7b6e-7d52-a3f0-1c9f0d1a2b3c";

fn outcomes(script: &Script) -> Vec<Outcome> {
    let outcome = |step: &crate::step::Step| match &step.action {
        Action::Message(message) => Some(message.expect),
        _ => None,
    };
    script.steps.iter().filter_map(outcome).collect()
}

#[test]
fn a_visit_becomes_steps_with_names_and_think_times() {
    let script = script(&[
        http(1_000, "GET", "/", 200),
        http(2_000, "GET", "/live", 101),
        live(3_000, "in", json!(["join", { "url": "/", "tz": "UTC" }])),
        live(4_000, "out", json!({ "v": 1 })),
        live(1_004_000, "in", json!(["ev", 1, 1, "2", "click", {}])),
        live(
            1_005_000,
            "out",
            json!({ "v": 2, "a": 1, "p": [0, 0, "x"] }),
        ),
        live(2_000_000, "in", json!(["ping"])),
        live(2_000_001, "out", json!({})),
        live(
            3_005_000,
            "in",
            json!(["nav", 2, format!("/notes/{ID}?a=1"), "push"]),
        ),
        live(
            3_006_000,
            "out",
            json!({ "v": 3, "a": 2, "n": 1, "u": [format!("/notes/{ID}?a=1"), "push"] }),
        ),
        live(
            4_000_000,
            "in",
            json!(["ev", 3, 3, "1", "input", { "name": "q", "value": "x" }]),
        ),
        live(4_000_001, "out", json!({ "a": 3 })),
    ]);
    assert_eq!(
        names(&script),
        [
            "GET /",
            "live /",
            "click 2 on /",
            "go to /notes/{id}",
            "input q on /notes/{id}"
        ]
    );
    assert_eq!(
        outcomes(&script),
        [Outcome::Patch, Outcome::Navigation, Outcome::Acknowledged]
    );
    let think_times: Vec<Duration> = script.steps.iter().map(|step| step.think).collect();
    assert_eq!(think_times[2], Duration::from_secs(1));
    assert_eq!(think_times[3], Duration::from_secs(2));
}

#[test]
fn a_handler_that_works_on_is_part_of_the_response() {
    let script = script(&[
        live(1, "in", json!(["join", { "url": "/" }])),
        live(2, "out", json!({ "v": 1 })),
        live(3, "in", json!(["ev", 1, 1, "1", "submit", {}])),
        live(4, "out", json!({ "a": 1, "w": [1] })),
        live(5, "out", json!({ "v": 2, "n": 1, "d": [1] })),
        live(6, "in", json!(["ev", 2, 2, "1", "click", {}])),
        live(7, "out", json!({ "go": "/", "a": 2 })),
    ]);
    assert_eq!(outcomes(&script), [Outcome::Navigation, Outcome::Redirect]);
}

#[test]
fn later_iterations_begin_after_the_login() {
    let mut lines = vec![
        http(1_000, "GET", "/login", 200),
        form(
            2_000,
            "/login",
            303,
            "email=a%40b.example&password=%5Bredacted%5D",
        ),
        http(3_000, "GET", "/notes", 200),
    ];
    let once = script(&lines);
    assert_eq!(once.loop_start, 2);
    let Action::Request(request) = &once.steps[1].action else {
        panic!()
    };
    assert_eq!(request.redirect.as_ref().unwrap().name(), "/notes");
    lines.push(form(4_000, "/logout", 303, ""));
    assert_eq!(
        script(&lines).loop_start,
        0,
        "after a logout each iteration logs in again"
    );
}

#[test]
fn visitors_are_told_apart_and_the_one_who_did_most_is_chosen() {
    let of = |mut line: Value, visitor: u64| {
        line["visitor"] = visitor.into();
        line
    };
    let mut opening = of(http(1, "GET", "/live", 101), 2);
    opening["connection"] = 1.into();
    let lines = [
        of(http(1, "GET", "/a", 200), 1),
        of(http(2, "GET", "/b", 200), 1),
        opening,
        live(3, "in", json!(["join", { "url": "/c" }])),
        of(http(4, "GET", "/c", 200), 2),
        of(http(5, "GET", "/d", 200), 2),
    ];
    let all = recording(&lines);
    assert_eq!(all.choose(None).unwrap().id, "2");
    assert_eq!(all.choose(Some("1")).unwrap().counts().requests, 2);
    let error = all.choose(Some("7")).unwrap_err().to_string();
    assert!(
        error.contains("`7`") && error.contains("`1`, `2`"),
        "{error}"
    );
}

#[test]
fn the_middle_of_a_connection_and_a_cancelled_upload_are_left_out() {
    let script = script(&[
        http(1, "GET", "/", 200),
        live(2, "in", json!(["ev", 9, 9, "1", "click", {}])),
        live(3, "in", json!(["join", { "url": "/upload" }])),
        live(
            4,
            "in",
            json!(["up", 1, "1", 1, 7, [["a.png", 70_000, "image/png"]]]),
        ),
        live(5, "in", json!(["upx", 7])),
        live(
            6,
            "in",
            json!(["up", 2, "1", 1, 8, [["b.png", 7, "image/png"]]]),
        ),
    ]);
    assert_eq!(
        names(&script),
        ["GET /", "live /upload", "upload on /upload"]
    );
}

#[test]
fn a_connection_is_closed_before_the_next_page_is_joined() {
    let mut second = live(5, "in", json!(["join", { "url": "/b" }]));
    second["connection"] = 2.into();
    let script = script(&[
        live(1, "in", json!(["join", { "url": "/a" }])),
        live(2, "in", json!(["ev", 1, 1, "1", "click", {}])),
        http(4, "GET", "/b", 200),
        second,
    ]);
    assert!(
        matches!(&script.steps[3].action, Action::Disconnect(connections) if connections == &[1])
    );
}

#[test]
fn a_message_of_a_page_that_was_left_is_not_played_and_the_next_iteration_does_not_register_again()
{
    let mut second = live(9_000, "in", json!(["join", { "url": "/notes" }]));
    second["connection"] = 2.into();
    let mut third = live(11_000, "in", json!(["ev", 1, 1, "1", "click", {}]));
    third["connection"] = 2.into();
    let lines = [
        http(1_000, "GET", "/register", 200),
        live(2_000, "in", json!(["join", { "url": "/register" }])),
        live(3_000, "in", json!(["ev", 1, 1, "1", "change", {}])),
        form(5_000, "/register", 303, "password=%5Bredacted%5D"),
        // On their way when the form was sent, and behind it in the file.
        live(5_001, "in", json!(["ev", 2, 1, "1", "blur", {}])),
        http(6_000, "GET", "/notes", 200),
        live(6_001, "in", json!(["ev", 3, 1, "1", "blur", {}])),
        http(7_000, "GET", "/static/app.css", 200),
        second,
        third,
    ];
    let script = script(&lines);
    assert_eq!(
        names(&script),
        [
            "GET /register",
            "live /register",
            "change 1 on /register",
            "POST /register",
            "GET /notes",
            "GET /static/app.css",
            "live /notes",
            "live /notes",
            "click 1 on /notes"
        ],
        "the second but last closes what was left"
    );
    assert_eq!(script.loop_start, 4);
}

#[test]
fn messages_of_another_tab_are_played_after_a_form_was_sent() {
    let lines = [
        live(2_000, "in", json!(["join", { "url": "/chat" }])),
        form(5_000, "/register", 303, "password=%5Bredacted%5D"),
        live(5_001, "in", json!(["ev", 1, 1, "1", "click", {}])),
        http(6_000, "GET", "/notes", 200),
        live(7_000, "in", json!(["ev", 2, 1, "1", "click", {}])),
    ];
    let script = script(&lines);
    let clicks = names(&script)
        .iter()
        .filter(|name| name.starts_with("click"))
        .count();
    assert_eq!(clicks, 2);
}

#[test]
fn what_the_browser_does_by_itself_is_told_apart_from_what_the_visitor_does() {
    let script = script(&[
        http(1_000, "GET", "/", 200),
        http(2_000, "GET", "/static/app.css?v=1", 200),
        live(3_000, "in", json!(["join", { "url": "/" }])),
        live(4_000, "in", json!(["ev", 1, 1, "1", "click", {}])),
        form(5_000, "/notes", 303, "a=1"),
        http(6_000, "GET", "/notes/1", 200),
        http(7_000, "GET", "/report.pdf", 200),
    ]);
    let automatic: Vec<bool> = script.steps.iter().map(|step| step.is_automatic).collect();
    assert_eq!(automatic, [false, true, true, false, false, true, false]);
}
