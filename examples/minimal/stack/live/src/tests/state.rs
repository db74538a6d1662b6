//! The state that travels.

use maud::html;

use super::{builder, live, open, open_as, visit};
use crate::{Cx, Limits, Live, Result};

async fn counter(cx: Cx) -> Result {
    let count = cx.use_state(|| 0);
    let secret = cx.use_local(|| 0);
    let both = cx.on(move |ctx, _| {
        count.update(ctx, |n| *n += 1);
        secret.update(ctx, |n| *n += 1);
    });
    Ok(html! { button on:click=(both) { "count " (count.get(&cx)) " local " (secret.get(&cx)) } })
}

#[tokio::test]
async fn the_state_survives_a_new_process_and_what_is_local_does_not() {
    let mut page = open(&live(counter), "/").await;
    page.click("button")
        .await
        .click("button")
        .await
        .expect_text("count 2 local 2")
        .await;
    page.reconnect_to(&live(counter))
        .await
        .expect_text("count 2 local 0")
        .await;
    page.click("button").await.expect_text("count 3").await;
}

#[tokio::test]
async fn a_state_that_was_tampered_with_is_a_fresh_start_and_no_error() {
    let live = live(counter);
    let mut page = open(&live, "/").await;
    page.click("button").await.expect_text("count 1").await;
    let (state, mac) = (page.state().to_owned(), page.mac().to_owned());
    for (state, mac) in [
        (state.replace(",1]", ",999]"), mac.clone()),
        (state.clone(), "AAAAAAAAAAAAAAAAAAAAAA".into()),
        ("{".into(), mac.clone()),
        (String::new(), String::new()),
        (state.clone(), String::new()),
    ] {
        page.set_state(&state, &mac);
        page.reconnect().await.expect_text("count 0").await;
    }
    page.set_state(&state, &mac);
    page.reconnect().await.expect_text("count 1").await;
}

#[tokio::test]
async fn the_state_of_another_visitor_or_another_page_counts_for_nothing() {
    let live = builder().page("/", counter).page("/other", counter).build();
    let mut ada = open(&live, "/").await;
    ada.click("button").await.expect_text("count 1").await;
    let mut eve = open_as(&live, &visit("eve"), "/").await;
    eve.set_state(ada.state(), ada.mac());
    eve.reconnect().await.expect_text("count 0").await;
    let mut elsewhere = open(&live, "/other").await;
    elsewhere.set_state(ada.state(), ada.mac());
    elsewhere.reconnect().await.expect_text("count 0").await;
}

#[tokio::test]
async fn the_state_of_an_older_version_is_a_fresh_start_of_the_component_that_changed() {
    async fn old(cx: Cx) -> Result {
        let count = cx.use_state(|| 5);
        Ok(html! { p { "old " (count.get(&cx)) } })
    }
    async fn new(cx: Cx) -> Result {
        let words = cx.use_state(|| "fresh".to_owned());
        Ok(html! { p { "new " (words.get(&cx)) } })
    }
    let mut page = open(&live(old), "/").await;
    page.expect_text("old 5").await;
    page.reconnect_to(&live(new))
        .await
        .expect_text("new fresh")
        .await;
}

#[tokio::test]
async fn a_state_that_is_too_large_is_not_kept_and_the_page_works_on() {
    async fn page(cx: Cx) -> Result {
        let text = cx.use_state(String::new);
        Ok(html! {
            button on:click=(cx.on(move |ctx, _| text.update(ctx, |text| text.push_str(&"x".repeat(1000))))) {}
            p { "length " (text.read(&cx).len()) }
        })
    }
    let limits = Limits {
        state_bytes: 1500,
        ..Limits::default()
    };
    let live = builder().limits(limits).page("/", page).build();
    let mut page = open(&live, "/").await;
    page.click("button")
        .await
        .click("button")
        .await
        .expect_text("length 2000")
        .await;
    page.reconnect().await.expect_text("length 0").await;
}

#[tokio::test]
async fn another_key_first_keeps_every_page() {
    let page_of = |keys| Live::builder(keys).page("/", counter).build();
    let mut page = open(&page_of(vec![[1; 32]]), "/").await;
    page.click("button").await;
    page.reconnect_to(&page_of(vec![[2; 32], [1; 32]]))
        .await
        .expect_text("count 1")
        .await;
    page.click("button").await;
    page.reconnect_to(&page_of(vec![[2; 32]]))
        .await
        .expect_text("count 2")
        .await;
    page.reconnect_to(&page_of(vec![[3; 32]]))
        .await
        .expect_text("count 0")
        .await;
}
