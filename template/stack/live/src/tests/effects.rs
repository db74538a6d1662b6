//! What goes on beside the page, and ends with it.

use std::{future::pending, sync::Arc};

use maud::html;
use serde_json::json;
use tokio::sync::Notify;

use super::{Counted, live, open};
use crate::{BrowserError, Cx, Result};

/// Rings when it is dropped.
struct Ends(Arc<Notify>);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn an_effect_begins_with_the_connection_and_changes_the_page_by_itself() {
    async fn page(cx: Cx) -> Result {
        let seen = cx.use_state(|| 0);
        cx.use_effect((), move |ctx| async move {
            for n in 1..=3 {
                tokio::task::yield_now().await;
                seen.set(&ctx, n);
            }
            Ok(())
        });
        Ok(html! { p { "seen " (seen.get(&cx)) } })
    }
    let live = live(page);
    assert!(
        super::document(&live, &super::visit("ada"), "/")
            .await
            .contains("seen 0")
    );
    open(&live, "/").await.expect_text("seen 3").await;
}

#[tokio::test]
async fn an_effect_ends_when_its_deps_change_and_an_async_handler_with_its_page() {
    let (ended, begun) = (Arc::new(Notify::new()), Counted::default());
    let (wake, count) = (ended.clone(), begun.clone());
    let live = live(move |cx: Cx| {
        let (wake, begun, late) = (wake.clone(), begun.clone(), wake.clone());
        async move {
            let room = cx.use_state(|| 0);
            cx.use_effect(room.get(&cx), move |_| async move {
                begun.up();
                let _ends = Ends(wake);
                pending::<()>().await;
                Ok(())
            });
            let wait = cx.on_async(move |_, _| {
                let ends = Ends(late.clone());
                async move {
                    let _ends = ends;
                    pending::<()>().await;
                    Ok(())
                }
            });
            Ok(html! {
                button.next on:click=(cx.on(move |ctx, _| room.update(ctx, |n| *n += 1))) {}
                button.wait on:click=(wait) {}
            })
        }
    });
    let mut page = open(&live, "/").await;
    page.click(".next").await;
    ended.notified().await;
    while count.get() < 2 {
        tokio::task::yield_now().await;
    }
    page.click_and_leave(".wait").await;
    // The handler and the second effect.
    ended.notified().await;
}

#[tokio::test]
async fn a_browser_is_called_by_allowed_paths_only_and_its_answers_are_typed() {
    async fn page(cx: Cx) -> Result {
        let said = cx.use_state(String::new);
        let call = cx.on_async(move |ctx, _| async move {
            let forbidden: Result<String, _> =
                ctx.browser().get("document").get("cookies").read().await;
            let evil: Result<String, _> = ctx.browser().call("eval", ["1"]).read().await;
            let typed: Result<u32, _> = ctx.browser().get("navigator").get("language").read().await;
            ctx.browser().scroll_to("#end");
            let all = [forbidden.map(|_| ()), evil.map(|_| ()), typed.map(|_| ())];
            let kinds = all.map(|outcome| match outcome {
                Err(BrowserError::NotAllowed(path)) => format!("no {path}"),
                Err(BrowserError::Type(_)) => "type".into(),
                other => format!("{other:?}"),
            });
            said.set(&ctx, kinds.join(", "));
            Ok(())
        });
        let rendering = cx
            .browser()
            .get("navigator")
            .get("language")
            .read::<String>()
            .await;
        Ok(
            html! { button on:click=(call) {} p { (said.get(&cx)) " " (rendering == Err(BrowserError::Rendering)) } },
        )
    }
    let mut page = open(&live(page), "/").await;
    page.click("button")
        .await
        .expect_text("no document.cookies, no eval(), type true")
        .await;
    let scroll =
        json!([["$", "#end"], ["scrollIntoView", { "behavior": "smooth", "block": "start" }]]);
    assert_eq!(page.calls(), [json!(["navigator", "language"]), scroll]);
}

#[tokio::test]
async fn messages_that_wait_together_are_one_rendering() {
    let rendered = Counted::default();
    let count = rendered.clone();
    let live = live(move |cx: Cx| {
        count.up();
        async move {
            let sum = cx.use_state(|| 0);
            cx.subscribe("numbers", move |ctx, n: u32| {
                sum.update(ctx, |sum| *sum += n);
            });
            Ok(html! { p { "sum " (sum.get(&cx)) } })
        }
    });
    let mut page = open(&live, "/").await;
    let before = rendered.get();
    for _ in 0..40 {
        live.hub().publish("numbers", &1).unwrap();
    }
    page.expect_text("sum 40").await;
    assert_eq!(rendered.get(), before + 1);
}
