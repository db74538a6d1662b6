//! Codes from an app as a second factor.

use app::{
    models::{SessionToken, TotpSecret, User},
    services::{accounts::totp::TotpStatus, rotation},
};
use serde_json::json;
use stack_web::sealed::Vault;
use std::time::SystemTime;
use totp_rs::{Builder, Secret};

use crate::common::{Answer, Client, LivePage, PASSWORD, TestApp, config};

/// The code that the app of a phone shows, whose clock is `later` steps of 30 seconds ahead.
pub fn code(secret: &TotpSecret, later: u64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let secret = Secret::try_from_base32(secret.as_str()).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let time = now.unwrap().as_secs() + 30 * later;
    totp.generate(time).to_string()
}

/// The recovery codes that a page shows.
pub fn recovery_codes(answer: &Answer) -> Vec<String> {
    let parts = answer.page(200).split("<code>").skip(1);
    let codes = parts.map(|part| part.split_once("</code>").unwrap().0.to_owned());
    codes.collect()
}

/// The secret that the page shows to `user`.
async fn pending(app: &TestApp, user: &User) -> TotpSecret {
    match app.state.accounts.totp(user.id).await.unwrap() {
        TotpStatus::Pending(secret) => secret,
        other => panic!("{other:?}"),
    }
}

/// Turns the second factor on in the browser `client`. Returns the secret and the recovery codes.
pub async fn turn_on(app: &TestApp, user: &User, client: &mut Client) -> (TotpSecret, Vec<String>) {
    let set_up = client.submit("/account/totp", "/account/totp", &[]).await;
    set_up.leads_to("/account/totp");
    let secret = pending(app, user).await;
    let fields = [("secret_code", &*code(&secret, 0))];
    let confirmed = client
        .submit("/account/totp", "/account/totp/confirm", &fields)
        .await;
    let codes = recovery_codes(&confirmed);
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

/// Enters the password in `client`, which leads to the page of the code.
async fn enter_password(client: &mut Client) {
    let fields = [
        ("email", "ada@example.com"),
        ("password", PASSWORD),
        ("next", "/notes/new"),
    ];
    let answer = client.submit("/login", "/login", &fields).await;
    answer.leads_to("/login/code?next=%2Fnotes%2Fnew");
}

async fn enter_code(client: &mut Client, code: &str) -> Answer {
    let fields = [("secret_code", code), ("next", "/notes/new")];
    let page = "/login/code?next=%2Fnotes%2Fnew";
    client.submit(page, "/login/code", &fields).await
}

#[tokio::test]
async fn the_page_shows_a_code_to_scan_and_the_secret_as_text() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    client.post_form("/account/totp", &[]).await;
    let page = client.open("/account/totp").await;
    let secret = pending(&app, &ada).await;
    assert!(page.page(200).contains("<svg role=\"img\""));
    assert!(page.text().contains(secret.as_str()));
    // It also is the page of the browser's live connection, and of a reload.
    LivePage::open(&app, &mut client, "/account/totp")
        .await
        .expect_text("Turn on")
        .await;
    assert_eq!(pending(&app, &ada).await, secret);
}

#[tokio::test]
async fn nothing_changes_before_a_code_has_confirmed_the_app() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    client.post_form("/account/totp", &[]).await;
    let wrong = [("secret_code", "000000")];
    let answer = client.post_form("/account/totp/confirm", &wrong).await;
    assert!(answer.page(422).contains("is not the code"));
    let credentials = json!({ "email": ada.email, "password": PASSWORD });
    let answer = app.client().json("POST", "/api/session", credentials).await;
    assert_eq!(answer.status.as_u16(), 201);
}

#[tokio::test]
async fn a_log_in_asks_for_the_code_and_there_is_no_session_before() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (secret, _) = turn_on(&app, &ada, &mut client).await;
    let mut other = app.client();
    enter_password(&mut other).await;
    assert_eq!(other.cookie("_session"), None);
    other.open("/notes").await.leads_to("/login?next=/notes");
    let wrong = enter_code(&mut other, "000000").await;
    assert!(wrong.page(422).contains("is not the code"));
    enter_code(&mut other, &code(&secret, 1))
        .await
        .leads_to("/notes/new");
    other.open("/notes").await.page(200);
}

#[tokio::test]
async fn a_code_is_accepted_once() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (secret, _) = turn_on(&app, &ada, &mut client).await;
    let (mut first, mut second) = (app.client(), app.client());
    enter_password(&mut first).await;
    enter_password(&mut second).await;
    let next = code(&secret, 1);
    enter_code(&mut first, &next).await.leads_to("/notes/new");
    // Neither that one nor the one before, which was shown when the app was confirmed.
    enter_code(&mut second, &next).await.page(422);
    enter_code(&mut second, &code(&secret, 0)).await.page(422);
}

