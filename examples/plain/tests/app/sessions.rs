//! Sessions in the database.

use app::{models::SessionToken, repositories::sessions};
use sha2::{Digest, Sha256};

use crate::common::{Client, PASSWORD, TestApp};

const COUNT: &str = "SELECT count(*) FROM sessions";

/// Deletes up to `limit` sessions that have expired, and returns how many.
async fn delete_expired(app: &TestApp, limit: i64) -> usize {
    let idle = app.state.config.session_idle;
    let deleted = sessions::delete_expired(app.database.pool(), idle, limit).await;
    deleted.unwrap().len()
}

/// The session that `client` is logged in with.
async fn session(app: &TestApp, client: &Client) -> app::models::Session {
    let token = SessionToken::parse(client.cookie("_session").unwrap()).unwrap();
    let idle = app.state.config.session_idle;
    let found = sessions::user(app.database.pool(), token.digest(), idle).await;
    found.unwrap().unwrap().0
}

#[tokio::test]
async fn only_the_hash_of_a_token_is_stored() {
    let app = TestApp::new().await;
    let (_, client) = app.logged_in("ada").await;
    let token = client.cookie("_session").unwrap();
    assert_eq!(token.len(), 64);
    let stored: Vec<u8> = app.value("SELECT token_hash FROM sessions").await;
    let bytes = hex::decode(token).unwrap();
    assert_eq!(stored, Sha256::digest(bytes).as_slice());
}

#[tokio::test]
async fn logging_in_again_ends_the_session_before() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let before = client.cookie("_session").unwrap().to_owned();
    client.log_in("ada@example.com", PASSWORD).await;
    assert_ne!(client.cookie("_session").unwrap(), before);
    assert_eq!(app.value::<i64>(COUNT).await, 1);
}

#[tokio::test]
async fn a_token_that_somebody_chose_is_never_logged_in() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let (_, mut client) = app.logged_in("eve").await;
    let chosen = "ab".repeat(32);
    client.set_cookie("_session", &chosen);
    client.log_in("ada@example.com", PASSWORD).await;
    assert_ne!(client.cookie("_session").unwrap(), chosen);
    client.set_cookie("_session", &chosen);
    client.get("/api/me").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn an_expired_session_is_invalid_and_the_cleanup_deletes_it() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    app.execute("UPDATE sessions SET expires_at = now()").await;
    let (_, mut bob) = app.logged_in("bob").await;
    ada.get("/api/me").await.problem(401, "unauthenticated");
    ada.open("/notes").await.leads_to("/login?next=/notes");
    assert_eq!(delete_expired(&app, 10).await, 1);
    assert_eq!(bob.get("/api/me").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_before_its_last_day() {
    let app = TestApp::with(&[("SESSION_IDLE_HOURS", "2")]).await;
    let (_, mut ada) = app.logged_in("ada").await;
    app.execute("UPDATE sessions SET last_used_at = now() - interval '119 minutes'")
        .await;
    // This request is a use, so the time begins anew.
    assert_eq!(ada.get("/api/me").await.status.as_u16(), 200);
    assert_eq!(delete_expired(&app, 10).await, 0);
    app.execute("UPDATE sessions SET last_used_at = now() - interval '2 hours'")
        .await;
    ada.get("/api/me").await.problem(401, "unauthenticated");
    ada.open("/notes").await.leads_to("/login?next=/notes");
    assert_eq!(delete_expired(&app, 10).await, 1);
}

#[tokio::test]
async fn the_use_of_a_session_is_stored_at_most_once_a_minute() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let first = session(&app, &ada).await;
    ada.get("/api/me").await;
    assert_eq!(session(&app, &ada).await.last_used_at, first.last_used_at);
    app.execute("UPDATE sessions SET last_used_at = last_used_at - interval '61 seconds'")
        .await;
    ada.get("/api/me").await;
    let later = session(&app, &ada).await;
    assert!(later.last_used_at >= first.last_used_at && !later.touch_due);
}

#[tokio::test]
async fn a_session_has_the_browser_and_the_address_that_used_it_last() {
    let app = TestApp::with(&[("TRUSTED_PROXIES", "1")]).await;
    let (_, mut ada) = app.logged_in("ada").await;
    let stored = session(&app, &ada).await;
    assert_eq!(stored.client, Default::default());
    app.execute("UPDATE sessions SET last_used_at = now() - interval '2 minutes'")
        .await;
    let request = axum::http::Request::get("/api/me")
        .header("x-forwarded-for", "192.0.2.7")
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        );
    ada.send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    let stored = session(&app, &ada).await.client;
    assert_eq!(stored.address_text(), "192.0.2.7");
    assert_eq!(stored.user_agent.to_string(), "Firefox on Linux");
}

#[tokio::test]
async fn a_cleanup_deletes_no_more_than_its_limit() {
    let app = TestApp::new().await;
    for name in ["ada", "bob", "eve"] {
        app.logged_in(name).await;
    }
    app.execute("UPDATE sessions SET expires_at = now()").await;
    for expected in [2, 1, 0] {
        assert_eq!(delete_expired(&app, 2).await, expected);
    }
}

#[tokio::test]
async fn deleting_an_account_deletes_its_sessions_and_notes() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    app.note(&ada, "Milk", "").await;
    app.execute("DELETE FROM users").await;
    client.get("/api/me").await.problem(401, "unauthenticated");
    let notes: i64 = app.value("SELECT count(*) FROM notes").await;
    assert_eq!(notes, 0);
}
