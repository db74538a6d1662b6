//! Lists that only the browser keeps.

use maud::html;

use super::{live, open};
use crate::{Cx, Result, Window};

async fn page(cx: Cx) -> Result {
    let item = |n: u32| (n.to_string(), html! { li data-key=(n) { "item " (n) } });
    let items = cx
        .use_stream(|_, _| async move { Ok::<_, std::fmt::Error>(vec![item(1), item(2)]) })
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

/// Numbers from 100 downwards, of which ten more come with each click, at either end.
async fn numbers(cx: Cx) -> Result {
    let item = |n: u32| (n.to_string(), html! { li data-key=(n) { (n) } });
    let lowest = cx.use_state(|| 91);
    let items = cx
        .use_stream(|ctx, window| async move {
            let count = window.limit(10, 50);
            lowest.set(&ctx, 101 - count);
            Ok::<_, std::fmt::Error>((101 - count..=100).map(item).collect())
        })
        .await?;
    let older = items.clone();
    let more = cx.on(move |ctx, _| {
        for n in (lowest.get(ctx) - 10..lowest.get(ctx)).rev() {
            older.prepend(ctx, n, item(n).1);
        }
        lowest.update(ctx, |lowest| *lowest -= 10);
    });
    let some = items.clone().limit(12);
    let bounded = cx.on(move |ctx, event| {
        for n in 101..=105 {
            match event.data("end") {
                "last" => some.append(ctx, n, item(n).1),
                _ => some.prepend(ctx, n, item(n).1),
            }
        }
    });
    Ok(html! {
        ul data-stream=(items.id()) { (items) }
        button.more on:click=(more) {}
        button.last data-end="last" on:click=(bounded) {}
        button.first data-end="first" on:click=(bounded) {}
        p { "from " (lowest.get(&cx)) }
    })
}

#[tokio::test]
async fn a_stream_that_has_grown_is_as_long_after_a_reconnection_and_on_the_way_back() {
    async fn next(_: Cx) -> Result {
        Ok(html! { "Next" })
    }
    let live = super::builder()
        .page("/", numbers)
        .page("/next", next)
        .build();
    let mut page = open(&live, "/").await;
    page.click(".more").await.click(".more").await;
    assert_eq!(page.count("li"), 30);
    page.reconnect().await.expect_text("from 71").await;
    assert_eq!(page.count("li"), 30);
    page.visit("/next").await.expect_text("Next").await;
    page.back().await.expect_text("from 71").await;
    assert_eq!(page.count("li"), 30);
}

#[tokio::test]
async fn what_a_browser_asks_for_of_a_stream_is_limited_by_the_page() {
    let mut page = open(&live(numbers), "/").await;
    for _ in 0..8 {
        page.click(".more").await;
    }
    assert_eq!(page.count("li"), 90);
    page.reconnect().await.expect_text("from 51").await;
    assert_eq!(page.count("li"), 50);
}

#[tokio::test]
async fn of_a_stream_with_a_limit_what_is_added_at_one_end_leaves_at_the_other() {
    let mut page = open(&live(numbers), "/").await;
    page.click(".last").await;
    assert_eq!(page.count("li"), 12);
    assert!(page.text().starts_with("94 95") && page.text().contains("104 105"));
    let mut page = open(&live(numbers), "/").await;
    page.click(".first").await;
    assert_eq!(page.count("li"), 12);
    assert!(page.text().starts_with("105 104") && page.text().contains("96 97 from"));
}

#[test]
fn what_a_browser_says_of_more_streams_than_a_page_has_is_not_kept() {
    let say = |streams: u32, key: &str| {
        let window = Window {
            count: 1,
            first: key.into(),
            last: key.into(),
        };
        let windows = (0..streams).map(|n| (format!("/{n}:0"), window.clone()));
        Window::plausible(windows.collect()).len()
    };
    assert_eq!(say(100, "0195f3a2-7f5e-7c31-9d0e-0a1b2c3d4e5f"), 100);
    assert_eq!((say(10_000, ""), say(1, &"k".repeat(40_000))), (0, 0));
}
