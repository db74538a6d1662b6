//! From page to page without loading.

use maud::html;

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
