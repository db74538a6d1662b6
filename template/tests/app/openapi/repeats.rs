//! `Idempotency-Key`: a request that is sent again is done once.

use app::http::idempotency::OnceJson;
use axum::{body::Body, extract::FromRequest, http::Request};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{request, token};
use crate::common::{Answer, Client, TestApp};

/// Creates a note, with a key.
fn creation(token: &str, key: &str, title: &str) -> Request<Body> {
    let body = json!({ "title": title });
    let mut request = request(token, "POST", "/api/notes", Some(body));
    let headers = request.headers_mut();
    headers.insert("idempotency-key", key.parse().unwrap());
    request
}

async fn create(app: &TestApp, token: &str, key: &str, title: &str) -> Answer {
    app.client().send(creation(token, key, title)).await
}

async fn notes(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM notes").await
}

/// An application, a client that is logged in, and a token of its user.
async fn prepared() -> (TestApp, Client, String) {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &["notes:write"]).await;
    (app, client, secret)
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_does_nothing_more() {
    let (app, _, secret) = prepared().await;
    let first = create(&app, &secret, "one", "Milk").await;
    assert_eq!(first.status, 201);
    assert_eq!(first.header("idempotency-replayed"), "");
    for _ in 0..2 {
        let again = create(&app, &secret, "one", "Milk").await;
        assert_eq!(again.status, 201);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.text(), first.text());
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.header("content-type"), "application/json");
    }
    assert_eq!(notes(&app).await, 1);
    let other = create(&app, &secret, "two", "Milk").await;
    assert_ne!(other.text(), first.text());
    assert_eq!(notes(&app).await, 2);
}

#[tokio::test]
async fn without_a_key_each_request_is_one_of_its_own_and_nothing_is_kept() {
    let (app, mut client, _) = prepared().await;
    for _ in 0..2 {
        let created = client.json("POST", "/api/notes", json!({ "title": "Milk" }));
        assert_eq!(created.await.status, 201);
    }
    assert_eq!(notes(&app).await, 2);
    let keys: i64 = app.value("SELECT count(*) FROM idempotency_keys").await;
    assert_eq!(keys, 0);
}

#[tokio::test]
async fn the_key_of_another_request_is_refused() {
    let (app, _, secret) = prepared().await;
    create(&app, &secret, "one", "Milk").await;
    let other = create(&app, &secret, "one", "Bread").await;
    other.problem(422, "idempotency_key_reused");
    assert_eq!(notes(&app).await, 1);
}

#[tokio::test]
async fn the_same_key_of_another_user_another_token_or_a_session_is_another_key() {
    let (app, mut client, secret) = prepared().await;
    let (_, mut eve) = app.logged_in("eve").await;
    let eves = token(&mut eve, &["notes:write"]).await;
    let second = token(&mut client, &["notes:write"]).await;
    let mut ids = Vec::new();
    for token in [&secret, &second, &eves] {
        ids.push(create(&app, token, "one", "Milk").await.json()["id"].clone());
    }
    let mut with_cookie = creation("", "one", "Milk");
    with_cookie.headers_mut().remove("authorization");
    ids.push(client.send(with_cookie).await.json()["id"].clone());
    ids.dedup();
    assert_eq!(ids.len(), 4, "{ids:?}");
    assert_eq!(notes(&app).await, 4);
}

#[tokio::test]
async fn what_fails_is_not_kept_and_is_tried_again() {
    let (app, _, secret) = prepared().await;
    create(&app, &secret, "one", "")
        .await
        .problem(422, "invalid");
    // A failure within the transaction, after the key was taken.
    app.execute("ALTER TABLE notes ADD CONSTRAINT no_milk CHECK (title <> 'Milk')")
        .await;
    create(&app, &secret, "one", "Milk")
        .await
        .problem(500, "internal");
    let keys: i64 = app.value("SELECT count(*) FROM idempotency_keys").await;
    assert_eq!(keys, 0);
    app.execute("ALTER TABLE notes DROP CONSTRAINT no_milk")
        .await;
    assert_eq!(create(&app, &secret, "one", "Milk").await.status, 201);
}

