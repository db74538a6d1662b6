//! Texts that `cargo dev` changes. A program of its own, since they are those of the whole process, and every page that is
//! shown is rendered again.

#![cfg(debug_assertions)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use maud::{html, texts};
use stack_live::{Cx, Live, Result, Visit, testing::Page};

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
