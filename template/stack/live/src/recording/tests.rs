#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::PathBuf;

use axum::{Router, body::Body, middleware::from_fn_with_state, routing::post};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{redact::Calls, *};

/// A file that goes when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("recording-{}.jsonl", crate::random_hex())))
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap()
    }

    fn events(&self) -> Vec<Event> {
        let lines = read(&self.0).map(Result::unwrap);
        lines
            .filter_map(|line| {
                if let Line::Event(event) = line {
                    Some(event)
                } else {
                    None
                }
            })
            .collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

fn redacted(mut message: Value) -> Value {
    redact::message(&mut message, 1, &mut Calls::default());
    message
}

#[test]
fn what_is_recorded_can_be_read_again_in_order() {
    let file = Scratch::new();
    let recorder = Recorder::open(&file.0).unwrap();
    recorder.live(3, "in", r#"["ev",1,1,"1","click",{}]"#);
    recorder.live_binary(3, "in", 40);
    recorder.live(3, "out", r#"{"v":2,"a":1}"#);
    recorder.live(4, "in", "no JSON");
    recorder.flush();
    let lines: Vec<Line> = read(&file.0).map(Result::unwrap).collect();
    assert!(
        matches!(&lines[0], Line::Start(start) if start.recording == 1 && start.started.ends_with('Z'))
    );
    let live = |connection, direction: &str, message: Option<Value>, bytes| EventKind::Live {
        connection,
        direction: direction.into(),
        message,
        bytes,
    };
    let events = file.events();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    let expected = [
        live(3, "in", Some(json!(["ev", 1, 1, "1", "click", {}])), None),
        live(3, "in", None, Some(40)),
        live(3, "out", Some(json!({ "v": 2, "a": 1 })), None),
        live(4, "in", None, Some(7)),
    ];
    assert_eq!(kinds, expected);
    assert!(events.is_sorted_by_key(|event| event.at));
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let file = Scratch::new();
    drop(Recorder::open(&file.0).unwrap());
    assert_eq!(
        std::fs::metadata(&file.0).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn a_recording_goes_on_after_a_line_that_was_cut_off() {
    let file = Scratch::new();
    let write = |connection| {
        let recorder = Recorder::open(&file.0).unwrap();
        recorder.live(connection, "in", "[\"ping\"]");
        recorder.flush();
    };
    write(1);
    let text = file.text();
    std::fs::write(&file.0, &text[..text.len() - 9]).unwrap();
    assert_eq!(file.events(), []);
    write(2);
    assert_eq!(file.events().len(), 1);
    assert_eq!(read(&file.0).count(), 3);
}

#[test]
fn a_line_that_is_none_of_ours_is_an_error_with_its_number() {
    let file = Scratch::new();
    let event = r#"{"at":1,"kind":"dropped","lines":2}"#;
    std::fs::write(&file.0, format!("{event}\nnonsense\n{event}\n")).unwrap();
    let lines: Vec<_> = read(&file.0).collect();
    assert!(lines[0].is_ok() && lines[2].is_ok());
    assert!(matches!(lines[1], Err(Error::Line { number: 2, .. })));
    std::fs::write(&file.0, r#"{"recording":2,"started":""}"#).unwrap();
    assert!(matches!(read(&file.0).next(), Some(Err(Error::Version(2)))));
    assert!(matches!(
        read("/nowhere/at/all").next(),
        Some(Err(Error::Io(_)))
    ));
}

#[test]
fn what_there_is_no_keeping_up_with_is_counted_in_a_line() {
    let file = Scratch::new();
    let recorder = Recorder::open(&file.0).unwrap();
    let huge = "x".repeat(WAITING_BYTES + 1);
    recorder.live(1, "in", "[\"ping\"]");
    recorder.live(1, "in", &huge);
    recorder.live(1, "in", &huge);
    recorder.flush();
    // Also if nothing comes after them.
    let dropped = file.events().into_iter().map(|event| match event.kind {
        EventKind::Dropped { lines } => lines,
        _ => 0,
    });
    assert_eq!(dropped.sum::<u64>(), 2);
}

#[tokio::test]
async fn requests_are_recorded_and_reach_their_handler_whole() {
    use tower::ServiceExt;

    let file = Scratch::new();
    let recorder = Recorder::open(&file.0).unwrap();
    let router = Router::new()
        .route("/echo", post(|body: String| async { body }))
        .layer(from_fn_with_state(recorder.clone(), http));
    let long = format!("a={}", "x".repeat(BODY_BYTES));
    for (kind, body) in [
        (
            "application/x-www-form-urlencoded",
            "title=a+b&password=hunter2",
        ),
        (
            "application/json; charset=utf-8",
            r#"{"title":"é","password":"hunter2"}"#,
        ),
        ("text/plain", "password=hunter2"),
        ("application/x-www-form-urlencoded", &long),
    ] {
        let request = axum::http::Request::post("/echo?q=1&token=hunter2")
            .header("content-type", kind)
            .header("cookie", "session=hunter2")
            .header("authorization", "Bearer hunter2")
            .body(Body::from(body.to_owned()));
        let answer = router.clone().oneshot(request.unwrap()).await.unwrap();
        let echo = axum::body::to_bytes(answer.into_body(), usize::MAX)
            .await
            .unwrap();
        assert_eq!(echo, body);
    }
    recorder.flush();
    assert!(!file.text().contains("hunter2"), "{}", file.text());
    let bodies: Vec<_> = file
        .events()
        .into_iter()
        .map(|event| match event.kind {
            EventKind::Http {
                method,
                target,
                status: 200,
                body,
                ..
            } => {
                assert_eq!(
                    (&*method, &*target),
                    ("POST", "/echo?q=1&token=%5Bredacted%5D")
                );
                body
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let form = "title=a+b&password=%5Bredacted%5D".to_owned();
    let json = r#"{"password":"[redacted]","title":"é"}"#.to_owned();
    assert_eq!(bodies, [Some(form), Some(json), None, None]);
}

#[test]
fn what_is_no_secret_stays() {
    for message in [
        json!(["ev", 4, 2, "discard1", "submit", { "value": "a=b", "fields": [["title", "x"]], "data": { "id": "7" } }]),
        json!(["nav", 1, "/cards?page=2", "push"]),
        json!(["ret", 1, true, "Europe/Vienna"]),
        json!({ "v": 2, "p": [3, 4, "<p class=\"card\">a=1</p>"], "t": "Title", "u": ["/tokens", "push"], "a": 1 }),
        json!({ "i": [["s1", "append", "k", "<li data-key=\"k\"><input name=\"title\" value=\"x\"></li>"]] }),
        json!({ "c": [[1, ["localStorage", ["getItem", "theme"]]]] }),
    ] {
        assert_eq!(redacted(message.clone()), message);
    }
    assert_eq!(redact::target("/notes?q=a+b&page=2"), "/notes?q=a+b&page=2");
}

#[test]
fn only_the_secret_part_of_html_is_left_out() {
    let html = r#"<form><input type="hidden" name="csrf_token" value="abc"><input name="title" value="x"></form>"#;
    let expected = r#"<form><input type="hidden" name="csrf_token" value="[redacted]"><input name="title" value="x"></form>"#;
    assert_eq!(redact::text(html), expected);
}

#[test]
fn the_answer_to_a_call_for_a_secret_is_left_out() {
    let mut calls = Calls::default();
    let mut call = json!({ "c": [[5, ["localStorage", ["getItem", "api_token"]]], [6, ["navigator", "language"]]] });
    redact::message(&mut call, 1, &mut calls);
    let mut answer = |connection, id| {
        let mut answer = json!(["ret", id, true, "abc"]);
        redact::message(&mut answer, connection, &mut calls);
        answer[3].clone()
    };
    assert_eq!([answer(1, 6), answer(2, 5)], ["abc", "abc"]);
    assert_eq!(answer(1, 5), "[redacted]");
}

#[test]
fn what_is_typed_into_an_input_for_passwords_is_left_out_whatever_its_name() {
    let submit = json!(["ev", 1, 1, "a", "submit", { "fields": [["pin", "4711"], ["title", "x"]], "hidden": ["pin"] }]);
    let key = json!(["ev", 2, 1, "a", "keydown", { "value": "47", "key": "7", "name": "pin", "hidden": ["pin"] }]);
    let nameless = json!(["ev", 3, 1, "a", "input", { "value": "4711", "hidden": [""] }]);
    let expected = [
        json!({ "fields": [["pin", "[redacted]"], ["title", "x"]], "hidden": ["pin"] }),
        json!({ "value": "[redacted]", "key": "[redacted]", "name": "pin", "hidden": ["pin"] }),
        json!({ "value": "[redacted]", "hidden": [""] }),
    ];
    assert_eq!(
        [submit, key, nameless].map(|event| redacted(event)[5].clone()),
        expected
    );
}

#[test]
fn words_and_tags_that_are_put_in_stay() {
    let inserts = json!([
        1,
        2,
        "internationalization of it",
        3,
        4,
        "<p class=\"wide-button-2024\">0192f0c1-b</p>"
    ]);
    let message = json!({ "p": inserts });
    assert_eq!(redacted(message.clone()), message);
}

/// Every way in which a secret could get into a recording, as the text that would be written.
fn everything_with(secret: &str, name: &str, around: &str) -> Vec<String> {
    let encoded = |pairs: &[(&str, &str)]| serde_urlencoded::to_string(pairs).unwrap();
    let form = encoded(&[("a", around), (name, secret), ("b", around)]);
    let escaped = around
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let html = format!(
        "<p>{escaped}</p><a href=\"/x?{form}\" data-{name}=\"{secret}\">{escaped}</a>\
         <input value=\"{secret}\" title=\"{escaped}\" name=\"{name}\"><input type=\"password\" value=\"{secret}\">\
         <meta name=\"{name}\" content=\"{secret}\"><textarea name=\"{name}\">{secret}</textarea>{escaped}"
    );
    let payload = json!({
        "value": secret, "key": secret, "name": name, "fields": [["title", around], [name, secret]],
        "data": { "id": around, name: secret },
    });
    let messages = [
        json!(["join", { "url": format!("/x?{form}"), "state": secret, "mac": secret, "hash": around }]),
        json!(["ev", 1, 1, around, "submit", payload]),
        json!(["nav", 1, format!("/x?{form}#{around}"), "push"]),
        json!(["up", 1, around, 1, 1, [[around, 1, ""]], { name: secret }]),
        json!({ "h": html, "t": around, "S": secret, "m": secret }),
        json!({ "p": [1, 2, around, 3, 4, html, 5, 6, "0123456789abcdef"], "s": [1, 2, secret], "m": secret }),
        json!({ "i": [[around, "append", "k", html]], "go": format!("/x?{form}") }),
        json!({ "u": [format!("/x?{form}"), "push"] }),
        json!([
            "ret",
            1,
            true,
            json!({ "a": [{ name: secret }] }).to_string()
        ]),
        json!({ "c": [[1, ["localStorage", ["setItem", "user", json!([{ name: secret }]).to_string()]]]] }),
        json!(["ev", 1, 1, "a", "click", { "data": { "it": json!({ "more": [[name, secret]] }).to_string() } }]),
        json!({ "c": [[1, ["document", ["=", name, secret]]], [2, ["localStorage", ["setItem", name, secret]]]] }),
    ];
    let mut texts: Vec<String> = messages
        .into_iter()
        .map(|message| redacted(message).to_string())
        .collect();
    let body = json!({ "a": around, name: secret, "deep": [{ "list": [{ name: { "inner": secret } }] }], "fields": [[name, secret]] });
    texts.push(redact::json(body.to_string().as_bytes()).unwrap());
    texts.push(redact::form(form.as_bytes()).unwrap());
    texts.push(redact::target(&format!("/x?{form}")));
    texts
}

proptest! {
    #[test]
    fn no_secret_is_recorded(
        secret in "[a-zA-Z0-9._~/+-]{12,60}",
        before in "[a-z_]{0,5}",
        part in prop::sample::select(vec![
            "password", "passwd", "secret", "token", "csrf", "authorization", "card", "cvc", "cookie", "Password", "TOKEN",
        ]),
        after in "[a-z_]{0,5}",
        around in "\\PC{0,40}",
    ) {
        let name = format!("{before}{part}{after}");
        for text in everything_with(&secret, &name, &around) {
            prop_assert!(!text.contains(&secret), "{text}");
        }
    }

    #[test]
    fn any_text_can_be_redacted(text in "(\\PC|[<>=\"&?]|name=\"token\"|value=\"|<textarea |password=){0,60}") {
        redact::text(&text);
        redact::target(&text);
        redacted(json!({ "p": [1, 2, text] }));
    }

    /// What is sent of a page whose tokens are others than before, wherever the difference begins and ends.
    #[test]
    fn no_part_of_a_token_that_changes_is_recorded(
        old in page(),
        new in page(),
        tokens in prop::array::uniform2("a1[a-zA-Z0-9_-]{20,60}|a1[a-f0-9]{30,126}"),
    ) {
        let old = old.replace("TOKEN", &tokens[0]);
        let new = new.replace("TOKEN", &tokens[1]);
        let splices = crate::splice::splices(&old, &new);
        let text = redacted(json!({ "p": splices })).to_string();
        for at in 0..tokens[1].len() - 12 {
            prop_assert!(!text.contains(&tokens[1][at..at + 12]), "{text}");
        }
    }
}

/// Forms with a token, in any order, among other things.
fn page() -> impl Strategy<Value = String> {
    let pieces = [
        "<p>some text</p>",
        "<p>another one</p>",
        "<input type=\"hidden\" name=\"csrf_token\" value=\"TOKEN\">",
        "<input value=\"TOKEN\" type=\"hidden\" name=\"csrf_token\">",
        "<form method=\"post\"><input name=\"csrf_token\" value=\"TOKEN\"><input name=\"title\" value=\"x\"></form>",
        "<li data-key=\"1\">one</li>",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..8)
        .prop_map(|pieces| pieces.concat())
}
