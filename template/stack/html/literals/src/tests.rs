#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use proc_macro2::TokenStream;

use super::*;

/// A function whose `html!` has this body.
fn page(markup: &str) -> String {
    [
        "/// A page.\nfn page() -> Markup {\n    html! { ",
        markup,
        " }\n}\n",
    ]
    .concat()
}

/// The texts that differ between two bodies, as `old>new`.
fn differ(before: &str, now: &str) -> Option<Vec<String>> {
    let found = changes(&page(before), &page(now))?;
    let texts = found.into_iter();
    Some(
        texts
            .map(|change| format!("{}>{}", change.old, change.new))
            .collect(),
    )
}

/// The texts that `html!` looks up.
fn looked_up(markup: &str) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    let body: TokenStream = markup.parse().unwrap();
    replace(body, |text| {
        texts.push(text.to_string());
        TokenTree::from(text).into()
    })?;
    Some(texts)
}

#[test]
fn texts_and_values_of_attributes_are_found_wherever_markup_may_stand() {
    for (before, now) in [
        (r#"p { "a" }"#, r#"p { "b" }"#),
        (r#"p title="a" { "x" }"#, r#"p title="b" { "x" }"#),
        (r#"input value="a";"#, r#"input value="b";"#),
        (r#"p title={ (1) "a" } {}"#, r#"p title={ (1) "b" } {}"#),
        (r#"p.{ "a" } {}"#, r#"p.{ "b" } {}"#),
        (r#"{ "a" }"#, r#"{ "b" }"#),
        (
            r#"@if x { "a" } @else if y { "c" } @else { "d" }"#,
            r#"@if x { "b" } @else if y { "c" } @else { "d" }"#,
        ),
        (
            r#"@if x { "c" } @else { "a" }"#,
            r#"@if x { "c" } @else { "b" }"#,
        ),
        (
            r#"@if let Note { x } = y { "a" }"#,
            r#"@if let Note { x } = y { "b" }"#,
        ),
        (
            r#"@for Note { x } in y { "a" }"#,
            r#"@for Note { x } in y { "b" }"#,
        ),
        (
            r#"@while let Some(x) = y() { "a" }"#,
            r#"@while let Some(x) = y() { "b" }"#,
        ),
        (r#"@let x = "c"; "a""#, r#"@let x = "c"; "b""#),
        (
            r#"@match x { Some(1) if y => p { "c" } "d" => "a", _ => {} }"#,
            r#"@match x { Some(1) if y => p { "c" } "d" => "b", _ => {} }"#,
        ),
        (r#"(child(html! { "a" }))"#, r#"(child(html! { "b" }))"#),
    ] {
        assert_eq!(differ(before, now), Some(vec!["a>b".to_owned()]), "{now}");
    }
}

#[test]
fn whatever_else_differs_is_left_to_the_compiler() {
    for (before, now) in [
        (r#"p { "a" }"#, r#"p.b { "a" }"#),
        (r#"p { "a" }"#, r#"p { "a" "b" }"#),
        (r#"p { "a" }"#, r#"div { "b" }"#),
        (r#"p "a" {}"#, r#"p "b" {}"#),
        (r#"p."a" {}"#, r#"p."b" {}"#),
        (r#"(f("a"))"#, r#"(f("b"))"#),
        (r#"(format!("{x} a"))"#, r#"(format!("{x} b"))"#),
        (r#"(concat!("a", "c"))"#, r#"(concat!("b", "c"))"#),
        (r#"p title=("a") {}"#, r#"p title=("b") {}"#),
        (r#"p title=[Some("a")] {}"#, r#"p title=[Some("b")] {}"#),
        (r#"@let x = "a"; (x)"#, r#"@let x = "b"; (x)"#),
        (r#"@if x == "a" {}"#, r#"@if x == "b" {}"#),
        (
            r#"@match x { "a" => {} _ => {} }"#,
            r#"@match x { "b" => {} _ => {} }"#,
        ),
        // One of them is a text, the other is not.
        (r#""a" (f("a"))"#, r#""b" (f("b"))"#),
        (r#""a""#, "text"),
        (r#""a""#, r#"{"#),
    ] {
        assert_eq!(differ(before, now), None, "{now}");
    }
    assert_eq!(
        changes("const A: &str = \"a\";", "const A: &str = \"b\";"),
        None
    );
}

#[test]
fn code_that_only_a_compiler_can_tell_from_markup_is_not_touched() {
    let unclear = r#"p { "a" } @if match x { 1 => "b" == y, _ => { false } } { "c" }"#;
    assert_eq!(looked_up(unclear), None);
    assert_eq!(differ(unclear, &unclear.replace("\"c\"", "\"d\"")), None);
    // The rest of the file is not concerned.
    assert_eq!(
        looked_up(r#"p { (f("x")) "a" }"#),
        Some(vec!["\"a\"".to_owned()])
    );
}

#[test]
fn the_macro_looks_up_what_a_change_is_found_in() {
    let markup = r#"h1 title="a" { "b" (f("c")) @if d == "e" { "f" } @match g { "h" => { "i" } _ => "j" } }"#;
    let texts = looked_up(markup).unwrap();
    assert_eq!(texts, ["\"a\"", "\"b\"", "\"f\"", "\"i\"", "\"j\""]);
    for name in 'a'..='j' {
        let text = format!("\"{name}\"");
        let differs = differ(markup, &markup.replace(&text, "\"new\""));
        let shown = differs.is_some_and(|differs| !differs.is_empty());
        assert_eq!(shown, texts.contains(&text), "{text}");
    }
}

#[test]
fn several_texts_differ_and_lines_have_moved() {
    let before = "fn one() -> Markup {\n    html! { p { \"é\" \"a\" } }\n}\nfn two() -> Markup { html! { \"b\" } }\n";
    let now = "// More.\n\nfn one() -> Markup {\n    html! {\n        p { \"é\" \"c\" }\n    }\n}\nfn two() -> Markup { html! { \"d\" } }\n";
    let found = changes(before, now).unwrap();
    let places: Vec<_> = found
        .iter()
        .map(|change| (change.line, change.column, &*change.new))
        .collect();
    assert_eq!(places, [(2, 20, "c"), (4, 29, "d")]);
    assert_eq!(changes(before, before), Some(Vec::new()));
    // Two macros that look the same are two places.
    let twice = "fn f() { (html! { \"a\" }, html! { \"a\" }) }";
    let found = changes(twice, "fn f() { (html! { \"a\" }, html! { \"b\" }) }").unwrap();
    assert_eq!((found.len(), found[0].column), (1, 33));
}

#[test]
fn a_literal_is_what_it_stands_for() {
    for (literal, value) in [
        (r#""plain""#, "plain"),
        (r#""a\n\t\\\"\'\0\x41\u{1F_600}""#, "a\n\t\\\"'\0A\u{1F600}"),
        ("\"two \\\n      lines\"", "two lines"),
        (r###"r#"raw \n "quoted""#"###, r#"raw \n "quoted""#),
        ("\"\"", ""),
    ] {
        assert_eq!(string::value(literal).as_deref(), Some(value), "{literal}");
    }
    for other in ["b\"x\"", "1", "\"\\q\"", "'x'"] {
        assert_eq!(string::value(other), None, "{other}");
    }
}
