//! Lists that only the browser keeps.

use maud::html;

use super::{live, open};
use crate::{Cx, Result};

async fn page(cx: Cx) -> Result {
    let item = |n: u32| (n.to_string(), html! { li data-key=(n) { "item " (n) } });
    let items = cx
        .use_stream(|_| async move { Ok::<_, std::fmt::Error>(vec![item(1), item(2)]) })
        .await?;
    let on = |change: fn(&crate::Ctx, &crate::Stream)| {
        let items = items.clone();
        move |ctx: &crate::Ctx, _| change(ctx, &items)
    };
    Ok(html! {
        ul data-stream=(items.id()) { (items) }
        button.append on:click=(cx.on(on(|ctx, items| items.append(ctx, 3, html! { li data-key="3" { "item 3" } })))) {}
        button.prepend on:click=(cx.on(on(|ctx, items| items.prepend(ctx, 2, html! { li data-key="2" { "second" } })))) {}
        button.replace on:click=(cx.on(on(|ctx, items| items.replace(ctx, 1, html! { li data-key="1" { "first" } })))) {}
        button.remove on:click=(cx.on(on(|ctx, items| items.remove(ctx, 2)))) {}
        button.reset on:click=(cx.on(on(|ctx, items| items.reset(ctx, vec![("9".into(), html! { li data-key="9" { "nine" } })])))) {}
    })
}

#[tokio::test]
async fn items_come_with_the_first_html_and_are_changed_one_by_one() {
    let live = live(page);
    let document = super::document(&live, &super::visit("ada"), "/").await;
    assert!(document.contains("<li data-key=\"1\">item 1</li><li data-key=\"2\">item 2</li></ul>"));
    let mut page = open(&live, "/").await;
    page.expect_text("item 1 item 2").await;
    page.click(".append")
        .await
        .expect_text("item 1 item 2 item 3")
        .await;
    page.click(".replace")
        .await
        .expect_text("first item 2")
        .await;
    page.click(".prepend")
        .await
        .expect_text("second first item 3")
        .await;
    page.click(".remove")
        .await
        .expect_text("first item 3")
        .await;
    page.click(".reset").await.expect_text("nine").await;
    assert_eq!(page.count("li"), 1);
}

#[tokio::test]
async fn after_a_reconnection_a_stream_begins_anew() {
    let mut page = open(&live(page), "/").await;
    page.click(".append").await.expect_text("item 3").await;
    page.reconnect().await.expect_no_text("item 3").await;
    page.expect_text("item 1 item 2").await;
}
