//! The log of what concerns security.

use app::{
    models::{ClientInfo, EventKind, Outcome, SecurityEvent, User},
    repositories::security_events,
};
use serde_json::json;
use stack_web::random;

use crate::common::{PASSWORD, TestApp, log};

/// The events of `user`, newest first.
async fn events(app: &TestApp, user: &User) -> Vec<SecurityEvent> {
    let events = security_events::list(app.database.pool(), user.owner(), None, 100).await;
    events.unwrap()
}

/// Their kinds and outcomes, oldest first.
async fn story(app: &TestApp, user: &User) -> Vec<(EventKind, Outcome)> {
    let events = events(app, user).await.into_iter().rev();
    events.map(|event| (event.kind, event.outcome)).collect()
}

#[tokio::test]
async fn every_kind_and_outcome_of_event_can_be_stored_and_read() {
    let app = TestApp::new().await;
    let (ada, client) = (app.user("ada").await, ClientInfo::default());
    for kind in EventKind::all() {
        for outcome in [Outcome::Success, Outcome::Failure] {
            let pool = app.database.pool();
            let stored = security_events::insert(pool, Some(ada.id), kind, outcome, &client, "");
            stored.await.unwrap();
            let newest = events(&app, &ada).await.remove(0);
            assert_eq!((newest.kind, newest.outcome), (kind, outcome));
            assert!(!kind.title().is_empty());
        }
    }
}

#[tokio::test]
async fn an_account_has_the_story_of_its_log_ins() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let answer = app
        .client()
        .log_in("ada@example.com", "wrong password")
        .await;
    answer.problem(401, "wrong_credentials");
    client.call("DELETE", "/api/session").await;
    assert_eq!(
        story(&app, &ada).await,
        [
            (EventKind::Registration, Outcome::Success),
            (EventKind::LogIn, Outcome::Success),
            (EventKind::LogIn, Outcome::Failure),
            (EventKind::LogOut, Outcome::Success),
        ]
    );
}

#[tokio::test]
async fn an_event_has_the_address_and_the_browser_it_came_from() {
    let app = TestApp::with(&[("TRUSTED_PROXIES", "1")]).await;
    let ada = app.user("ada").await;
    let body = json!({ "email": ada.email, "password": PASSWORD }).to_string();
    let request = axum::http::Request::post("/api/session")
        .header("content-type", "application/json")
        .header("x-forwarded-for", "2001:db8::7")
        .header("user-agent", "curl/8.5.0");
    app.client().send(request.body(body.into()).unwrap()).await;
    let log_in = events(&app, &ada).await.remove(0);
    assert_eq!(log_in.client.address_text(), "2001:db8::7");
    assert_eq!(log_in.client.user_agent.to_string(), "curl");
}

#[tokio::test]
async fn the_log_has_neither_the_password_nor_the_address_of_an_unknown_account() {
    let app = TestApp::new().await;
    let secret = hex::encode(random::bytes::<16>());
    let (email, password) = (format!("{secret}@example.com"), format!("pw {secret}"));
    let answer = app.client().log_in(&email, &password).await;
    answer.problem(401, "wrong_credentials");
    let stored: String = app
        .value("SELECT row_to_json(e)::text FROM security_events e")
        .await;
    assert!(stored.contains("log_in") && stored.contains(r#""user_id":null"#));
    assert!(!stored.contains(&secret), "{stored}");
    let log = log::text();
    assert!(log.contains("security event") && !log.contains(&secret));
}

#[tokio::test]
async fn a_flood_of_refused_requests_stores_a_bounded_number_of_events() {
    let app = TestApp::new().await;
    let mut client = app.client();
    for _ in 0..50 {
        client.log_in("nobody@example.com", "wrong password").await;
    }
    // Twenty a minute, and the test may last into a second one.
    let count: i64 = app.value("SELECT count(*) FROM security_events").await;
    assert!((20..=40).contains(&count), "{count}");
    // The events of a user are not crowded out by those of nobody.
    let (ada, _) = app.logged_in("ada").await;
    assert_eq!(events(&app, &ada).await.len(), 2);
}

#[tokio::test]
async fn events_are_kept_for_their_time_and_then_deleted_in_batches() {
    let app = TestApp::with(&[("SECURITY_LOG_DAYS", "30")]).await;
    let ada = app.user("ada").await;
    let (log, client) = (&app.state.security_log, ClientInfo::default());
    log.succeeded(EventKind::LogIn, ada.id, &client).await;
    app.execute("UPDATE security_events SET created_at = now() - interval '30 days' WHERE kind = 'registration'").await;
    assert_eq!(log.delete_old().await.unwrap(), 1);
    assert_eq!(
        story(&app, &ada).await,
        [(EventKind::LogIn, Outcome::Success)]
    );
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_does_not_fail_the_request() {
    let app = TestApp::new().await;
    app.execute("DROP TABLE security_events").await;
    let (_, mut client) = app.logged_in("ada").await;
    assert_eq!(client.get("/api/me").await.status.as_u16(), 200);
}
