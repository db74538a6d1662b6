//! Pages whose connection breaks while an event is under way: it is done once, and what came of it is there.

use std::{sync::Arc, time::Duration};

use maud::html;
use serde_json::json;
use tokio::sync::Notify;

use super::{Counted, builder, document, open, visit};
use crate::{CloseReason, Cx, Limits, Live, PageError, testing::Page};

/// What a handler is told by a test, and tells it.
#[derive(Clone, Default)]
struct Gate {
    begun: Counted,
    done: Counted,
    open: Arc<Notify>,
}

/// A page that counts, whose async handler waits for `gate`.
fn gated(gate: &Gate, limits: Limits) -> Live {
    let gate = gate.clone();
    let page = move |cx: Cx| {
        let gate = gate.clone();
        async move {
            let count = cx.use_state(|| 0);
            let waits = gate.clone();
            let slow = cx.on_async(move |ctx, _| {
                let gate = waits.clone();
                async move {
                    gate.begun.up();
                    gate.open.notified().await;
                    gate.done.up();
                    count.update(&ctx, |n| *n += 1);
                    Ok(())
                }
            });
            let begun = gate.begun.clone();
            let go = cx.on(move |ctx, _| {
                begun.up();
                ctx.navigate("/next");
            });
            let fail =
                cx.on_async(|_, _| async { Err(PageError::from(std::io::Error::other("no"))) });
            Ok(html! {
                button.slow on:click=(slow) {}
                button.quick on:click=(cx.on(move |ctx, _| count.update(ctx, |n| *n += 1))) {}
                button.go on:click=(go) {}
                button.fail on:click=(fail) {}
                p { "count " (count.get(&cx)) }
            })
        }
    };
    let next = |cx: Cx| async move {
        cx.ctx().set_title("Next");
        Ok::<_, PageError>(html! { h1 { "The next page" } })
    };
    builder()
        .limits(limits)
        .page("/", page)
        .page("/next", next)
        .build()
}

/// Until the server has done something that is not told.
async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_event_whose_answer_was_lost_is_not_done_again_and_what_came_of_it_is_there() {
    let live = gated(&Gate::default(), Limits::default());
    let mut page = open(&live, "/").await;
    page.click(".quick").await.expect_text("count 1").await;
    page.reconnect_unheard().await;
    assert_eq!(page.answer()["a"], 1, "it is told what was done");
    assert!(page.text().contains("count 1"));
    let again = json!(["ev", 1, 1, page.handler(".quick", "click"), "click", {}]);
    page.send_raw(&again.to_string()).await;
    assert!(page.text().contains("count 1"));
    page.click(".quick").await.expect_text("count 2").await;
}

#[tokio::test]
async fn an_event_that_did_not_arrive_is_told_not_to_have_been_done() {
    let live = gated(&Gate::default(), Limits::default());
    let mut page = open(&live, "/").await;
    page.reconnect().await;
    assert_eq!(page.answer()["a"], 0);
}

#[tokio::test]
async fn another_process_does_not_say_what_it_does_not_know_and_does_nothing_again() {
    let live = gated(&Gate::default(), Limits::default());
    let mut page = open(&live, "/").await;
    page.click(".quick").await;
    page.reconnect_to(&gated(&Gate::default(), Limits::default()))
        .await;
    assert!(page.answer().get("a").is_none());
    let again = json!(["ev", 1, 1, page.handler(".quick", "click"), "click", {}]);
    page.send_raw(&again.to_string()).await;
    assert!(page.text().contains("count 1"));
}

#[tokio::test]
async fn a_handler_at_work_when_the_line_breaks_is_finished_before_its_page_comes_back() {
    let gate = Gate::default();
    let live = gated(&gate, Limits::default());
    let mut page = open(&live, "/").await;
    page.click_without_waiting(".slow");
    until(|| gate.begun.get() == 1).await;
    let open = gate.open.clone();
    tokio::spawn(async move { open.notify_one() });
    page.reconnect().await.expect_text("count 1").await;
    assert_eq!((gate.done.get(), &page.answer()["a"]), (1, &json!(1)));
    assert!(page.answer().get("x").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_end_is_cut_off_and_its_page_told() {
    let gate = Gate::default();
    let limits = Limits {
        finish_timeout: Duration::from_millis(10),
        ..Limits::default()
    };
    let live = gated(&gate, limits);
    let mut page = open(&live, "/").await;
    page.click_without_waiting(".slow");
    until(|| gate.begun.get() == 1).await;
    page.reconnect().await;
    assert_eq!(
        (&page.answer()["a"], &page.answer()["x"]),
        (&json!(1), &json!([1]))
    );
    assert_eq!(gate.done.get(), 0);
}

#[tokio::test]
async fn a_server_that_stops_finishes_what_was_begun_and_says_so_before_it_goes() {
    let gate = Gate::default();
    let live = gated(&gate, Limits::default());
    let mut page = open(&live, "/").await;
    page.begin_click(".slow").await;
    live.stop();
    gate.open.notify_one();
    page.expect_text("count 1").await;
    assert_eq!(page.wait_for_close().await, CloseReason::Restart);
    live.ended().await;
}

#[tokio::test]
async fn a_page_that_was_sent_on_without_hearing_of_it_is_sent_on_when_it_comes_back() {
    let gate = Gate::default();
    let live = gated(&gate, Limits::default());
    let mut page = open(&live, "/").await;
    page.click_without_waiting(".go");
    until(|| gate.begun.get() == 1).await;
    page.reconnect().await.expect_text("The next page").await;
    assert_eq!((page.url(), page.title()), ("/next", "Next"));
}

#[tokio::test]
async fn what_has_failed_is_told_with_its_answer() {
    let live = gated(&Gate::default(), Limits::default());
    let mut page = open(&live, "/").await;
    assert!(page.click(".fail").await.has_failed());
    assert!(!page.click(".quick").await.has_failed());
}

#[tokio::test]
async fn what_is_remembered_of_a_page_is_for_its_visitor_and_fits_its_room() {
    let limits = Limits {
        remembered_bytes: 400,
        ..Limits::default()
    };
    let live = gated(&Gate::default(), limits);
    let mut page = open(&live, "/").await;
    let (_, name) = page.last();
    let name = name.to_owned();
    page.click(".quick").await;
    let html = document(&live, &visit("eve"), "/").await;
    let mut eve = Page::connect(&live, &visit("eve"), "/", &html).await;
    eve.call_itself(&name).reconnect_unheard().await;
    assert!(eve.answer().get("a").is_none());
    assert!(!eve.text().contains("count 1"));
    // Others come and go, and there is room for one.
    for _ in 0..5 {
        let mut other = open(&live, "/").await;
        other.reconnect().await;
    }
    drop(eve);
    page.reconnect_unheard().await;
    assert_eq!(page.answer()["a"], 1, "it was open until now");
}
