//! Sessions in the database.

use app::repositories::sessions;
use sha2::{Digest, Sha256};

use crate::common::{PASSWORD, TestApp};

#[tokio::test]
async fn only_the_hash_of_a_token_is_stored() {
    let app = TestApp::new().await;
    let (_, client) = app.logged_in("ada").await;
    let token = client.cookie("_session").unwrap();
    assert_eq!(token.len(), 64);
    let stored: Vec<u8> = sqlx::query_scalar("SELECT token_hash FROM sessions")
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    let bytes = hex::decode(token).unwrap();
    assert_eq!(stored, Sha256::digest(bytes).as_slice());
}

#[tokio::test]
async fn logging_in_again_ends_the_session_before() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let before = client.cookie("_session").unwrap().to_owned();
    let credentials = serde_json::json!({ "email": "ada@example.com", "password": PASSWORD });
    client.json("POST", "/api/session", credentials).await;
    assert_ne!(client.cookie("_session").unwrap(), before);
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions")
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    assert_eq!(count, 1);
}

#[tokio::test]
async fn a_token_that_somebody_chose_is_never_logged_in() {
    let app = TestApp::new().await;
    app.user("ada").await;
    let (_, mut client) = app.logged_in("eve").await;
    let chosen = "ab".repeat(32);
    client.set_cookie("_session", &chosen);
    let credentials = serde_json::json!({ "email": "ada@example.com", "password": PASSWORD });
    client.json("POST", "/api/session", credentials).await;
    assert_ne!(client.cookie("_session").unwrap(), chosen);
    client.set_cookie("_session", &chosen);
    client.get("/api/me").await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn an_expired_session_is_invalid_and_the_cleanup_deletes_it() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let pool = app.database.pool();
    sqlx::query("UPDATE sessions SET expires_at = now()")
        .execute(pool)
        .await
        .unwrap();
    let (_, mut bob) = app.logged_in("bob").await;
    ada.get("/api/me").await.problem(401, "unauthenticated");
    ada.open("/notes").await.leads_to("/login?next=/notes");
    assert_eq!(sessions::delete_expired(pool, 10).await.unwrap(), 1);
    assert_eq!(bob.get("/api/me").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_cleanup_deletes_no_more_than_its_limit() {
    let app = TestApp::new().await;
    for name in ["ada", "bob", "eve"] {
        app.logged_in(name).await;
    }
    let pool = app.database.pool();
    sqlx::query("UPDATE sessions SET expires_at = now()")
        .execute(pool)
        .await
        .unwrap();
    for expected in [2, 1, 0] {
        let deleted = sessions::delete_expired(pool, 2).await.unwrap();
        assert_eq!(deleted, expected);
    }
}

#[tokio::test]
async fn deleting_an_account_deletes_its_sessions_and_notes() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    app.note(&ada, "Milk", "").await;
    sqlx::query("DELETE FROM users")
        .execute(app.database.pool())
        .await
        .unwrap();
    client.get("/api/me").await.problem(401, "unauthenticated");
    let notes: i64 = sqlx::query_scalar("SELECT count(*) FROM notes")
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    assert_eq!(notes, 0);
}
