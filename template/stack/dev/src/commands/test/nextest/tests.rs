use serde_json::json;

use super::*;

#[test]
fn results_are_read_from_messages() {
    let lines = r#"
{"type":"suite","event":"started","test_count":3,"nextest":{"crate":"my-shop","test_binary":"app","kind":"test"}}
{"type":"test","event":"started","name":"my-shop::app$pages::it_works"}
{"type":"test","event":"ok","name":"my-shop::app$pages::it_works","exec_time":0.01}
{"type":"test","event":"failed","name":"my-shop::app$it_fails","exec_time":0.2,"stdout":"out\n"}
{"type":"suite","event":"failed","passed":1,"failed":1,"ignored":1,"measured":0,"filtered_out":0,"exec_time":0.2}
something else"#;
    let mut results = Results::default();
    lines.lines().for_each(|line| results.read(line));
    let test = |text| BTreeSet::from([Test::parse(text).unwrap()]);
    assert_eq!(results.passed, test("my-shop::app pages::it_works"));
    assert_eq!(results.failed, test("my-shop::app it_fails"));
}

#[test]
fn a_test_is_read_as_it_is_written() {
    let test = Test::parse("my-shop::app$pages::notes::a_note is shown").unwrap();
    assert_eq!(test.binary, "app");
    assert_eq!(Test::parse(&test.to_string()), Some(test));
}

#[test]
fn the_slowest_tests_are_named_and_quick_ones_are_not() {
    let mut results = Results::default();
    assert_eq!(results.slowest(), None);
    for (name, seconds) in [("a", 0.9), ("b", 1.5), ("c", 12.0), ("d", 1.25), ("e", 2.0)] {
        let name = format!("shop::app${name}");
        let line = json!({ "type": "test", "event": "ok", "name": name, "exec_time": seconds });
        results.read(&line.to_string());
    }
    let slowest =
        "slowest:\n   12.00 s  shop::app c\n    2.00 s  shop::app e\n    1.50 s  shop::app b";
    assert_eq!(results.slowest().as_deref(), Some(slowest));
}
