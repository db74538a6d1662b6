//! Passkeys.

mod authenticator;

use serde_json::{Value, json};

use crate::common::{Answer, Client, PASSWORD, TestApp};
use authenticator::Authenticator;

/// Asks for a challenge, as the script of the page does.
async fn begin(client: &mut Client, path: &str) -> Value {
    let answer = client.call("POST", path).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    answer.json()
}

/// Adds a passkey of `device` to the account of `client`.
async fn add(client: &mut Client, device: &mut Authenticator, name: &str) -> Answer {
    let options = begin(client, "/account/passkeys/begin").await;
    let answer = device.create(&options);
    let fields = [("name", name), ("credential", &answer)];
    client.post_form("/account/passkeys", &fields).await
}

/// Logs in with `device`.
async fn log_in(client: &mut Client, device: &mut Authenticator) -> Answer {
    let options = begin(client, "/login/passkey/begin").await;
    let answer = device.get(&options);
    let fields = [("credential", &*answer), ("next", "/notes/new")];
    client.post_form("/login/passkey", &fields).await
}

async fn let_time_pass(app: &TestApp) {
    let past = "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 minutes'";
    sqlx::query(past)
        .execute(app.database.pool())
        .await
        .unwrap();
}

#[tokio::test]
async fn passkeys_are_added_named_listed_used_and_removed() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let (mut phone, mut key) = (Authenticator::new(), Authenticator::new());
    for (device, name) in [(&mut phone, "My phone"), (&mut key, "Blue <key>")] {
        let added = add(&mut client, device, name).await;
        added.leads_to("/account/passkeys");
    }
    let page = client.open("/account/passkeys").await;
    assert!(page.page(200).contains("My phone"));
    assert!(page.text().contains("Blue &lt;key&gt;"));
    assert_eq!(page.text().matches("not used yet").count(), 2);
    for device in [&mut phone, &mut key] {
        let mut other = app.client();
        log_in(&mut other, device).await.leads_to("/notes/new");
        other.open("/notes").await.page(200);
    }
    let page = client.open("/account/passkeys").await;
    assert_eq!(page.page(200).matches("last used").count(), 2);
    let (_, rest) = page.text().split_once("/account/passkeys/").unwrap();
    let (path, _) = rest.split_once("/delete").unwrap();
    // The form of the page has its own address, too.
    let id = path.rsplit('/').next().unwrap();
    let path = format!("/account/passkeys/{id}/delete");
    let (_, mut eve) = app.logged_in("eve").await;
    eve.post_form(&path, &[]).await.page(404);
    let removed = client.post_form(&path, &[]).await;
    removed.leads_to("/account/passkeys");
    log_in(&mut app.client(), &mut phone).await.page(403);
    log_in(&mut app.client(), &mut key)
        .await
        .leads_to("/notes/new");
}

#[tokio::test]
async fn the_user_is_told_by_mail_of_each_passkey_that_is_added_or_removed() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let added = add(&mut client, &mut Authenticator::new(), "Words of a thief").await;
    added.leads_to("/account/passkeys");
    let mail = app.mail_to("ada@example.com").await;
    assert!(mail.text.contains("Way to log in added: a passkey."));
    assert!(!mail.text.contains("thief"));
    let page = client.open("/account/passkeys").await;
    let (_, rest) = page.page(200).split_once("/account/passkeys/").unwrap();
    let (id, _) = rest.split_once("/delete").unwrap();
    let path = format!("/account/passkeys/{id}/delete");
    client.post_form(&path, &[]).await;
    let removed = ["Way to log in added", "Way to log in removed"];
    assert_eq!(app.titles_to(ada.email.as_str()).await, removed);
}

#[tokio::test]
async fn a_device_is_asked_to_verify_its_user_and_to_know_whose_passkey_it_is() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let options = begin(&mut client, "/account/passkeys/begin").await;
    let selection = &options["publicKey"]["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required", "{options}");
    assert_eq!(selection["userVerification"], "required");
    assert_eq!(options["publicKey"]["rp"]["id"], "localhost");
    let options = begin(&mut client, "/login/passkey/begin").await;
    assert_eq!(options["publicKey"]["userVerification"], "required");
    let allowed = options["publicKey"]["allowCredentials"].as_array();
    assert!(allowed.is_none_or(Vec::is_empty), "{options}");
}

#[tokio::test]
async fn an_answer_is_accepted_once_and_only_by_the_browser_that_has_asked() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let mut device = Authenticator::new();
    add(&mut client, &mut device, "Phone").await;
    let (mut browser, mut thief) = (app.client(), app.client());
    let options = begin(&mut browser, "/login/passkey/begin").await;
    begin(&mut thief, "/login/passkey/begin").await;
    let answer = device.get(&options);
    let fields = [("credential", &*answer), ("next", "/notes/new")];
    thief.post_form("/login/passkey", &fields).await.page(403);
    app.client()
        .post_form("/login/passkey", &fields)
        .await
        .page(400);
    let mut copy = browser.clone();
    let first = browser.post_form("/login/passkey", &fields).await;
    first.leads_to("/notes/new");
    copy.post_form("/login/passkey", &fields).await.page(403);
}

