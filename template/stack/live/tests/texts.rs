//! Texts that `cargo dev` changes. A program of its own, since they are those of the whole process, and every page that is
//! shown is rendered again.

#![cfg(debug_assertions)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use maud::{Markup, html, texts};
use stack_live::{Cx, Live, Result, Visit, testing::Page};
use tokio::sync::Mutex;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

fn greeting(name: &str) -> Markup {
    html! { p title="é" { "Hello, " (name) @if name.is_empty() { "nobody" } } }
}

#[test]
fn markup_reads_as_that_of_maud() {
    let _alone = ONE_AT_A_TIME.blocking_lock();
    assert_eq!(
        greeting("Ada & co").into_string(),
        "<p title=\"é\">Hello, Ada &amp; co</p>"
    );
    let all = html! {
        (maud::DOCTYPE)
        #main.wide.{ "a" "b" }.odd[true] "data-x"="1" hidden[false] lang=[Some("en")] { "<" }
        br;
        @match 2 { 1 => "one", n if n > 1 => p { "many" } _ => {} }
        @let more = "more"; @for word in [more, "\u{e9}"] { (word) " " }
    };
    let expected = "<!DOCTYPE html><div class=\"wide ab odd\" id=\"main\" data-x=\"1\" lang=\"en\">&lt;</div><br><p>many</p>more é ";
    assert_eq!(all.into_string(), expected);
}

#[test]
fn a_text_is_exchanged_at_its_place_and_only_while_it_is_what_it_was() {
    let _alone = ONE_AT_A_TIME.blocking_lock();
    let source = include_str!("texts.rs");
    // By the same rules as `cargo dev`, so that both count lines and columns alike.
    let now = source.replacen("\"Hello, \"", "\"<Good> day, \"", 1);
    let found = stack_html_literals::changes(source, &now).unwrap_or_default();
    assert_eq!(found.len(), 1);
    let change = |old: &str| texts::Change {
        file: "stack/live/tests/texts.rs".to_owned(),
        line: found[0].line.try_into().unwrap_or_default(),
        column: found[0].column.try_into().unwrap_or_default(),
        old: old.to_owned(),
        new: found[0].new.clone(),
    };
    let version = texts::version();
    texts::set([change("Hello, ")]);
    assert_eq!(
        greeting("Ada").into_string(),
        "<p title=\"é\">&lt;Good&gt; day, Ada</p>"
    );
    // The source is another one than this program was built of.
    texts::set([change("Hi, ")]);
    assert_eq!(
        greeting("Ada").into_string(),
        "<p title=\"é\">Hello, Ada</p>"
    );
    texts::set([]);
    assert_eq!(texts::version(), version + 3);
    texts::set([]);
    assert_eq!(texts::version(), version + 3);
}

async fn page(cx: Cx) -> Result {
    Ok(html! { h1 { "Title" } (cx.child(counter, ()).await?) })
}

async fn counter(cx: Cx, (): ()) -> Result {
    let count = cx.use_state(|| 0);
    let increment = cx.on(move |cx, _| count.update(cx, |count| *count += 1));
    Ok(html! { button on:click=(increment) { "Clicked " (count.get(&cx)) } })
}

#[tokio::test]
async fn a_page_that_is_shown_has_a_changed_text_and_keeps_its_state() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let live = Live::builder(vec![[7; 32]]).page("/", page).build();
    let visit = Visit {
        secret: "ada".into(),
        ..Visit::default()
    };
    let document = live.render(visit.clone(), &"/".parse().unwrap()).await;
    let document = document.unwrap().unwrap().root.into_string();
    let mut page = Page::connect(&live, &visit, "/", &document).await;
    page.click("button").await.expect_text("Clicked 1").await;
    // By its place in this file.
    let source = include_str!("texts.rs");
    let line = source
        .lines()
        .position(|line| line.contains("\"Clicked \" ("))
        .unwrap();
    let column = source.lines().nth(line).unwrap().find('"').unwrap();
    texts::set([texts::Change {
        file: "stack/live/tests/texts.rs".into(),
        line: u32::try_from(line + 1).unwrap(),
        column: u32::try_from(column).unwrap(),
        old: "Clicked ".into(),
        new: "Pressed ".into(),
    }]);
    page.expect_text("Pressed 1").await;
    page.click("button").await.expect_text("Pressed 2").await;
}
