//! Handlers, and which event reaches which.

use std::collections::BTreeMap;

use maud::html;

use super::{live, open};
use crate::{Cx, Event, PageError, Result};

#[tokio::test]
async fn a_form_arrives_as_a_struct() {
    #[derive(serde::Deserialize)]
    struct Form {
        title: String,
        #[serde(default)]
        done: bool,
    }
    async fn page(cx: Cx) -> Result {
        let said = cx.use_state(String::new);
        let save = cx.on_async(move |ctx, event| async move {
            let form: Form = event.form()?;
            said.set(&ctx, format!("{} {}", form.title, form.done));
            Ok(())
        });
        Ok(html! {
            form on:submit=(save) {
                input #title name="title" value="old";
                input #done name="done" type="checkbox" value="true";
                button type="submit" { "Save" }
            }
            p { (said.get(&cx)) }
        })
    }
    let mut page = open(&live(page), "/").await;
    page.click("button").await.expect_text("old false").await;
    page.fill("#title", "new")
        .await
        .check("#done", true)
        .await
        .click("button")
        .await
        .expect_text("new true")
        .await;
}

#[tokio::test]
async fn lists_and_nested_fields_of_a_form_are_those_of_the_struct() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Order {
        #[serde(default)]
        tags: Vec<String>,
        address: Address,
        #[serde(default)]
        rows: BTreeMap<u32, Row>,
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Address {
        city: String,
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Row {
        name: String,
        #[serde(default)]
        done: bool,
    }
    let row = |name: &str, done| Row {
        name: name.into(),
        done,
    };
    let form = |fields: &[(&str, &str)]| {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        let event = Event {
            fields: fields.collect(),
            ..Event::default()
        };
        event.form::<Order>().ok()
    };
    let order = form(&[
        ("tags[]", "a&b=c"),
        ("tags[]", "[d]"),
        ("address[city]", "Bern"),
        ("rows[7][name]", "late"),
        ("rows[2][name]", ""),
        ("rows[2][done]", "true"),
    ]);
    let wanted = Order {
        tags: vec!["a&b=c".into(), "[d]".into()],
        address: Address {
            city: "Bern".into(),
        },
        rows: BTreeMap::from([(2, row("", true)), (7, row("late", false))]),
    };
    assert_eq!(order, Some(wanted));
    assert_eq!(form(&[("tags[]", "a")]), None);
}

#[tokio::test]
async fn a_handler_that_does_not_wait_may_fail_as_well() {
    async fn page(cx: Cx) -> Result {
        let flash = cx.shown_flash();
        let parse = cx.on(|ctx, event| {
            let number: u32 = event.value().parse()?;
            ctx.flash(format!("number {number}"));
            Ok(())
        });
        let go = cx.on(|_, _| Err(PageError::redirect("/elsewhere")));
        Ok(html! {
            p { (flash.map(|flash| flash.text).unwrap_or_default()) }
            input #n on:input=(parse);
            button on:click=(go) {}
        })
    }
    let mut page = open(&live(page), "/").await;
    page.fill("#n", "7").await.expect_text("number 7").await;
    assert!(!page.has_failed());
    page.fill("#n", "x")
        .await
        .expect_text("Something went wrong")
        .await;
    assert!(page.has_failed());
    page.click("button").await;
    assert_eq!(page.left_for(), Some("/elsewhere"));
}

#[tokio::test]
async fn a_form_whose_handler_is_gone_does_not_count_as_done() {
    async fn page(cx: Cx) -> Result {
        let gone = cx.use_state(|| false);
        let hide = cx.on(move |ctx, _| gone.set(ctx, true));
        Ok(html! {
            button on:click=(hide) {}
            @if !gone.get(&cx) { form on:submit=(cx.on(|_, _| ())) {} }
        })
    }
    let mut page = open(&live(page), "/").await;
    let handler = page.handler("form", "submit");
    page.click("button").await;
    let (seq, _) = page.last();
    let late = serde_json::json!(["ev", seq + 1, 1, handler, "submit", {}]);
    page.send_raw(&late.to_string()).await;
    assert!(page.failed(seq + 1));
}

#[tokio::test]
async fn a_click_reaches_the_item_that_was_clicked_even_if_the_list_has_changed_meanwhile() {
    async fn page(cx: Cx) -> Result {
        let items = cx.use_state(|| vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]);
        let hit = cx.use_state(String::new);
        Ok(html! {
            @for item in &*items.read(&cx) {
                @let remove = { let item = item.clone(); cx.keyed(item.clone()).on(move |ctx, _| {
                    hit.set(ctx, format!("hit {item}"));
                    items.update(ctx, |all| all.retain(|other| *other != item));
                }) };
                button id=(item) data-key=(item) on:click=(remove) { (item) }
            }
            p { (hit.get(&cx)) }
        })
    }
    let mut page = open(&live(page), "/").await;
    let (b, c, version) = (
        page.handler("#b", "click"),
        page.handler("#c", "click"),
        page.version(),
    );
    page.click("#a").await;
    // Made while the list still had three.
    page.send_event(&c, version)
        .await
        .expect_text("hit c")
        .await;
    page.send_event(&b, version)
        .await
        .expect_text("hit b")
        .await;
    // It is gone, so this is for nobody.
    page.send_event(&b, version)
        .await
        .expect_text("hit b")
        .await;
}