#[tokio::test]
async fn a_log_in_is_used_up_and_its_token_is_no_session() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (_, codes) = turn_on(&app, &ada, &mut client).await;
    let mut other = app.client();
    enter_password(&mut other).await;
    let mut thief = other.clone();
    let token = other.cookie("_log_in").unwrap();
    let token = SessionToken::parse(token).unwrap();
    let client = app::models::ClientInfo::default();
    let session = app.state.accounts.session(&token, &client).await.unwrap();
    assert!(session.is_none());
    enter_code(&mut other, &codes[0])
        .await
        .leads_to("/notes/new");
    let answer = enter_code(&mut thief, &codes[1]).await;
    answer.leads_to("/login?next=%2Fnotes%2Fnew");
}

#[tokio::test]
async fn a_change_of_the_password_ends_log_ins_that_lack_the_code() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (_, codes) = turn_on(&app, &ada, &mut client).await;
    let mut other = app.client();
    enter_password(&mut other).await;
    let fields = [("password", "a very good new one")];
    let changed = client.post_form("/account/password", &fields).await;
    changed.leads_to("/account/security");
    let answer = enter_code(&mut other, &codes[0]).await;
    answer.leads_to("/login?next=%2Fnotes%2Fnew");
}

#[tokio::test]
async fn codes_that_are_guessed_are_limited_by_account() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (secret, _) = turn_on(&app, &ada, &mut client).await;
    let mut guesser = app.client();
    enter_password(&mut guesser).await;
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(enter_code(&mut guesser, "000000").await.status.as_u16());
    }
    assert!(statuses.starts_with(&[422; 9]), "{statuses:?}");
    assert!(statuses.ends_with(&[429; 2]), "{statuses:?}");
    let late = enter_code(&mut guesser, &code(&secret, 1)).await;
    late.page(429);
}

#[tokio::test]
async fn the_api_asks_for_the_code_too() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (secret, _) = turn_on(&app, &ada, &mut client).await;
    let mut other = app.client();
    let credentials = json!({ "email": ada.email, "password": PASSWORD });
    let answer = other.json("POST", "/api/session", credentials).await;
    answer.problem(401, "code_required");
    other.get("/api/me").await.problem(401, "unauthenticated");
    let wrong = json!({ "secret_code": "000000" });
    let answer = other.json("POST", "/api/session/code", wrong).await;
    answer.problem(422, "invalid");
    let right = json!({ "secret_code": code(&secret, 1) });
    let answer = other.json("POST", "/api/session/code", right).await;
    assert_eq!(answer.status.as_u16(), 201);
    assert_eq!(other.get("/api/me").await.status.as_u16(), 200);
    let mut stranger = app.client();
    let body = json!({ "secret_code": "000000" });
    let answer = stranger.json("POST", "/api/session/code", body).await;
    answer.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_confirmation_of_who_somebody_is_asks_for_the_code_too_and_changes_are_told_by_mail() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (secret, _) = turn_on(&app, &ada, &mut client).await;
    let past = "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 minutes'";
    sqlx::query(past)
        .execute(app.database.pool())
        .await
        .unwrap();
    let remove = client.post_form("/account/totp/remove", &[]).await;
    remove.leads_to("/confirm-password?next=/account/totp");
    let fields = [("password", PASSWORD), ("next", "/account/totp")];
    let answer = client.post_form("/confirm-password", &fields).await;
    answer.leads_to("/login/code?next=%2Faccount%2Ftotp");
    let remove = client.post_form("/account/totp/remove", &[]).await;
    remove.leads_to("/confirm-password?next=/account/totp");
    let fields = [
        ("secret_code", &*code(&secret, 1)),
        ("next", "/account/totp"),
    ];
    let answer = client.post_form("/login/code", &fields).await;
    answer.leads_to("/account/totp");
    let remove = client.submit("/account/totp", "/account/totp/remove", &[]);
    remove.await.leads_to("/account/security");
    // The codes, the recovery codes, and their end.
    let told = [
        "Way to log in added",
        "Way to log in added",
        "Way to log in removed",
    ];
    assert_eq!(app.titles_to("ada@example.com").await, told);
    let credentials = json!({ "email": ada.email, "password": PASSWORD });
    let answer = app.client().json("POST", "/api/session", credentials).await;
    assert_eq!(answer.status.as_u16(), 201);
}

#[tokio::test]
async fn the_secret_is_encrypted_and_moves_to_the_current_key() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    client.post_form("/account/totp", &[]).await;
    let secret = pending(&app, &ada).await;
    let row: String = sqlx::query_scalar("SELECT totp_secrets::text FROM totp_secrets")
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    let hidden = hex::encode(secret.as_str());
    assert!(
        !row.contains(secret.as_str()) && !row.contains(&hidden),
        "{row}"
    );

    let keys = |keys: &str| config(app.database.url(), &[("ENCRYPTION_KEYS", keys)]);
    let new = "test-2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    let both = keys(&format!("{new},{}", crate::common::ENCRYPTION_KEYS));
    let vault = Vault::new(&both.encryption_keys);
    let failed = rotation::rotate(&app.state.db, &vault, &mut |_| {}).await;
    assert_eq!(failed.unwrap(), 0);
    let state = app::app::state(keys(new), app.state.db.clone()).unwrap();
    match state.accounts.totp(ada.id).await.unwrap() {
        TotpStatus::Pending(rotated) => assert_eq!(rotated, secret),
        other => panic!("{other:?}"),
    }
}
