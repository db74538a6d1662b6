use super::*;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    field: Text,
}

#[test]
fn what_json_says_and_what_a_form_says_is_the_same_text() {
    for (json, form) in [
        (r#"{"field": -3}"#, "field=-3"),
        (r#"{"field": 0.1}"#, "field=0.1"),
        (r#"{"field": true}"#, "field=true"),
        (r#"{"field": "x"}"#, "field=x"),
        (r#"{"field": [1,2]}"#, "field=%5B1%2C2%5D"),
        (r#"{"field": null}"#, "field="),
        ("{}", ""),
    ] {
        let json: Body = serde_json::from_str(json).unwrap();
        let form: Body = serde_urlencoded::from_str(form).unwrap();
        assert_eq!(json.field, form.field);
    }
}

#[test]
fn numbers_out_of_their_range_are_refused() {
    assert_eq!(whole::<i32>(" 2147483647 "), Ok(i32::MAX));
    assert_eq!(
        whole::<i32>("2147483648"),
        Err(Invalid::new("is too large"))
    );
    assert_eq!(
        whole::<i64>("1.5"),
        Err(Invalid::new("must be a whole number"))
    );
    assert_eq!(number("1e3"), Ok(1000.0));
    for text in ["NaN", "inf", "1e999", ""] {
        assert!(number(text).is_err(), "{text}");
    }
}

#[test]
fn a_box_that_is_not_ticked_means_no() {
    assert_eq!((ticked(""), ticked("true")), (Ok(false), Ok(true)));
    assert!(ticked("perhaps").is_err());
}

#[test]
fn days_and_moments_are_those_that_the_database_can_hold() {
    assert_eq!(
        day("2026-02-28").map(|day| day.to_string()).as_deref(),
        Ok("2026-02-28")
    );
    assert!(day("2026-02-29").is_err() && day("0000-01-01").is_err());
    let at = moment("2026-01-31T12:00:00+02:00").unwrap();
    assert_eq!(moment_text(at), "2026-01-31T12:00:00+02:00");
    assert!(moment("2026-01-31").is_err());
    let skipped = moment("2026-03-29T02:30[Europe/Berlin]").unwrap_err();
    assert_eq!(
        skipped.to_string(),
        "is skipped by the clocks of Europe/Berlin"
    );
}

#[test]
fn nothing_but_space_is_nothing() {
    assert_eq!(optional(" ", whole::<i32>), Ok(None));
    assert_eq!(optional("7", whole::<i32>), Ok(Some(7)));
    assert!(optional("x", uuid).is_err());
}
