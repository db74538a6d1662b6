//! What belongs to an entry of the history: the query, and the states that the page had.

use maud::html;
use serde::{Deserialize, Serialize};

use super::{builder, open};
use crate::{Cx, Live, Result};

#[derive(Default, Serialize, Deserialize)]
struct Query {
    #[serde(default)]
    tab: u32,
}

/// A counter, and the tab that the query names.
async fn tabs(cx: Cx) -> Result {
    let count = cx.use_state(|| 0);
    let Query { tab } = cx.query()?;
    let up = cx.on(move |ctx, _| count.update(ctx, |n| *n += 1));
    let push = cx.on(move |ctx, _| ctx.push_query(&Query { tab: tab + 1 }));
    let set = cx.on(move |ctx, _| ctx.set_query(&Query { tab: tab + 1 }));
    let both = cx.on(move |ctx, _| {
        ctx.push_query(&Query { tab: tab + 1 });
        ctx.set_query(&Query { tab: tab + 2 });
    });
    Ok(html! {
        button.up on:click=(up) {}
        button.push on:click=(push) {}
        button.set on:click=(set) {}
        button.both on:click=(both) {}
        p { "tab " (tab) " count " (count.get(&cx)) }
    })
}

fn site() -> Live {
    async fn next(_: Cx) -> Result {
        Ok(html! { "Next" })
    }
    builder().page("/", tabs).page("/next", next).build()
}

#[tokio::test]
async fn another_query_keeps_the_states_and_the_same_address_begins_anew() {
    let mut page = open(&site(), "/").await;
    page.click(".up").await.expect_text("tab 0 count 1").await;
    page.visit("/?tab=5")
        .await
        .expect_text("tab 5 count 1")
        .await;
    page.visit("/?tab=5")
        .await
        .expect_text("tab 5 count 0")
        .await;
}

#[tokio::test]
async fn back_brings_the_states_that_the_page_had_then() {
    let mut page = open(&site(), "/").await;
    page.click(".up").await.click(".push").await;
    assert_eq!(page.url(), "/?tab=1");
    page.click(".up").await.expect_text("tab 1 count 2").await;
    page.visit("/next").await.expect_text("Next").await;
    page.back().await.expect_text("tab 1 count 2").await;
    page.back().await.expect_text("tab 0 count 1").await;
    assert_eq!(page.url(), "/");
}

#[tokio::test]
async fn who_reads_the_query_is_rendered_again_when_it_is_set_or_pushed() {
    let mut page = open(&site(), "/").await;
    page.click(".set").await.expect_text("tab 1 count 0").await;
    page.click(".push").await.expect_text("tab 2 count 0").await;
    // One entry for one answer.
    page.click(".both").await.expect_text("tab 4 count 0").await;
    page.back().await.expect_text("tab 2").await;
    page.back().await.expect_text("tab 1").await;
}

#[tokio::test]
async fn a_state_of_another_page_or_without_our_signature_is_a_fresh_start() {
    let mut page = open(&site(), "/").await;
    page.click(".up").await.expect_text("count 1").await;
    let (state, mac) = (page.state().to_owned(), page.mac().to_owned());
    page.visit("/next").await;
    for (url, state, mac) in [
        ("/", state.replace(",1]", ",9]"), mac.clone()),
        ("/", state.clone(), String::new()),
        ("/", page.state().to_owned(), page.mac().to_owned()),
    ] {
        let entry = serde_json::json!({ "state": state, "mac": mac });
        let pop = serde_json::json!(["nav", 100, url, "pop", entry]);
        assert_eq!(page.send_raw(&pop.to_string()).await, None);
        page.expect_text("tab 0 count 0").await;
        page.visit("/next").await.expect_text("Next").await;
    }
    let pop = serde_json::json!(["nav", 200, "/", "pop", { "state": state, "mac": mac }]);
    assert_eq!(page.send_raw(&pop.to_string()).await, None);
    page.expect_text("tab 0 count 1").await;
}
