use super::*;

fn fields(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    let pairs = pairs
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    pairs.collect()
}

fn request() -> Trail {
    Trail {
        title: "GET /notes".to_owned(),
        ..Trail::default()
    }
}

#[test]
fn an_error_has_its_statement_and_the_place_that_it_has_come_from() {
    let mut trail = request();
    let sql = [
        ("summary", "select a from …"),
        ("db.statement", "\n\nselect a from b\n"),
    ];
    assert_eq!(trail.take("sqlx::query", fields(&sql)), None);
    let place = [("file", file!()), ("line", "2"), ("column", "5")];
    assert_eq!(trail.take(PLACE, fields(&place)), None);
    // Where it is passed on says less, and so does the end of the transaction.
    assert_eq!(
        trail.take(
            PLACE,
            fields(&[("file", "src/a.rs"), ("line", "1"), ("column", "1")])
        ),
        None
    );
    assert_eq!(
        trail.take("sqlx::query", fields(&[("summary", "ROLLBACK")])),
        None
    );
    let error = [("message", "internal error"), ("error", "no relation `b`")];
    let fault = trail.take("app::error", fields(&error)).unwrap();
    assert_eq!(fault["title"], "GET /notes: internal error");
    assert_eq!(fault["text"], "no relation `b`");
    assert_eq!(fault["sql"], "select a from b");
    assert_eq!(fault["place"]["line"], 2);
}

#[test]
fn a_panic_is_shown_once_with_the_lines_around_it() {
    let file = std::env::temp_dir().join(format!("faults-{}.rs", std::process::id()));
    std::fs::write(&file, "1\n2\n3\n4\n5\n6\n7\n8\n9").unwrap();
    let mut trail = request();
    let path = file.to_str().unwrap();
    let panic = [
        ("panic", "no"),
        ("file", path),
        ("line", "8"),
        ("column", "1"),
    ];
    let fault = trail.take(PLACE, fields(&panic)).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(fault["title"], "GET /notes: panicked");
    let lines = json!([[5, "5"], [6, "6"], [7, "7"], [8, "8"], [9, "9"]]);
    assert_eq!(fault["lines"], lines);
    let caught = trail.take(
        "stack_web::layers",
        fields(&[("error", "a handler panicked")]),
    );
    assert_eq!(caught, None);
}

#[test]
fn a_log_line_without_an_error_is_no_fault() {
    let line = fields(&[("message", "a limit is reached")]);
    assert_eq!(request().take("app::limits", line), None);
}
