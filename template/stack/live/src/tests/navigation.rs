//! From page to page without loading.

use std::{future::pending, sync::Arc};

use maud::html;
use tokio::sync::Notify;

use super::{builder, open};
use crate::{Cx, Live, PageError, Result};

fn site() -> Live {
    async fn home(cx: Cx) -> Result {
        cx.set_title("Home");
        let flash = cx.shown_flash().map(|flash| flash.text).unwrap_or_default();
        let go = cx.on(|ctx, _| {
            ctx.flash("It is saved.");
            ctx.navigate("/items/7?tab=two");
        });
        Ok(
            html! { h1 { "Home" } (flash) a data-link href="/items/caf%C3%A9" { "Item" } button on:click=(go) {} },
        )
    }
    async fn item(cx: Cx) -> Result {
        #[derive(serde::Deserialize)]
        struct Tab {
            #[serde(default)]
            tab: String,
        }
        cx.set_title("Item");
        let Tab { tab } = cx.query()?;
        let flash = cx.shown_flash().map(|flash| flash.text).unwrap_or_default();
        Ok(
            html! { h1 { "Item " (cx.param("id")) " " (tab) } (flash) a.home data-link href="/" { "Home" } },
        )
    }
    async fn closed(_: Cx) -> Result {
        Err(PageError::redirect("/items/9"))
    }
    builder()
        .page("/", home)
        .page("/items/{id}", item)
        .page("/closed", closed)
        .build()
}

#[tokio::test]
async fn a_link_leads_to_another_page_with_its_parameters_title_and_address() {
    let mut page = open(&site(), "/").await;
    page.click("a").await.expect_text("Item café").await;
    assert_eq!((page.url(), page.title()), ("/items/caf%C3%A9", "Item"));
    page.click(".home").await.expect_text("Home").await;
    assert_eq!(page.title(), "Home");
}

#[tokio::test]
async fn a_handler_leads_elsewhere_and_its_message_is_shown_there_once() {
    let mut page = open(&site(), "/").await;
    page.click("button")
        .await
        .expect_text("Item 7 two It is saved.")
        .await;
    assert_eq!(page.url(), "/items/7?tab=two");
    page.click(".home")
        .await
        .expect_no_text("It is saved.")
        .await;
}

#[tokio::test]
async fn a_redirect_is_followed_and_what_is_no_live_page_is_left_for() {
    let mut page = open(&site(), "/").await;
    page.visit("/closed").await.expect_text("Item 9").await;
    assert_eq!(page.url(), "/items/9");
    page.visit("/static/app.css").await;
    assert_eq!(page.left_for(), Some("/static/app.css"));
}

#[tokio::test]
async fn after_navigating_a_reconnection_comes_back_to_the_same_place() {
    let mut page = open(&site(), "/").await;
    page.visit("/items/3").await.expect_text("Item 3").await;
    page.reconnect().await.expect_text("Item 3").await;
}

#[tokio::test]
async fn a_page_describes_itself_in_the_head_and_the_next_one_begins_without() {
    let described = |cx: Cx| async move {
        let wide = cx.use_state(|| false);
        let widen = cx.on(move |ctx, _| wide.set(ctx, true));
        let description = if wide.get(&cx) { "wide" } else { "narrow" };
        cx.set_head(&html! { meta name="description" content=(description); });
        Ok(html! { button on:click=(widen) {} })
    };
    async fn plain(_: Cx) -> Result {
        Ok(html! { "plain" })
    }
    let live = builder().page("/", described).page("/plain", plain).build();
    let uri = "/".parse().unwrap();
    let rendered = live.render(super::visit("ada"), &uri).await.unwrap();
    assert!(rendered.unwrap().head.0.contains("content=\"narrow\""));
    let mut page = open(&live, "/").await;
    assert_eq!(page.head(), "");
    page.click("button").await;
    assert!(page.head().contains("wide"));
    page.visit("/plain").await.expect_text("plain").await;
    assert_eq!(page.head(), "");
    page.visit("/").await.expect("button").await;
    assert!(page.head().contains("narrow"));
}

