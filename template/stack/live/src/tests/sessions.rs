//! The end of a visitor's session.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use maud::html;

use super::{Counted, builder, document, live, open_as, visit};
use crate::{CloseReason, Cx, Live, Result, Session, Visit, testing::Page};

/// A page that counts its clicks.
fn counting() -> (Live, Counted) {
    let counted = Counted::default();
    let of_page = counted.clone();
    let page = move |cx: Cx| {
        let clicks = of_page.clone();
        async move { Result::Ok(html! { button on:click=(cx.on(move |_, _| clicks.up())) {} }) }
    };
    (live(page), counted)
}

fn visit_of(session: Session) -> Visit {
    Visit {
        session: Some(session),
        ..visit("ada")
    }
}

/// A session that is valid as long as what is returned says so.
fn session() -> (Session, Arc<AtomicBool>) {
    let valid = Arc::new(AtomicBool::new(true));
    let known = Arc::clone(&valid);
    let session = Session::new("1", move || {
        let valid = known.load(Ordering::SeqCst);
        async move { io::Result::Ok(valid) }
    });
    (session, valid)
}

#[tokio::test]
async fn an_event_after_the_end_of_the_session_is_not_carried_out() {
    let (live, clicks) = counting();
    let (session, _) = session();
    let visit = visit_of(session);
    // What arrives at the same time is taken in any order, so not only once.
    for _ in 0..30 {
        let mut page = open_as(&live, &visit, "/").await;
        live.end_session("1");
        page.click_without_waiting("button");
        assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
    }
    assert_eq!(clicks.get(), 0);
    let eve = super::visit("eve");
    let mut other = open_as(&live, &eve, "/").await;
    other.click("button").await;
    assert_eq!(clicks.get(), 1);
}

#[tokio::test]
async fn a_page_whose_session_ends_between_its_html_and_its_connection_is_never_joined() {
    let (live, _) = counting();
    let (session, valid) = session();
    let visit = visit_of(session);
    let document = document(&live, &visit, "/").await;
    valid.store(false, Ordering::SeqCst);
    let mut page = Page::connect_or_end(&live, &visit, "/", &document).await;
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
}

#[tokio::test]
async fn a_session_that_ends_while_it_is_checked_has_ended() {
    let (live, _) = counting();
    let ends = live.clone();
    // What was read before the end is answered after it.
    let session = Session::new("1", move || {
        ends.end_session("1");
        async { io::Result::Ok(true) }
    });
    let visit = visit_of(session);
    let mut page = open_as(&live, &visit, "/").await;
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
}

#[tokio::test]
async fn a_page_that_is_being_made_when_the_session_ends_is_not_shown() {
    async fn home(_: Cx) -> Result {
        Ok(html! { p { "home" } })
    }
    async fn slow(_: Cx) -> Result {
        std::future::pending().await
    }
    let live = builder().page("/", home).page("/slow", slow).build();
    let (session, _) = session();
    let mut page = open_as(&live, &visit_of(session), "/").await;
    page.begin_visit("/slow");
    live.end_session("1");
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_nobody_ends_is_checked_again() {
    let (live, _) = counting();
    let (session, valid) = session();
    let mut page = open_as(&live, &visit_of(session), "/").await;
    valid.store(false, Ordering::SeqCst);
    // A page that is silent would end otherwise, but later.
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_may_have_ended_while_messages_were_missed_is_checked() {
    let (live, _) = counting();
    let (session, valid) = session();
    let mut page = open_as(&live, &visit_of(session), "/").await;
    valid.store(false, Ordering::SeqCst);
    let missed = tokio::time::Instant::now();
    live.hub().mark_all_lagged();
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
    // Sooner than it would have been without.
    assert!(missed.elapsed() < live.limits().session_check / 10);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_fails_ends_no_page_and_lets_none_begin() {
    let (live, clicks) = counting();
    let failing = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&failing);
    let session = Session::new("1", move || {
        let fails = fails.load(Ordering::SeqCst);
        async move {
            if fails {
                Err(io::Error::other("no database"))
            } else {
                Ok(true)
            }
        }
    });
    let visit = visit_of(session);
    let mut page = open_as(&live, &visit, "/").await;
    failing.store(true, Ordering::SeqCst);
    tokio::time::sleep(live.limits().session_check).await;
    page.click("button").await;
    assert_eq!(clicks.get(), 1);
    page.reconnect().await;
    assert_eq!(page.wait_for_close().await, CloseReason::Restart);
}