#[tokio::test]
async fn a_click_on_what_means_something_else_by_now_is_left_alone() {
    async fn page(cx: Cx) -> Result {
        let (armed, fired) = (cx.use_state(|| false), cx.use_state(|| false));
        Ok(html! {
            @if armed.get(&cx) {
                button on:click=(cx.on(move |ctx, _| fired.set(ctx, true))) { "Delete" }
            } @else {
                button on:click=(cx.on(move |ctx, _| armed.set(ctx, true))) { "Edit" }
            }
            p { (if fired.get(&cx) { "deleted" } else { "there" }) }
        })
    }
    let mut page = open(&live(page), "/").await;
    let (handler, version) = (page.handler("button", "click"), page.version());
    page.click("button").await.expect_text("Delete").await;
    // A second click of a double click, made when it still said Edit.
    page.send_event(&handler, version).await;
    assert!(page.text().contains("there"));
    page.click("button").await.expect_text("deleted").await;
}

#[tokio::test]
async fn an_event_that_is_played_again_does_nothing() {
    async fn page(cx: Cx) -> Result {
        let count = cx.use_state(|| 0);
        Ok(
            html! { button on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) { (count.get(&cx)) } },
        )
    }
    let mut page = open(&live(page), "/").await;
    page.click("button")
        .await
        .click("button")
        .await
        .expect_text("2")
        .await;
    for seq in [1, 2, 0] {
        assert_eq!(
            page.send_raw(&serde_json::json!(["ev", seq, 1, "0", "click", {}]).to_string())
                .await,
            None
        );
    }
    assert_eq!(page.text(), "2");
}

#[tokio::test]
async fn an_error_of_a_handler_is_told_and_the_page_goes_on() {
    async fn page(cx: Cx) -> Result {
        let flash = cx.shown_flash();
        let fail = cx.on_async(|_, _| async {
            Err(PageError::from(std::io::Error::other("a secret detail")))
        });
        Ok(
            html! { p { (flash.map(|flash| flash.text).unwrap_or_default()) } button on:click=(fail) {} },
        )
    }
    let mut page = open(&live(page), "/").await;
    page.click("button")
        .await
        .expect_text("Something went wrong")
        .await;
    assert!(!page.text().contains("secret"));
    page.click("button").await;
}

#[tokio::test]
async fn a_counter_costs_far_less_than_300_bytes_a_click() {
    async fn page(cx: Cx) -> Result {
        let count = cx.use_state(|| 0);
        Ok(html! {
            @for line in 0..100 { p { "Line " (line) } }
            button on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) { (count.get(&cx)) }
        })
    }
    let mut page = open(&live(page), "/").await;
    assert!(
        page.last_message_bytes < 100,
        "{} bytes to join",
        page.last_message_bytes
    );
    page.click("button").await;
    page.click("button").await;
    assert!(
        page.last_message_bytes < 150,
        "{} bytes",
        page.last_message_bytes
    );
}

#[tokio::test]
async fn a_panic_stops_its_own_page_only() {
    async fn page(cx: Cx) -> Result {
        let (count, broken) = (cx.use_state(|| 0), cx.use_state(|| false));
        assert!(!broken.get(&cx), "while rendering");
        Ok(html! {
            button.ok on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) { (count.get(&cx)) }
            button.handler on:click=(cx.on(|_, _| panic!("in a handler"))) {}
            button.later on:click=(cx.on_async(|_, _| async { panic!("later") })) {}
            button.render on:click=(cx.on(move |ctx, _| broken.set(ctx, true))) {}
        })
    }
    let live = live(page);
    let mut other = open(&live, "/").await;
    for button in [".handler", ".later", ".render"] {
        let mut page = open(&live, "/").await;
        page.click(button).await;
        assert!(
            page.error()
                .is_some_and(|text| text.contains("stopped working")),
            "{button}"
        );
        other.click(".ok").await;
    }
    other.expect_text("3").await;
}