/// A page with handlers that never end by themselves, and one to go to.
fn waiting_site(release: Arc<Notify>) -> Live {
    let start = move |cx: Cx| {
        let release = Arc::clone(&release);
        async move {
            let wait = cx.on_async(move |_, _| {
                let release = Arc::clone(&release);
                async move {
                    release.notified().await;
                    Err(PageError::redirect("/late"))
                }
            });
            let go = cx.on_async(|ctx, _| async move {
                ctx.navigate("/next");
                Ok(())
            });
            let go_and_wait = cx.on_async(|ctx, _| async move {
                ctx.navigate("/next");
                pending().await
            });
            Ok(html! {
                button.wait on:click=(wait) {}
                button.go on:click=(go) {}
                button.go-and-wait on:click=(go_and_wait) {}
            })
        }
    };
    async fn next(_: Cx) -> Result {
        Ok(html! { "Next" })
    }
    async fn late(_: Cx) -> Result {
        Ok(html! { "Late" })
    }
    builder()
        .page("/", start)
        .page("/next", next)
        .page("/late", late)
        .build()
}

#[tokio::test]
async fn an_async_handler_ends_with_the_page_that_is_left_and_leads_nowhere_later() {
    let release = Arc::new(Notify::new());
    let mut page = open(&waiting_site(Arc::clone(&release)), "/").await;
    page.begin_click(".wait").await;
    // Answered in full only when the handler has ended, too.
    page.visit("/next").await.expect_text("Next").await;
    release.notify_one();
    assert_eq!(page.send_raw("[\"ping\"]").await, None);
    assert_eq!((page.url(), page.text().trim()), ("/next", "Next"));
}

#[tokio::test]
async fn a_handler_that_navigates_is_acknowledged_whether_it_returns_or_goes_on() {
    for button in [".go", ".go-and-wait"] {
        let mut page = open(&waiting_site(Arc::default()), "/").await;
        page.click(button).await.expect_text("Next").await;
        assert_eq!(page.url(), "/next");
    }
}

#[tokio::test]
async fn where_a_page_redirects_to_is_all_that_is_shown() {
    let mut page = open(&site(), "/").await;
    page.visit("/closed").await;
    assert_eq!(page.count("h1"), 1);
}

#[tokio::test]
async fn a_second_link_does_not_wait_for_what_the_page_of_the_first_one_loads() {
    async fn start(cx: Cx) -> Result {
        cx.set_head(&html! { meta name="robots" content="none"; });
        Ok(html! { h1 { "Start" } })
    }
    async fn never(cx: Cx) -> Result {
        cx.use_load((), |_| pending::<Result<(), PageError>>())
            .await?;
        Ok(html! { h1 { "Never" } })
    }
    async fn next(_: Cx) -> Result {
        Ok(html! { h1 { "Next" } })
    }
    let live = builder()
        .page("/", start)
        .page("/never", never)
        .page("/next", next)
        .build();
    let mut page = open(&live, "/").await;
    page.begin_visit("/never");
    page.begin_visit("/never?again");
    page.visit("/next").await;
    assert_eq!((page.url(), page.text().trim()), ("/next", "Next"));
    assert_eq!((page.count("h1"), page.head()), (1, ""));
    page.reconnect().await.expect_text("Next").await;
}

#[tokio::test]
async fn what_else_is_sent_while_a_page_is_made_waits_for_it() {
    let ready = Arc::new(Notify::new());
    let shown = Arc::clone(&ready);
    let slow = move |cx: Cx| {
        let ready = Arc::clone(&ready);
        async move {
            let load = cx.use_load((), |_| async move {
                ready.notified().await;
                Ok::<_, PageError>(())
            });
            load.await?;
            Ok(html! { h1 { "Slow" } })
        }
    };
    async fn start(cx: Cx) -> Result {
        let nothing = cx.on(|_, _| {});
        Ok(html! { h1 { "Start" } button on:click=(nothing) {} })
    }
    let live = builder().page("/", start).page("/slow", slow).build();
    let mut page = open(&live, "/").await;
    page.begin_visit("/slow");
    page.click_without_waiting("button");
    shown.notify_one();
    page.expect_text("Slow").await;
    page.visit("/").await.expect_text("Start").await;
}
