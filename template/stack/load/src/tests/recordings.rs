//! Recordings that are cut, edited or made up.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const HEADER: &str = "{\"recording\":1,\"started\":\"\"}\n";

#[test]
fn a_line_that_is_not_of_a_recording_is_an_error_with_its_number() {
    for (line, why) in [
        ("nonsense", "expected"),
        ("[]", "invalid type"),
        ("{\"kind\":\"http\"}", "missing field `at`"),
        ("{\"at\":1,\"kind\":\"http\"}", "missing field `method`"),
        ("{\"at\":1,\"kind\":\"mail\"}", "unknown variant `mail`"),
        ("{\"at\":1,\"kind\":\"live\"}", "missing field `connection`"),
        (
            "{\"at\":1,\"kind\":\"live\",\"connection\":1,\"direction\":\"up\"}",
            "unknown variant `up`",
        ),
    ] {
        let text = format!("{HEADER}{line}\n{}\n", http(2, "GET", "/", 200));
        let error = Recording::read(text.as_bytes()).unwrap_err().to_string();
        assert!(
            error.starts_with("line 2 ") && error.contains(why),
            "{line}: {error}"
        );
    }
}

#[test]
fn a_request_that_would_become_two_is_an_error() {
    for target in [
        "/ HTTP/1.1\r\nHost: evil",
        "http://evil.example/",
        "//evil\n",
        "",
        "/ä",
    ] {
        let text = format!("{HEADER}{}\n\n", http(2, "GET", target, 200));
        assert!(Recording::read(text.as_bytes()).is_err(), "{target}");
    }
    let text = format!("{HEADER}{}\n\n", http(2, "GET /\r\n", "/", 200));
    assert!(Recording::read(text.as_bytes()).is_err());
}

#[test]
fn an_incomplete_last_line_is_ignored() {
    let whole = format!("{HEADER}{}\n", http(1, "GET", "/", 200));
    let cut = whole.clone() + "{\"at\":12,\"kin";
    assert_eq!(
        Recording::read(cut.as_bytes()).unwrap().counts().requests,
        1
    );
    let two = format!("{cut}\n{whole}");
    assert_eq!(
        Recording::read(two.as_bytes()).unwrap().counts().requests,
        2
    );
}

#[test]
fn another_version_and_an_empty_recording_are_errors() {
    let error = Recording::read("{\"recording\":2}\n".as_bytes()).unwrap_err();
    assert!(error.to_string().contains("version 2"));
    let empty = Recording::read(HEADER.as_bytes()).unwrap();
    assert!(
        empty
            .choose(None)
            .unwrap_err()
            .to_string()
            .contains("hint: ")
    );
}

fn message() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!(["join", { "url": "/notes?x=1#y" }])),
        Just(json!(["ev", 1, 1, "1", "click", {}])),
        Just(json!(["nav", 1, "/a", "push"])),
        Just(json!(["up", 1, "1", 1, 1, [["a", 3, "text/plain"]]])),
        Just(json!({ "v": 1, "a": 1, "c": [[1, ["a"]]], "w": [1], "d": [1] })),
        any::<u32>().prop_map(Value::from),
        "[a-z\\[\\]]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop::collection::vec(inner, 0..5).prop_map(Value::from)
    })
}

proptest! {
    #[test]
    fn no_message_makes_a_script_panic(messages in prop::collection::vec((message(), any::<bool>(), any::<u64>()), 0..8)) {
        let lines: Vec<Value> = messages
            .into_iter()
            .map(|(message, is_in, at)| live(at, if is_in { "in" } else { "out" }, message))
            .collect();
        for visitor in &recording(&lines).visitors {
            Script::of(visitor).ok();
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text in "(\\{\"at\":1,|\"kind\":|\"http\"|\"live\"|\\}|\n|[a-z0-9\":,{}]){0,40}") {
        Recording::read(text.as_bytes()).ok();
    }
}
