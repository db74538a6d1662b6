//! The phone number, and its encrypted column.

use app::{
    models::{ClientInfo, Phone, User, UserId},
    repositories::users::phones,
    services::rotation,
    state::AppState,
};
use serde_json::Value;
use stack_web::progress::Progress;

use crate::{
    common::{ENCRYPTION_KEYS, LivePage, TestApp, log},
    rotation::{NEW_KEY, rotate_by_command, with_keys},
};

const NUMBER: &str = "+49301234567";

async fn phone(state: &AppState, user: &User) -> Option<String> {
    let phone = state.accounts.phone(user.id).await.unwrap();
    phone.map(|phone| phone.as_str().to_owned())
}

/// Gives a user the phone number [`NUMBER`].
async fn set_phone(state: &AppState, user: UserId) {
    let (number, client) = (Phone::parse(NUMBER).unwrap(), ClientInfo::default());
    let set = state.accounts.set_phone(user, Some(&number), &client);
    set.await.unwrap();
}

/// Rotates with the keys of `state`: how many values could not be decrypted, and the progress.
async fn rotate(state: &AppState) -> (usize, Vec<Progress>) {
    let mut reported = Vec::new();
    let mut report = |progress| reported.push(progress);
    let unopened = rotation::rotate(&state.db, &state.vault, &mut report).await;
    (unopened.unwrap(), reported)
}

#[tokio::test]
async fn a_phone_number_is_visible_to_its_owner_and_encrypted_in_the_database() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    assert_eq!(client.get("/api/me").await.json()["phone"], Value::Null);
    let fields = [("phone", "+49 30 / 123 45 67")];
    client
        .post_form("/account/phone", &fields)
        .await
        .leads_to("/account");
    assert_eq!(client.get("/api/me").await.json()["phone"], NUMBER);
    let profile = client.get(&format!("/api/users/{}", ada.id)).await;
    assert!(!profile.text().contains("phone"));

    let row: String = app.value("SELECT users::text FROM users").await;
    let hidden = hex::encode(NUMBER);
    assert!(!row.contains(NUMBER) && !row.contains(&hidden), "{row}");
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
    page.shows(NUMBER);
    page.shows("Your phone number was saved.");
    let answer = client
        .submit("/account", "/account/phone/delete", &[])
        .await;
    answer.leads_to("/account");
    client.open("/account").await.lacks(NUMBER);
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
    set_phone(&app.state, ada.id).await;
    let stolen = phones::get(app.database.pool(), ada.id).await.unwrap();
    phones::set(app.database.pool(), eve.id, stolen.as_ref())
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
    let mut users = Vec::new();
    for n in 0..5 {
        let user = app.user(&format!("user{n}")).await;
        set_phone(&app.state, user.id).await;
        users.push(user);
    }
    app.user("without").await;

    let both = with_keys(&app, &format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    assert_eq!(phone(&both, &users[0]).await.as_deref(), Some(NUMBER));
    set_phone(&both, users[1].id).await;
    let (unopened, reported) = rotate(&both).await;
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
    let (_, again) = rotate(&new).await;
    assert_eq!(again, [Progress { done: 0, total: 0 }], "nothing to do");
}

#[tokio::test]
async fn values_of_several_batches_are_rotated_although_some_cannot_be_decrypted() {
    let app = TestApp::new().await;
    let both = with_keys(&app, &format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    let insert = "INSERT INTO users (id, email, display_name, password_hash)
                  SELECT gen_random_uuid(), 'u' || n || '@example.com', 'U', '' FROM generate_series(1, 250) AS n";
    app.execute(insert).await;
    let ids: Vec<UserId> = sqlx::query_scalar("SELECT id FROM users")
        .fetch_all(app.database.pool())
        .await
        .unwrap();
    for id in &ids {
        set_phone(&app.state, *id).await;
    }
    // One value is altered, the other one is no encrypted value.
    app.execute("UPDATE users SET phone = phone || '\\x00' WHERE email = 'u7@example.com'")
        .await;
    app.execute("UPDATE users SET phone = '\\x' WHERE email = 'u77@example.com'")
        .await;
    for total in [250, 2] {
        let (unopened, reported) = rotate(&both).await;
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
async fn after_ten_minutes_the_form_asks_for_the_password_on_an_open_page_too() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut client, "/account").await;
    let past = "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 minutes'";
    app.execute(past).await;
    page.fill("#phone", NUMBER).await;
    page.submit("form[action='/account/phone']").await;
    page.expect_text("Confirm that it is you").await;
    assert_eq!(page.url(), "/confirm-password?next=/account");
    for path in ["/account/phone", "/account/phone/delete"] {
        let answer = client.post_form(path, &[("phone", NUMBER)]).await;
        answer.leads_to("/confirm-password?next=/account");
    }
    assert_eq!(phone(&app.state, &ada).await, None);
}

#[tokio::test]
async fn the_command_rotate_moves_numbers_and_fails_if_they_cannot_be_decrypted() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    set_phone(&app.state, ada.id).await;
    let (code, error) = rotate_by_command(&app, NEW_KEY);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("error: 1 values cannot be decrypted"),
        "{error}"
    );
    let (code, reported) = rotate_by_command(&app, &format!("{NEW_KEY},{ENCRYPTION_KEYS}"));
    assert_eq!(code, Some(0), "{reported}");
    assert!(
        reported.contains("re-encrypting values: 1 of 1\n"),
        "{reported}"
    );
}
