//! Logging in while the account changes, and to accounts that an older version has stored.

use app::{
    config::PasswordCost,
    models::{Password, PasswordHash, User},
    services::passwords::Passwords,
};
use serde_json::json;
use stack_db::testing::TestDatabase;

use crate::common::{Answer, PASSWORD, TestApp, link};

async fn log_in(app: &TestApp, email: &str) -> Answer {
    let body = json!({ "email": email, "password": PASSWORD });
    app.client().json("POST", "/api/session", body).await
}

async fn hash(cost: PasswordCost, password: &str) -> PasswordHash {
    let password = Password::for_login(password).unwrap();
    Passwords::new(cost).unwrap().hash(password).await.unwrap()
}

async fn stored_hash(app: &TestApp, user: &User) -> String {
    let hash = sqlx::query_scalar("SELECT password_hash FROM users WHERE id = $1").bind(user.id);
    hash.fetch_one(app.database.pool()).await.unwrap()
}

async fn store_hash(app: &TestApp, user: &User, hash: &PasswordHash) {
    let update = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1");
    let update = update.bind(user.id).bind(&hash.0);
    update.execute(app.database.pool()).await.unwrap();
}

async fn store_address(app: &TestApp, user: &User, email: &str) {
    let update = sqlx::query("UPDATE users SET email = $2 WHERE id = $1");
    let update = update.bind(user.id).bind(email);
    update.execute(app.database.pool()).await.unwrap();
}

/// Until a statement waits for a row that another transaction has locked.
async fn somebody_waits(database: &TestDatabase) {
    let waiting = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waiting)
        .fetch_one(database.pool())
        .await
        .unwrap()
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_hash_with_another_cost_is_replaced_at_the_log_in() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    store_hash(&app, &ada, &hash(PasswordCost::Standard, PASSWORD).await).await;
    assert_eq!(log_in(&app, "ada@example.com").await.status.as_u16(), 201);
    let renewed = stored_hash(&app, &ada).await;
    assert!(renewed.contains("$m=8,t=1,p=1$"), "{renewed}");
    // The new one fits, and stays.
    assert_eq!(log_in(&app, "ada@example.com").await.status.as_u16(), 201);
    assert_eq!(stored_hash(&app, &ada).await, renewed);
}

#[tokio::test]
async fn a_wrong_password_leaves_the_hash_as_it_is() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let stored = hash(PasswordCost::Standard, "another good one").await;
    store_hash(&app, &ada, &stored).await;
    let answer = log_in(&app, "ada@example.com").await;
    answer.problem(401, "wrong_credentials");
    assert_eq!(stored_hash(&app, &ada).await, stored.0);
}

#[tokio::test]
async fn no_session_begins_with_a_password_that_was_changed_while_it_was_verified() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let new = hash(PasswordCost::Tests, "another good one").await;
    // A change of the password that has not committed yet: the log-in still reads the old one.
    let mut change = app.database.pool().begin().await.unwrap();
    let update = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1");
    let update = update.bind(ada.id).bind(&new.0);
    update.execute(&mut *change).await.unwrap();
    let mut attempt = Box::pin(log_in(&app, "ada@example.com"));
    tokio::select! {
        answer = &mut attempt => panic!("it did not wait: {answer:?}"),
        () = somebody_waits(&app.database) => change.commit().await.unwrap(),
    }
    attempt.await.problem(401, "unauthenticated");
    let sessions = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM sessions");
    assert_eq!(sessions.fetch_one(app.database.pool()).await.unwrap(), 0);
}

#[tokio::test]
async fn an_account_with_an_address_from_before_its_rules_is_found() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    for (stored, typed) in [
        ("zoe\u{308}@example.com", "Zo\u{eb}@example.com"),
        ("zoe\u{308}@example.com", "zoe\u{308}@example.com"),
        ("zo\u{eb}@example.com", "ZOE\u{308}@example.com"),
        ("o\u{fb03}ce@example.com", "o\u{fb03}ce@example.com"),
    ] {
        store_address(&app, &ada, stored).await;
        let answer = log_in(&app, typed).await;
        assert_eq!(answer.status.as_u16(), 201, "{stored:?} {typed:?}");
        // The mail goes to the address that is stored, and not to one that looks like it.
        let fields = [("email", typed)];
        app.client().post_form("/forgot-password", &fields).await;
        let mail = app.mail_to(stored).await;
        assert!(link(&mail).starts_with("/reset-password?token="));
    }
    // One of two that look the same is the one that was typed.
    let zoe = app.user("zoe").await;
    store_address(&app, &zoe, "zo\u{eb}@example.com").await;
    store_address(&app, &ada, "zoe\u{308}@example.com").await;
    let answer = log_in(&app, "zo\u{eb}@example.com").await;
    assert_eq!(answer.json()["id"], zoe.id.to_string());
}
