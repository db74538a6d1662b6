//! HAR files → scripts.

use serde_json::json;

use super::*;
use crate::step::{Action, Body};

fn entry(second: u32, method: &str, url: &str, status: i64) -> Value {
    json!({
        "startedDateTime": format!("2026-01-31T12:00:{second:02}.000+01:00"),
        "time": 12.5,
        "request": { "method": method, "url": url, "headers": [] },
        "response": { "status": status },
    })
}

fn har(entries: &[Value]) -> Result<Recording, crate::Error> {
    let text = json!({ "log": { "version": "1.2", "entries": entries } }).to_string();
    Recording::read_har(text.as_bytes())
}

#[test]
fn requests_to_the_site_and_messages_of_its_live_pages_are_played() {
    let mut login = entry(5, "POST", "https://shop.example/login?a=1", 303);
    login["request"]["postData"] = json!({
        "mimeType": "application/x-www-form-urlencoded", "text": "email=a%40b.example&password=hunter2",
    });
    let mut live = entry(2, "GET", "wss://shop.example/live", 101);
    live["_webSocketMessages"] = json!([
        { "type": "send", "time": 1_769_857_203.0, "opcode": 1, "data": "[\"join\",{\"url\":\"/login\"}]" },
        { "type": "receive", "time": 1_769_857_203.1, "opcode": 1, "data": "{\"v\":1}" },
        { "type": "send", "time": 1_769_857_203.2, "opcode": 2, "data": "AAAA" },
    ]);
    let recording = har(&[
        entry(1, "GET", "https://shop.example/login", 200),
        live,
        entry(1, "GET", "https://tracker.example/pixel.gif", 200),
        entry(4, "GET", "https://shop.example/aborted", 0),
        login,
        entry(6, "GET", "https://shop.example/notes", 200),
    ])
    .unwrap();
    let script = Script::of(recording.choose(None).unwrap()).unwrap();
    assert_eq!(
        names(&script),
        ["GET /login", "live /login", "POST /login", "GET /notes"]
    );
    let Action::Request(login) = &script.steps[2].action else {
        panic!()
    };
    let secret = ("password".to_owned(), crate::pattern::REDACTED.to_owned());
    assert!(matches!(&login.body, Body::Form(fields) if fields.contains(&secret)));
    assert_eq!(script.loop_start, 3, "each user logs in once");
}

#[test]
fn what_is_no_har_file_is_an_error_with_the_entry() {
    assert!(Recording::read_har("{}".as_bytes()).is_err());
    assert!(har(&[]).is_err());
    let wrong = har(&[
        entry(1, "GET", "https://shop.example/", 200),
        entry(2, "GET", "nowhere", 200),
    ]);
    let error = wrong.unwrap_err().to_string();
    assert!(error.starts_with("entry 2 of the HAR file"), "{error}");
}
