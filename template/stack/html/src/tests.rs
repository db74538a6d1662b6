// What `html!` expands to looks for the crate under the name that others know it by.
extern crate self as maud;

#[cfg(debug_assertions)]
use std::sync::{Mutex, PoisonError};

use crate::{Markup, html};

/// The texts are those of the whole process.
#[cfg(debug_assertions)]
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn greeting(name: &str) -> Markup {
    html! { p title="é" { "Hello, " (name) @if name.is_empty() { "nobody" } } }
}

#[test]
fn markup_reads_as_that_of_maud() {
    #[cfg(debug_assertions)]
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(
        greeting("Ada & co").into_string(),
        "<p title=\"é\">Hello, Ada &amp; co</p>"
    );
    let all = html! {
        (crate::DOCTYPE)
        #main.wide.{ "a" "b" }.odd[true] "data-x"="1" hidden[false] lang=[Some("en")] { "<" }
        br;
        @match 2 { 1 => "one", n if n > 1 => p { "many" } _ => {} }
        @let more = "more"; @for word in [more, "\u{e9}"] { (word) " " }
    };
    let expected = "<!DOCTYPE html><div class=\"wide ab odd\" id=\"main\" data-x=\"1\" lang=\"en\">&lt;</div><br><p>many</p>more é ";
    assert_eq!(all.into_string(), expected);
}

#[cfg(debug_assertions)]
#[test]
fn a_text_is_exchanged_at_its_place_and_only_while_it_is_what_it_was() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let source = include_str!("tests.rs");
    // By the same rules as `cargo dev`, so that both count lines and columns alike.
    let now = source.replacen("\"Hello, \"", "\"<Good> day, \"", 1);
    let found = stack_html_literals::changes(source, &now).unwrap_or_default();
    assert_eq!(found.len(), 1);
    let change = |old: &str| crate::texts::Change {
        file: "stack/html/src/tests.rs".to_owned(),
        line: found[0].line.try_into().unwrap_or_default(),
        column: found[0].column.try_into().unwrap_or_default(),
        old: old.to_owned(),
        new: found[0].new.clone(),
    };
    let version = crate::texts::version();
    crate::texts::set([change("Hello, ")]);
    assert_eq!(
        greeting("Ada").into_string(),
        "<p title=\"é\">&lt;Good&gt; day, Ada</p>"
    );
    // The source is another one than this program was built of.
    crate::texts::set([change("Hi, ")]);
    assert_eq!(
        greeting("Ada").into_string(),
        "<p title=\"é\">Hello, Ada</p>"
    );
    crate::texts::set([]);
    assert_eq!(crate::texts::version(), version + 3);
    crate::texts::set([]);
    assert_eq!(crate::texts::version(), version + 3);
}
