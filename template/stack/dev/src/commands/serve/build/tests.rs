use serde_json::{Value, json};

use super::*;

fn diagnostic(level: &str, rendered: &str, spans: &[Value]) -> Diagnostic {
    let value = json!({
        "message": "",
        "code": null,
        "level": level,
        "spans": spans,
        "children": [],
        "rendered": rendered,
    });
    serde_json::from_value(value).unwrap()
}

#[test]
fn errors_are_kept_with_their_colours_and_warnings_are_not() {
    let span = json!({
        "file_name": "src/lib.rs",
        "byte_start": 0,
        "byte_end": 1,
        "line_start": 1,
        "line_end": 1,
        "column_start": 1,
        "column_end": 2,
        "is_primary": true,
        "text": [],
        "label": null,
        "suggested_replacement": null,
        "suggestion_applicability": null,
        "expansion": null,
    });
    let error = "\u{1b}[1merror\u{1b}[0m: no `x`\n  --> src/lib.rs:1:2\n";
    let count = "error: aborting due to 1 previous error\n";
    let mut messages = Messages::new("shop".to_owned());
    messages.report(&diagnostic(
        "warning",
        "warning: unused",
        std::slice::from_ref(&span),
    ));
    messages.report(&diagnostic("error", error, std::slice::from_ref(&span)));
    messages.report(&diagnostic("error", count, &[]));
    let problem = messages.finish().unwrap().err().unwrap();
    assert_eq!(problem.texts, [error.trim_end()]);
}