#[tokio::test]
async fn of_many_requests_at_once_one_creates_and_all_get_its_answer() {
    let (app, _, secret) = prepared().await;
    // One that waits for long on a busy machine comes back, as it is told.
    let requests = (0..20).map(async |_| {
        loop {
            let answer = create(&app, &secret, "one", "Milk").await;
            if answer.status != 409 {
                return answer;
            }
        }
    });
    let answers = futures_util::future::join_all(requests).await;
    let first = answers[0].text();
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), answer.text()), (201, first));
    }
    let replayed = answers.iter();
    let replayed = replayed.filter(|answer| answer.header("idempotency-replayed") == "true");
    assert_eq!(replayed.count(), 19);
    assert_eq!(notes(&app).await, 1);
}

/// The extractor's view of a request with this key.
async fn once(key: &str) -> OnceJson<Value> {
    let once = OnceJson::from_request(creation("", key, "Milk"), &()).await;
    once.unwrap_or_else(|problem| panic!("{problem:?}"))
}

#[tokio::test]
async fn a_second_request_waits_for_the_first_and_does_it_itself_if_the_first_fails() {
    let (app, ..) = prepared().await;
    let user = app.user("grace").await.id;
    let pool = app.database.pool();
    let OnceJson(first, _) = once("one").await;
    let mut tx = pool.begin().await.unwrap();
    assert!(first.begin(&mut tx, user).await.unwrap().is_none());
    let (begun, has_begun) = oneshot::channel();
    let second = async {
        let OnceJson(second, _) = once("one").await;
        let mut tx = pool.begin().await.unwrap();
        begun.send(()).unwrap();
        second.begin(&mut tx, user).await.unwrap().is_none()
    };
    let crash = async {
        has_begun.await.unwrap();
        // As a process that is killed: the server rolls back.
        tx.rollback().await.unwrap();
    };
    let (is_first_now, ()) = tokio::join!(second, crash);
    assert!(is_first_now);
}

#[tokio::test]
async fn a_request_whose_key_is_held_for_long_is_told_to_come_back() {
    let (app, _, secret) = prepared().await;
    create(&app, &secret, "one", "Milk").await;
    // Its transaction does not end.
    let mut tx = app.database.pool().begin().await.unwrap();
    sqlx::query("UPDATE idempotency_keys SET status = status")
        .execute(&mut *tx)
        .await
        .unwrap();
    let answer = create(&app, &secret, "one", "Milk").await;
    answer.problem(409, "idempotency_key_in_use");
    assert_eq!(answer.header("retry-after"), "1");
    tx.rollback().await.unwrap();
    let answer = create(&app, &secret, "one", "Milk").await;
    assert_eq!(answer.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn a_key_is_kept_for_a_day_and_then_deleted() {
    let (app, _, secret) = prepared().await;
    let first = create(&app, &secret, "one", "Milk").await;
    create(&app, &secret, "two", "Milk").await;
    let accounts = &app.state.accounts;
    assert_eq!(accounts.delete_expired_idempotency_keys().await.unwrap(), 0);
    app.execute("UPDATE idempotency_keys SET expires_at = expires_at - interval '1 day'")
        .await;
    let next = create(&app, &secret, "one", "Bread").await;
    assert_eq!(next.status, 201);
    assert_ne!(next.text(), first.text());
    assert_eq!(accounts.delete_expired_idempotency_keys().await.unwrap(), 1);
    let again = create(&app, &secret, "one", "Bread").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn a_key_that_is_empty_too_long_or_given_twice_is_refused() {
    let (app, _, secret) = prepared().await;
    let long = "x".repeat(256);
    for key in ["", &*long, "caf\u{e9}"] {
        let mut sent = creation(&secret, "one", "Milk");
        let value = axum::http::HeaderValue::from_bytes(key.as_bytes()).unwrap();
        sent.headers_mut().insert("idempotency-key", value);
        app.client().send(sent).await.problem(400, "bad_request");
    }
    let mut twice = creation(&secret, "one", "Milk");
    twice
        .headers_mut()
        .append("idempotency-key", "two".parse().unwrap());
    app.client().send(twice).await.problem(400, "bad_request");
    assert_eq!(notes(&app).await, 0);
}

#[tokio::test]
async fn neither_keys_nor_requests_are_kept_in_plain_text_and_all_go_with_the_account() {
    let (app, mut client, secret) = prepared().await;
    create(&app, &secret, "my secret key", "Milk").await;
    let row: String = app
        .value("SELECT encode(key_hash || request_hash, 'escape') FROM idempotency_keys")
        .await;
    assert!(!row.contains("secret") && !row.contains("Milk"), "{row}");
    client.post_form("/account/delete", &[]).await;
    let keys: i64 = app.value("SELECT count(*) FROM idempotency_keys").await;
    assert_eq!(keys, 0);
}
