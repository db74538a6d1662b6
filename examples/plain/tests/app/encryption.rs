//! Encrypted columns.

use app::{
    models::{ClientInfo, Phone, User},
    repositories::users,
    services::rotation,
    state::AppState,
};
use serde_json::{Value, json};
use stack_web::progress::Progress;

use crate::{
    common::{ENCRYPTION_KEYS, TestApp, config, log},
    process::program,
};

const NUMBER: &str = "+49301234567";
const NEW_KEY: &str = "test-2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

/// The same application with other keys.
fn with_keys(app: &TestApp, keys: &str) -> AppState {
    let config = config(app.database.url(), &[("ENCRYPTION_KEYS", keys)]);
    app::app::state(config, app.state.db.clone()).unwrap()
}

async fn phone(state: &AppState, user: &User) -> Option<String> {
    let phone = state.accounts.phone(user.id).await.unwrap();
    phone.map(|phone| phone.as_str().to_owned())
}

async fn execute(app: &TestApp, sql: &'static str) {
    sqlx::query(sql).execute(app.database.pool()).await.unwrap();
}

#[tokio::test]
async fn a_phone_number_is_visible_to_its_owner_and_encrypted_in_the_database() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    assert_eq!(client.get("/api/me").await.json()["phone"], Value::Null);
    let number = json!({ "phone": "+49 30 / 123 45 67" });
    let answer = client.json("PUT", "/api/me/phone", number).await;
    assert_eq!(answer.json()["phone"], NUMBER);
    assert_eq!(client.get("/api/me").await.json()["phone"], NUMBER);
    let profile = client.get(&format!("/api/users/{}", ada.id)).await;
    assert!(!profile.text().contains("phone"));

    let row: String = sqlx::query_scalar("SELECT users::text FROM users")
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    let hidden = hex::encode(NUMBER);
    assert!(!row.contains(NUMBER) && !row.contains(&hidden), "{row}");

    let none = client
        .json("PUT", "/api/me/phone", json!({ "phone": null }))
        .await;
    assert_eq!(none.json()["phone"], Value::Null);
    assert_eq!(phone(&app.state, &ada).await, None);
    let wrong = client
        .json("PUT", "/api/me/phone", json!({ "phone": "030" }))
        .await;
    assert_eq!(wrong.problem(422, "invalid")["errors"][0]["field"], "phone");
    let nobody = app
        .client()
        .json("PUT", "/api/me/phone", json!({ "phone": null }))
        .await;
    nobody.problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_account_page_validates_stores_and_removes_the_number() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let fields = [("phone", "<030>")];
    let answer = client.submit("/account", "/account/phone", &fields).await;
    assert!(answer.page(422).contains("value=\"&lt;030&gt;\""));
    assert!(!answer.text().contains("/account/phone/delete"));
    let fields = [("phone", NUMBER)];
    let answer = client.submit("/account", "/account/phone", &fields).await;
    answer.leads_to("/account");
    let page = client.open("/account").await;
    assert!(
        page.page(200).contains(NUMBER) && page.text().contains("Your phone number was saved.")
    );
    let answer = client
        .submit("/account", "/account/phone/delete", &[])
        .await;
    answer.leads_to("/account");
    assert!(!client.open("/account").await.page(200).contains(NUMBER));
    app.client()
        .open("/account")
        .await
        .leads_to("/login?next=/account");
}

#[tokio::test]
async fn a_number_that_was_copied_to_another_account_is_an_error_and_is_not_shown() {
    let app = TestApp::new().await;
    let (ada, _) = app.logged_in("ada").await;
    let (eve, mut client) = app.logged_in("eve").await;
    let number = Phone::parse(NUMBER).unwrap();
    app.state
        .accounts
        .set_phone(ada.id, Some(&number), &ClientInfo::default())
        .await
        .unwrap();
    let stolen = users::phone(app.database.pool(), ada.id).await.unwrap();
    users::set_phone(app.database.pool(), eve.id, stolen.as_ref())
        .await
        .unwrap();
    let answer = client.get("/api/me").await;
    answer.problem(500, "internal");
    assert!(!answer.text().contains(NUMBER));
    let id = answer.header("x-request-id");
    let log = log::text();
    let line = log
        .lines()
        .find(|line| line.contains("internal error") && line.contains(id));
    assert!(line.unwrap().contains("comes from another row"), "{line:?}");
}

