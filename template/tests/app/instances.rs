//! Two instances of the application on one database.

use app::{routes, state::AppState};
use futures_util::StreamExt;
use serde_json::json;
use stack_db::Db;
use stack_live::{
    CloseReason,
    broadcast::{self, Lagged, Mailbox},
};
use tokio::task::JoinSet;

use crate::common::{LivePage, PASSWORD, TestApp};

/// Another instance on the database of `app`, when messages go from each to the other.
async fn second(app: &TestApp, tasks: &mut JoinSet<()>) -> AppState {
    let pool = app.database.pool();
    let state = app::app::state(app.state.config.clone(), Db::from_pool(pool.clone()));
    let state = state.expect("a state");
    for hub in [app.state.live.hub(), state.live.hub()] {
        let (mailbox, mut deliveries) = Mailbox::new();
        let _subscription = hub.subscribe("any", &mailbox, 1);
        tasks.spawn(broadcast::connect(hub.clone(), pool.clone()));
        // It listens from now on.
        assert_eq!(deliveries.next().await, Some(Err(Lagged)));
    }
    state
}

#[tokio::test]
async fn a_note_that_is_written_at_one_instance_is_shown_at_the_other() {
    let (app, mut tasks) = (TestApp::new().await, JoinSet::new());
    let other = second(&app, &mut tasks).await;
    let (_, mut ada) = app.logged_in("ada").await;
    let mut list = LivePage::open(&app, &mut ada, "/notes").await;
    let body = json!({ "title": "From far away" });
    let mut there = ada.at(routes::router(other));
    there.json("POST", "/api/notes", body).await;
    list.expect_text("From far away").await;
}

#[tokio::test]
async fn a_session_that_ends_at_one_instance_ends_its_pages_at_the_other() {
    let (app, mut tasks) = (TestApp::new().await, JoinSet::new());
    let other = second(&app, &mut tasks).await;
    let (_, mut ada) = app.logged_in("ada").await;
    let mut there = ada.at(routes::router(other));

    let mut page = LivePage::open(&app, &mut ada, "/notes").await;
    there.log_in("ada@example.com", PASSWORD).await;
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);

    let mut ada = there.at(routes::router(app.state.clone()));
    let mut page = LivePage::open(&app, &mut ada, "/notes").await;
    there.call("DELETE", "/api/session").await;
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
}
{%- if presence and showcase %}

#[tokio::test]
async fn a_page_shows_who_is_there_at_either_instance_until_they_leave() {
    let (app, mut tasks) = (TestApp::new().await, JoinSet::new());
    let other = second(&app, &mut tasks).await;
    let mut page = LivePage::open(&app, &mut app.client(), "/components").await;
    page.expect_text("Nobody else is here.").await;
    let neighbour = LivePage::open(&app, &mut app.client(), "/components").await;
    page.expect(".visitors li:nth-child(1)").await;
    let hub = other.live.hub();
    let far = hub.enter("components", "far", &"Guest from afar");
    page.expect_text("Guest from afar").await;
    drop(far);
    page.expect_no_text("Guest from afar").await;
    drop(neighbour);
    page.expect_text("Nobody else is here.").await;
}
{%- endif %}