#[tokio::test]
async fn an_answer_for_another_site_or_of_an_unverified_user_or_an_altered_one_is_refused() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let mut device = Authenticator::new();
    add(&mut client, &mut device, "Phone").await;
    for (origin, flags) in [
        ("https://evil.example", 0b101),
        ("http://localhost.evil.example:3000", 0b101),
        ("http://localhost:3000", 0b001),
        ("http://localhost:3000", 0b100),
    ] {
        (device.origin, device.flags) = (origin.to_owned(), flags);
        let answer = log_in(&mut app.client(), &mut device).await;
        assert_eq!(answer.status.as_u16(), 403, "{origin} {flags:b}");
    }
    (device.origin, device.flags) = ("http://localhost:3000".to_owned(), 0b101);
    let mut browser = app.client();
    let options = begin(&mut browser, "/login/passkey/begin").await;
    let mut answer: Value = serde_json::from_str(&device.get(&options)).unwrap();
    answer["response"]["userHandle"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let fields = [("credential", answer.to_string())];
    let fields = fields.each_ref().map(|(name, value)| (*name, &**value));
    browser.post_form("/login/passkey", &fields).await.page(403);
    for nonsense in ["", "{}", "null", "\u{0}"] {
        let mut browser = app.client();
        begin(&mut browser, "/login/passkey/begin").await;
        let fields = [("credential", nonsense)];
        browser.post_form("/login/passkey", &fields).await.page(400);
    }
    log_in(&mut app.client(), &mut device)
        .await
        .leads_to("/notes/new");
}

#[tokio::test]
async fn a_copy_of_a_device_is_noticed_by_its_counter() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let mut device = Authenticator::new();
    add(&mut client, &mut device, "Phone").await;
    for _ in 0..2 {
        log_in(&mut app.client(), &mut device)
            .await
            .leads_to("/notes/new");
    }
    device.set_back();
    log_in(&mut app.client(), &mut device).await.page(403);
}

#[tokio::test]
async fn a_passkey_belongs_to_one_account() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let mut device = Authenticator::new();
    add(&mut client, &mut device, "Phone").await;
    assert_eq!(
        add(&mut eve, &mut device, "Phone").await.status.as_u16(),
        409
    );
    // Nor is a challenge for one account answered for another.
    let options = begin(&mut client, "/account/passkeys/begin").await;
    let mut other = Authenticator::new();
    let answer = other.create(&options);
    let token = client.cookie("_passkey").unwrap().to_owned();
    begin(&mut eve, "/account/passkeys/begin").await;
    eve.set_cookie("_passkey", &token);
    let fields = [("name", "Phone"), ("credential", &*answer)];
    eve.post_form("/account/passkeys", &fields).await.page(403);
}

#[tokio::test]
async fn passkeys_are_changed_only_after_a_confirmation_which_a_passkey_can_be() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let (mut device, mut eves) = (Authenticator::new(), Authenticator::new());
    add(&mut client, &mut device, "Phone").await;
    let (_, mut eve) = app.logged_in("eve").await;
    add(&mut eve, &mut eves, "Phone").await;
    let_time_pass(&app).await;
    let answer = client.call("POST", "/account/passkeys/begin").await;
    answer.leads_to("/confirm-password?next=/account/passkeys");
    let page = client.open("/confirm-password?next=/account/passkeys");
    let page = page.await;
    assert!(
        page.page(200)
            .contains("action=\"/confirm-password/passkey\"")
    );
    for (device, status) in [(&mut eves, 403), (&mut device, 303)] {
        let options = begin(&mut client, "/login/passkey/begin").await;
        let answer = device.get(&options);
        let fields = [("credential", &*answer), ("next", "/account/passkeys")];
        let answer = client.post_form("/confirm-password/passkey", &fields).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    }
    begin(&mut client, "/account/passkeys/begin").await;
}

#[tokio::test]
async fn a_name_is_asked_for_and_the_log_in_page_offers_passkeys() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let mut device = Authenticator::new();
    let answer = add(&mut client, &mut device, " ").await;
    assert!(answer.page(422).contains("must not be empty"));
    let page = app.client().open("/login").await;
    assert!(page.page(200).contains("action=\"/login/passkey\""));
    assert!(page.text().contains("/passkeys.js"));
    // The password works as before.
    let credentials = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answer = app.client().json("POST", "/api/session", credentials).await;
    assert_eq!(answer.status.as_u16(), 201);
}

/// The recovery codes that a page shows.
fn recovery_codes(answer: &Answer) -> Vec<String> {
    let parts = answer.page(200).split("<code>").skip(1);
    let codes = parts.map(|part| part.split_once("</code>").unwrap().0.to_owned());
    codes.collect()
}

#[tokio::test]
async fn a_recovery_code_logs_in_once_where_the_passkey_is_lost() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let path = "/account/recovery-codes";
    let codes = recovery_codes(&client.submit(path, path, &[]).await);
    assert_eq!(codes.len(), 10);
    let path = "/login/recovery";
    for (email, code, status) in [
        ("ada@example.com", &*codes[0], 303),
        ("ada@example.com", &codes[0], 401),
        ("eve@example.com", &codes[1], 401),
        ("ada@example.com", "0000-0000-0000-0000-0000-0000", 401),
        ("ada@example.com", &codes[1].to_uppercase(), 303),
    ] {
        let mut other = app.client();
        let fields = [("email", email), ("secret_code", code)];
        let answer = other.submit(path, path, &fields).await;
        assert_eq!(answer.status.as_u16(), status, "{email} {code}");
        let status = other.get("/api/me").await.status.as_u16();
        assert_eq!(status == 200, answer.status.as_u16() == 303);
    }
}
{%- if totp %}

#[tokio::test]
async fn a_passkey_is_two_factors_and_a_recovery_code_does_not_replace_both() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let mut device = Authenticator::new();
    add(&mut client, &mut device, "Phone").await;
    let (_, codes) = super::totp::turn_on(&app, &ada, &mut client).await;
    let mut other = app.client();
    log_in(&mut other, &mut device).await.leads_to("/notes/new");
    let fields = [("email", "ada@example.com"), ("secret_code", &*codes[0])];
    let answer = app.client().post_form("/login/recovery", &fields).await;
    answer.page(401);
}
{%- endif %}