#[tokio::test]
async fn after_a_rotation_the_old_key_is_not_needed() {
    let app = TestApp::new().await;
    let number = Phone::parse(NUMBER).unwrap();
    let mut users = Vec::new();
    for n in 0..5 {
        let user = app.user(&format!("user{n}")).await;
        app.state
            .accounts
            .set_phone(user.id, Some(&number), &ClientInfo::default())
            .await
            .unwrap();
        users.push(user);
    }
    app.user("without").await;

    let both = with_keys(&app, &format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    assert_eq!(phone(&both, &users[0]).await.as_deref(), Some(NUMBER));
    both.accounts
        .set_phone(users[1].id, Some(&number), &ClientInfo::default())
        .await
        .unwrap();
    let mut reported = Vec::new();
    let unopened = rotation::rotate(&both.db, &both.vault, &mut |progress| {
        reported.push(progress);
    })
    .await
    .unwrap();
    assert_eq!(unopened, 0);
    assert_eq!(reported.first(), Some(&Progress { done: 0, total: 4 }));
    assert_eq!(reported.last(), Some(&Progress { done: 4, total: 4 }));

    let new = with_keys(&app, NEW_KEY);
    for user in &users {
        assert_eq!(phone(&new, user).await.as_deref(), Some(NUMBER));
    }
    assert!(
        app.state.accounts.phone(users[0].id).await.is_err(),
        "the old key alone"
    );
    let mut again = Vec::new();
    rotation::rotate(&new.db, &new.vault, &mut |progress| again.push(progress))
        .await
        .unwrap();
    assert_eq!(again, [Progress { done: 0, total: 0 }], "nothing to do");
}

#[tokio::test]
async fn values_of_several_batches_are_rotated_although_some_cannot_be_decrypted() {
    let app = TestApp::new().await;
    let both = with_keys(&app, &format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    let insert = "INSERT INTO users (id, email, display_name, password_hash)
                  SELECT gen_random_uuid(), 'u' || n || '@example.com', 'U', '' FROM generate_series(1, 250) AS n";
    execute(&app, insert).await;
    let ids: Vec<app::models::UserId> = sqlx::query_scalar("SELECT id FROM users")
        .fetch_all(app.database.pool())
        .await
        .unwrap();
    let number = Phone::parse(NUMBER).unwrap();
    for id in &ids {
        app.state
            .accounts
            .set_phone(*id, Some(&number), &ClientInfo::default())
            .await
            .unwrap();
    }
    // One value is altered, the other one is no encrypted value.
    execute(
        &app,
        "UPDATE users SET phone = phone || '\\x00' WHERE email = 'u7@example.com'",
    )
    .await;
    execute(
        &app,
        "UPDATE users SET phone = '\\x' WHERE email = 'u77@example.com'",
    )
    .await;
    for total in [250, 2] {
        let mut reported = Vec::new();
        let unopened = rotation::rotate(&both.db, &both.vault, &mut |progress| {
            reported.push(progress);
        })
        .await
        .unwrap();
        assert_eq!(unopened, 2);
        assert_eq!(reported.last(), Some(&Progress { done: total, total }));
    }
    let new = with_keys(&app, NEW_KEY);
    let mut readable = 0;
    for id in &ids {
        readable += usize::from(new.accounts.phone(*id).await.is_ok());
    }
    assert_eq!(readable, 248);
}

#[tokio::test]
async fn the_command_rotate_fails_if_values_cannot_be_decrypted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let number = Phone::parse(NUMBER).unwrap();
    app.state
        .accounts
        .set_phone(ada.id, Some(&number), &ClientInfo::default())
        .await
        .unwrap();
    let rotate = |keys: &str| {
        let mut command = program();
        command.arg("rotate").env("APP_ENV", "development");
        command
            .env("DATABASE_URL", app.database.url())
            .env("ENCRYPTION_KEYS", keys);
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, error) = rotate(NEW_KEY);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("error: 1 values cannot be decrypted"),
        "{error}"
    );
    assert!(error.contains("hint: append the missing keys"), "{error}");
    let (code, reported) = rotate(&format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    assert_eq!(code, Some(0), "{reported}");
    assert!(
        reported.ends_with("re-encrypting values: 1 of 1\n"),
        "{reported}"
    );
    let (code, reported) = rotate(NEW_KEY);
    assert_eq!(code, Some(0), "{reported}");
}
