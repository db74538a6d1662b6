//! A component that fails, and the page around it.

use maud::html;

use super::{live, open};
use crate::{Cx, PageError, Result};

/// A counter that fails in one of several ways, beside one that does not.
async fn page(cx: Cx) -> Result {
    async fn fragile(cx: Cx, (): ()) -> Result {
        let (count, how) = (cx.use_state(|| 0), cx.use_state(String::new));
        cx.subscribe("topic", |_, (): ()| panic!("a message"));
        match &*how.get(&cx) {
            "panic" => panic!("while rendering"),
            "error" => Err(std::fmt::Error)?,
            _ => {}
        }
        let fail = |how_to: &'static str| {
            cx.keyed(how_to)
                .on(move |ctx, _| how.set(ctx, how_to.into()))
        };
        Ok(html! {
            p { "fragile " (count.get(&cx)) }
            button.up on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) {}
            button.render-panic on:click=(fail("panic")) {}
            button.render-error on:click=(fail("error")) {}
            button.handler on:click=(cx.on::<()>(|_, _| panic!("in a handler"))) {}
            button.later on:click=(cx.on_async(|_, _| async { panic!("later") })) {}
        })
    }
    let count = cx.use_state(|| 0);
    let publish = cx.on(|ctx, _| ctx.publish("topic", &()).unwrap());
    let nested = cx.use_state(|| false);
    Ok(html! {
        p { "sound " (count.get(&cx)) }
        button.sound on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) {}
        button.message on:click=(publish) {}
        button.new on:click=(cx.on(move |ctx, _| nested.set(ctx, true))) {}
        (cx.child(fragile, ()).await?)
        @if nested.get(&cx) { (cx.child(broken, ()).await?) }
    })
}

async fn broken(_: Cx, (): ()) -> Result {
    panic!("always")
}

#[tokio::test]
async fn a_component_that_fails_says_so_and_starts_again_while_the_page_goes_on() {
    for way in [
        "handler",
        "later",
        "render-panic",
        "render-error",
        "message",
    ] {
        let mut page = open(&live(page), "/").await;
        page.click(".sound")
            .await
            .click(".up")
            .await
            .expect_text("fragile 1")
            .await;
        page.click(&format!(".{way}"))
            .await
            .expect(".live-failed")
            .await;
        assert!(!page.text().contains("fragile"), "{way}: {}", page.text());
        assert!(page.error().is_none(), "{way}");
        page.click(".sound").await.expect_text("sound 2").await;
        page.click(".live-failed button")
            .await
            .expect_text("fragile 0")
            .await;
        page.click(".up").await.expect_text("fragile 1").await;
        page.reconnect()
            .await
            .expect_text("sound 2")
            .await
            .expect_text("fragile 1")
            .await;
    }
}

#[tokio::test]
async fn a_component_that_comes_and_fails_at_once_leaves_the_others_alone() {
    let mut page = open(&live(page), "/").await;
    page.click(".up")
        .await
        .click(".new")
        .await
        .expect(".live-failed")
        .await;
    page.expect_text("fragile 1").await;
    page.click(".live-failed button")
        .await
        .click(".sound")
        .await;
    page.expect_text("sound 1")
        .await
        .expect(".live-failed")
        .await;
}

#[tokio::test]
async fn a_component_that_fails_while_its_page_is_rendered_first_is_the_failure_of_the_page() {
    let live = live(|cx: Cx| async move { cx.child(broken, ()).await });
    let visit = crate::Visit::default();
    let outcome = live.render(visit, &"/".parse().unwrap()).await;
    assert!(matches!(outcome, Err(PageError::Panicked(_))));
}
