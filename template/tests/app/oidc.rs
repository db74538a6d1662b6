//! Logging in with a provider.

use app::{
    config::Config,
    models::{PasswordHash, User},
};
use serde_json::{Value, json};

use crate::common::{Answer, Client, ENCRYPTION_KEYS, PASSWORD, TestApp};

mod provider;

use provider::{CLIENT_ID, CLIENT_SECRET, Provider, Signature, now, parameters};

async fn app_with(provider: &Provider) -> TestApp {
    TestApp::with(&[
        ("OIDC_ISSUER", provider.issuer()),
        ("OIDC_CLIENT_ID", CLIENT_ID),
        ("OIDC_CLIENT_SECRET", CLIENT_SECRET),
        ("OIDC_NAME", "Example"),
    ])
    .await
}

async fn start() -> (Provider, TestApp) {
    let provider = Provider::start().await;
    let app = app_with(&provider).await;
    (provider, app)
}

/// The address at the provider to which a page goes on.
fn address(page: &Answer) -> String {
    page.page(200);
    let refresh = page.header("refresh").strip_prefix("0; url=");
    refresh.expect("a way to the provider").to_owned()
}

/// Presses the button of the log-in page, and returns the address at the provider.
async fn go_to_provider(client: &mut Client, next: &str) -> String {
    let page = format!("/login?next={next}");
    address(&client.submit(&page, "/login/oidc", &[("next", next)]).await)
}

/// Logs in with the provider, and returns the answer to coming back.
async fn log_in(provider: &Provider, client: &mut Client) -> Answer {
    let url = go_to_provider(client, "/notes").await;
    client.open(&provider.log_in(&url)).await
}

/// Logs in with the provider in vain, and nobody is logged in.
async fn fails(provider: &Provider, app: &TestApp, reason: &str) {
    let mut client = app.client();
    let answer = log_in(provider, &mut client).await;
    answer.leads_to(&format!("/login/oidc/failed?reason={reason}"));
    let page = client.open(answer.header("location")).await;
    assert!(
        page.page(200).contains("href=\"/login\""),
        "{}",
        page.text()
    );
    client.open("/notes").await.leads_to("/login?next=/notes");
}

async fn email_of(client: &mut Client) -> Value {
    client.get("/api/me").await.json()["email"].clone()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let pool = app.database.pool();
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

async fn execute(app: &TestApp, sql: &'static str) {
    sqlx::query(sql).execute(app.database.pool()).await.unwrap();
}

/// What happened, newest first.
async fn events(app: &TestApp) -> Vec<(String, String, String)> {
    let sql = "SELECT kind, outcome, details FROM security_events ORDER BY id DESC";
    let rows = sqlx::query_as(sql).fetch_all(app.database.pool());
    rows.await.unwrap()
}

fn event(kind: &str, outcome: &str, details: &str) -> (String, String, String) {
    (kind.to_owned(), outcome.to_owned(), details.to_owned())
}

#[tokio::test]
async fn somebody_new_gets_an_account_without_a_password_and_is_logged_in() {
    let (provider, app) = start().await;
    let mut client = app.client();
    log_in(&provider, &mut client).await.leads_to("/notes");
    let page = client.open("/notes").await;
    assert!(page.page(200).contains("Ada Lovelace"), "{}", page.text());
    assert_eq!(email_of(&mut client).await, "ada@example.com");

    let sql = "SELECT password_hash FROM users WHERE email_confirmed_at IS NOT NULL";
    let hash: String = sqlx::query_scalar(sql)
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    assert!(!PasswordHash(hash).is_usable());
    let credentials = [("email", "ada@example.com"), ("password", PASSWORD)];
    let refused = app.client().post_form("/login", &credentials).await;
    refused.page(401);
    let events = events(&app).await;
    assert!(events.contains(&event("registration", "success", "With Example")));
    assert!(events.contains(&event("log_in", "success", "With Example")));
}

#[tokio::test]
async fn an_account_is_found_by_its_subject_whatever_its_address_is_now() {
    let (provider, app) = start().await;
    log_in(&provider, &mut app.client()).await;
    provider.claim("email", json!("ada@elsewhere.example"));
    provider.claim("email_verified", json!(false));
    let mut client = app.client();
    log_in(&provider, &mut client).await.leads_to("/notes");
    assert_eq!(email_of(&mut client).await, "ada@example.com");
    assert_eq!(count(&app, "SELECT count(*) FROM users").await, 1);
}

#[tokio::test]
async fn an_account_with_the_same_confirmed_address_is_connected_and_its_owner_is_told() {
    let (provider, app) = start().await;
    let (ada, _) = app.logged_in("ada").await;
    let mut client = app.client();
    log_in(&provider, &mut client).await.leads_to("/notes");
    let me = client.get("/api/me").await.json();
    assert_eq!(me["id"], json!(ada.id));
    let mail = app.mail_to("ada@example.com").await;
    assert!(mail.text.contains("with Example"), "{}", mail.text);
    assert_eq!(
        events(&app).await[1],
        event("method_added", "success", "With Example")
    );
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_confirmed_neither_connects_nor_creates_an_account() {
    let (provider, app) = start().await;
    app.user("ada").await;
    for confirmed in [json!(false), Value::Null] {
        provider.claim("email_verified", confirmed);
        fails(&provider, &app, "email-not-confirmed").await;
    }
    provider.claim("email", Value::Null);
    provider.answers(|answers| answers.user_info = json!({ "sub": "ada-at-provider" }));
    fails(&provider, &app, "email-not-confirmed").await;
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 0);
    assert_eq!(count(&app, "SELECT count(*) FROM users").await, 1);
}

#[tokio::test]
async fn an_account_whose_address_nobody_has_confirmed_here_is_not_connected() {
    let (provider, app) = start().await;
    app.user("ada").await;
    execute(&app, "UPDATE users SET email_confirmed_at = NULL").await;
    fails(&provider, &app, "account-not-confirmed").await;
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 0);
}

#[tokio::test]
async fn an_id_token_for_somebody_else_or_of_somebody_else_is_refused() {
    let (provider, app) = start().await;
    let claims = [
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("aud", json!("another")),
        ("aud", json!([CLIENT_ID, "another"])),
        ("iss", json!("https://another.example")),
    ];
    for (name, value) in claims {
        provider.claim(name, value);
        fails(&provider, &app, "untrusted").await;
        provider.answers(|answers| answers.claims = json!({}));
    }
    for signature in [Signature::Forged, Signature::Missing, Signature::Shared] {
        provider.answers(|answers| answers.signature = signature);
        fails(&provider, &app, "untrusted").await;
    }
    let failure = event("log_in", "failure", "With Example: untrusted");
    assert_eq!(events(&app).await, vec![failure; 8]);
}

#[tokio::test]
async fn an_id_token_that_has_expired_or_is_from_the_future_means_that_a_clock_is_wrong() {
    let (provider, app) = start().await;
    provider.claim("exp", json!(now() - 600));
    fails(&provider, &app, "clock").await;
    provider.answers(|answers| answers.claims = json!({ "iat": now() + 600 }));
    fails(&provider, &app, "clock").await;
}

#[tokio::test]
async fn an_answer_of_the_provider_works_once() {
    let (provider, app) = start().await;
    let mut client = app.client();
    let url = go_to_provider(&mut client, "/notes").await;
    let (cookies, callback) = (client.clone(), provider.log_in(&url));
    client.open(&callback).await.leads_to("/notes");
    let mut replaying = cookies;
    let answer = replaying.open(&callback).await;
    answer.leads_to("/login/oidc/failed?reason=unknown-attempt");
    replaying
        .open("/notes")
        .await
        .leads_to("/login?next=/notes");
}

#[tokio::test]
async fn an_answer_that_another_browser_asked_for_is_refused_and_stays_for_that_one() {
    let (provider, app) = start().await;
    let (mut ada, mut eve) = (app.client(), app.client());
    let url = go_to_provider(&mut ada, "/notes").await;
    go_to_provider(&mut eve, "/notes").await;
    let callback = provider.log_in(&url);
    let answer = eve.open(&callback).await;
    answer.leads_to("/login/oidc/failed?reason=unknown-attempt");
    eve.open("/notes").await.leads_to("/login?next=/notes");
    ada.open(&callback).await.leads_to("/notes");
}

#[tokio::test]
async fn two_tabs_of_a_browser_can_log_in_at_once() {
    let (provider, app) = start().await;
    let mut client = app.client();
    let first = go_to_provider(&mut client, "/notes").await;
    let second = go_to_provider(&mut client, "/account").await;
    client
        .open(&provider.log_in(&first))
        .await
        .leads_to("/notes");
    let (first, second) = (parameters(&first), parameters(&second));
    assert_ne!(first["state"], second["state"]);
    assert_ne!(first["nonce"], second["nonce"]);
    assert_ne!(first["code_challenge"], second["code_challenge"]);
}

#[tokio::test]
async fn an_answer_after_ten_minutes_is_refused() {
    let (provider, app) = start().await;
    let mut client = app.client();
    let url = go_to_provider(&mut client, "/notes").await;
    execute(
        &app,
        "UPDATE oidc_attempts SET expires_at = expires_at - interval '10 minutes'",
    )
    .await;
    let answer = client.open(&provider.log_in(&url)).await;
    answer.leads_to("/login/oidc/failed?reason=unknown-attempt");
    // The next attempt deletes it.
    go_to_provider(&mut client, "/notes").await;
    assert_eq!(count(&app, "SELECT count(*) FROM oidc_attempts").await, 1);
}

#[tokio::test]
async fn an_answer_of_another_provider_is_refused() {
    let (provider, app) = start().await;
    for issuer in [Some("https://another.example".to_owned()), None] {
        provider.answers(|answers| answers.response_issuer = issuer);
        fails(&provider, &app, "untrusted").await;
    }
}

#[tokio::test]
async fn a_code_of_another_attempt_is_of_no_use() {
    let (provider, app) = start().await;
    let (mut ada, mut eve) = (app.client(), app.client());
    let stolen = provider.log_in(&go_to_provider(&mut ada, "/notes").await);
    let own = provider.log_in(&go_to_provider(&mut eve, "/notes").await);
    let site = |path: &str| parameters(&format!("http://localhost:3000{path}"));
    let injected = own.replace(&site(&own)["code"], &site(&stolen)["code"]);
    // The provider refuses it by PKCE, and by the nonce it would be refused here.
    let answer = eve.open(&injected).await;
    answer.leads_to("/login/oidc/failed?reason=unknown-attempt");
    provider.answers(|answers| answers.code_verifier_is_checked = false);
    let stolen = provider.log_in(&go_to_provider(&mut ada, "/notes").await);
    let own = provider.log_in(&go_to_provider(&mut eve, "/notes").await);
    let injected = own.replace(&site(&own)["code"], &site(&stolen)["code"]);
    let answer = eve.open(&injected).await;
    answer.leads_to("/login/oidc/failed?reason=untrusted");
}

#[tokio::test]
async fn a_provider_may_change_its_keys() {
    let (provider, app) = start().await;
    log_in(&provider, &mut app.client())
        .await
        .leads_to("/notes");
    provider.change_key();
    log_in(&provider, &mut app.client())
        .await
        .leads_to("/notes");
}

#[tokio::test]
async fn an_address_that_is_not_in_the_id_token_is_asked_for() {
    let (provider, app) = start().await;
    provider.claim("email", Value::Null);
    let info = |subject: &str| json!({ "sub": subject, "email": "ada@example.com", "email_verified": true, "name": "Ada" });
    provider.answers(|answers| answers.user_info = info("somebody-else"));
    fails(&provider, &app, "unreachable").await;
    provider.answers(|answers| answers.user_info = info("ada-at-provider"));
    let mut client = app.client();
    log_in(&provider, &mut client).await.leads_to("/notes");
    assert_eq!(email_of(&mut client).await, "ada@example.com");
}

#[tokio::test]
async fn whoever_cancels_at_the_provider_is_told_what_to_do() {
    let (provider, app) = start().await;
    for (error, reason, advice) in [
        ("access_denied", "denied", "Example has told us nothing"),
        ("server_error", "unreachable", "Try again in a minute"),
        (
            "invalid_scope",
            "misconfigured",
            "tell whoever runs this site",
        ),
    ] {
        let mut client = app.client();
        let url = go_to_provider(&mut client, "/notes").await;
        let answer = client.open(&provider.refuse(&url, error)).await;
        answer.leads_to(&format!("/login/oidc/failed?reason={reason}"));
        let page = client.open(answer.header("location")).await;
        assert!(page.page(200).contains(advice), "{}", page.text());
    }
    app.client()
        .open("/login/oidc/failed?reason=x")
        .await
        .page(404);
    app.client()
        .open("/login/oidc/callback?error=access_denied")
        .await
        .leads_to("/login/oidc/failed?reason=unknown-attempt");
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_does_not_keep_anybody_from_the_password() {
    let provider = Provider::start().await;
    let app = app_with(&provider).await;
    app.user("ada").await;
    drop(provider);
    let mut client = app.client();
    let answer = client
        .submit("/login", "/login/oidc", &[("next", "/notes")])
        .await;
    answer.leads_to("/login/oidc/failed?reason=unreachable");
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    client
        .submit("/login", "/login", &fields)
        .await
        .leads_to("/notes");
}

#[tokio::test]
async fn the_log_in_leads_to_the_page_that_asked_for_it_and_to_no_other_site() {
    let (provider, app) = start().await;
    for (next, page) in [("/account", "/account"), ("//evil.example", "/notes")] {
        let mut client = app.client();
        let url = address(&client.post_form("/login/oidc", &[("next", next)]).await);
        client.open(&provider.log_in(&url)).await.leads_to(page);
    }
}

#[tokio::test]
async fn another_site_cannot_send_anybody_to_the_provider() {
    let (_provider, app) = start().await;
    let request = axum::http::Request::post("/login/oidc")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = app
        .client()
        .send(request.body("next=/".into()).unwrap())
        .await;
    assert_eq!(answer.status.as_u16(), 403);
}

#[tokio::test]
async fn one_client_can_begin_only_so_often() {
    let (_provider, app) = start().await;
    let mut client = app.client();
    for _ in 0..60 {
        client
            .post_form("/login/oidc", &[("next", "/")])
            .await
            .page(200);
    }
    let answer = client.post_form("/login/oidc", &[("next", "/")]).await;
    answer.page(429);
    assert_eq!(count(&app, "SELECT count(*) FROM oidc_attempts").await, 60);
}

/// Presses the button of the page Security, and comes back.
async fn connect(provider: &Provider, client: &mut Client) -> Answer {
    let action = "/account/security/identities";
    let page = client.submit("/account/security", action, &[]).await;
    client.open(&provider.log_in(&address(&page))).await
}

/// The path that removes the only connection.
async fn disconnect_path(app: &TestApp) -> String {
    let id: uuid::Uuid = sqlx::query_scalar("SELECT id FROM identities")
        .fetch_one(app.database.pool())
        .await
        .unwrap();
    format!("/account/security/identities/{id}/delete")
}

async fn let_time_pass(app: &TestApp) {
    execute(
        app,
        "UPDATE sessions SET authenticated_at = authenticated_at - interval '11 minutes'",
    )
    .await;
}

#[tokio::test]
async fn a_user_connects_an_account_with_another_address_and_disconnects_it() {
    let (provider, app) = start().await;
    provider.claim("email", json!("private@elsewhere.example"));
    let (bob, mut client) = app.logged_in("bob").await;
    connect(&provider, &mut client)
        .await
        .leads_to("/account/security");
    let page = client.open("/account/security").await;
    assert!(page.page(200).contains("private@elsewhere.example"));
    assert!(
        app.mail_to("bob@example.com")
            .await
            .text
            .contains("Example")
    );
    let mut other = app.client();
    log_in(&provider, &mut other).await.leads_to("/notes");
    assert_eq!(other.get("/api/me").await.json()["id"], json!(bob.id));

    let (_, mut eve) = app.logged_in("eve").await;
    let path = disconnect_path(&app).await;
    eve.post_form(&path, &[]).await.page(404);
    client
        .submit("/account/security", &path, &[])
        .await
        .leads_to("/account/security");
    assert_eq!(
        events(&app).await[0],
        event("method_removed", "success", "With Example")
    );
    let told = ["Way to log in added", "Way to log in removed"];
    assert_eq!(app.titles_to("bob@example.com").await, told);
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 0);
}

#[tokio::test]
async fn connecting_and_disconnecting_ask_who_the_user_is() {
    let (provider, app) = start().await;
    let (_, mut client) = app.logged_in("ada").await;
    connect(&provider, &mut client).await;
    let_time_pass(&app).await;
    for action in ["/account/security/identities", &disconnect_path(&app).await] {
        let answer = client.post_form(action, &[]).await;
        answer.leads_to("/confirm-password?next=/account/security");
    }
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 1);
}
{%- if passkeys %}

#[tokio::test]
async fn a_passkey_is_another_way_to_log_in_until_it_is_the_only_one() {
    use app::{
        models::{Email, PasskeyName},
        repositories::{passkeys, users::addresses},
    };

    let (provider, app) = start().await;
    let mut client = app.client();
    log_in(&provider, &mut client).await;
    let email = Email::parse("ada@example.com").unwrap();
    let found = addresses::by_email(app.database.pool(), &email).await;
    let (ada, _) = found.unwrap().unwrap();
    let (pool, owner) = (app.database.pool(), ada.owner());
    let name = PasskeyName::parse("Phone").unwrap();
    passkeys::insert(pool, owner, &name, b"1", "{}")
        .await
        .unwrap();
    let page = client.open("/account/security").await;
    assert!(page.page(200).contains("Disconnect"));
    let path = disconnect_path(&app).await;
    client
        .post_form(&path, &[])
        .await
        .leads_to("/account/security");
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 0);

    let id = sqlx::query_scalar::<_, uuid::Uuid>("SELECT id FROM passkeys");
    let id = id.fetch_one(pool).await.unwrap();
    let path = format!("/account/passkeys/{id}/delete");
    let refused = client.post_form(&path, &[]).await;
    assert!(refused.page(403).contains("choose a password first"));
    assert_eq!(count(&app, "SELECT count(*) FROM passkeys").await, 1);
}
{%- endif %}

#[tokio::test]
async fn the_only_way_to_log_in_cannot_be_removed() {
    let (provider, app) = start().await;
    let mut client = app.client();
    log_in(&provider, &mut client).await;
    let page = client.open("/account/security").await;
    assert!(!page.page(200).contains("Disconnect"), "{}", page.text());
    let path = disconnect_path(&app).await;
    let refused = client.post_form(&path, &[]).await;
    assert!(refused.page(403).contains("choose a password first"));
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 1);

    let fields = [("password", PASSWORD)];
    let path_of_form = "/account/password";
    client
        .submit(path_of_form, path_of_form, &fields)
        .await
        .leads_to("/account/security");
    client
        .submit("/account/security", &path, &[])
        .await
        .leads_to("/account/security");
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 0);
}

#[tokio::test]
async fn an_account_at_the_provider_belongs_to_one_user() {
    let (provider, app) = start().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    connect(&provider, &mut ada)
        .await
        .leads_to("/account/security");
    let answer = connect(&provider, &mut eve).await;
    answer.leads_to("/login/oidc/failed?reason=taken");
    // Connecting it again changes nothing.
    connect(&provider, &mut ada)
        .await
        .leads_to("/account/security");
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 1);
}

#[tokio::test]
async fn whoever_logs_out_at_the_wrong_moment_connects_nothing() {
    let (provider, app) = start().await;
    let (_, mut client) = app.logged_in("ada").await;
    let action = "/account/security/identities";
    let url = address(&client.submit("/account/security", action, &[]).await);
    client.post_form("/logout", &[]).await.leads_to("/");
    let answer = client.open(&provider.log_in(&url)).await;
    answer.leads_to("/login/oidc/failed?reason=unknown-attempt");
    assert_eq!(count(&app, "SELECT count(*) FROM identities").await, 0);
}

/// Presses the button of the page that asks who the user is, and comes back.
async fn confirm(provider: &Provider, client: &mut Client) -> Answer {
    let page = "/confirm-password?next=/account/password";
    let fields = [("next", "/account/password")];
    let page = client.submit(page, "/confirm-password/oidc", &fields).await;
    let url = address(&page);
    assert_eq!(parameters(&url)["max_age"], "0");
    client.open(&provider.log_in(&url)).await
}

/// A user who has connected an account at the provider, eleven minutes ago.
async fn connected(provider: &Provider, app: &TestApp) -> (User, Client) {
    let (ada, mut client) = app.logged_in("ada").await;
    connect(provider, &mut client)
        .await
        .leads_to("/account/security");
    let_time_pass(app).await;
    (ada, client)
}

#[tokio::test]
async fn a_user_confirms_who_they_are_by_a_new_log_in_at_the_provider() {
    let (provider, app) = start().await;
    let (_, mut client) = connected(&provider, &app).await;
    let old = client.cookie("session").unwrap().to_owned();
    confirm(&provider, &mut client)
        .await
        .leads_to("/account/password");
    client.open("/account/password").await.page(200);
    assert_ne!(client.cookie("session").unwrap(), old);
}

#[tokio::test]
async fn another_account_or_an_old_log_in_at_the_provider_confirms_nothing() {
    let (provider, app) = start().await;
    let (_, mut client) = connected(&provider, &app).await;
    let cases = [
        ("sub", json!("somebody-else"), "not-connected"),
        ("auth_time", json!(now() - 3600), "not-recent"),
        ("auth_time", Value::Null, "not-recent"),
    ];
    for (name, value, reason) in cases {
        provider.answers(|answers| answers.claims = json!({ name: value }));
        let answer = confirm(&provider, &mut client).await;
        answer.leads_to(&format!("/login/oidc/failed?reason={reason}"));
        let page = client.open("/account/password").await;
        page.leads_to("/confirm-password?next=/account/password");
    }
}
{%- if totp %}

#[tokio::test]
async fn the_second_factor_is_asked_for_after_the_provider_too() {
    let (provider, app) = start().await;
    let (_, mut client) = connected(&provider, &app).await;
    execute(
        &app,
        "INSERT INTO totp_secrets (user_id, secret, confirmed_at) SELECT id, '\\x00', now() FROM users",
    )
    .await;
    let mut other = app.client();
    let answer = log_in(&provider, &mut other).await;
    answer.leads_to("/login/code?next=%2Fnotes");
    other.open("/notes").await.leads_to("/login?next=/notes");
    let answer = confirm(&provider, &mut client).await;
    answer.leads_to("/login/code?next=%2Faccount%2Fpassword");
    let page = client.open("/account/password").await;
    page.leads_to("/confirm-password?next=/account/password");
}
{%- endif %}

#[tokio::test]
async fn without_a_provider_in_the_settings_there_is_nothing_of_it() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    for page in ["/account/security", "/confirm-password"] {
        let html = client.open(page).await;
        assert!(!html.page(200).contains("/identities"), "{}", html.text());
        assert!(!html.text().contains("/oidc"), "{}", html.text());
    }
    let mut client = app.client();
    assert!(!client.open("/login").await.page(200).contains("/oidc"));
    client
        .post_form("/login/oidc", &[("next", "/")])
        .await
        .page(404);
    client
        .open("/login/oidc/callback?state=x&code=x")
        .await
        .page(404);
    client
        .open("/login/oidc/failed?reason=denied")
        .await
        .page(404);
}

fn config(vars: &[(&str, &str)]) -> Result<Config, String> {
    let lookup = |name: &str| {
        let found = vars.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Config::from_vars(lookup).map_err(|error| error.to_string())
}

#[test]
fn settings_that_are_missing_or_unsafe_are_all_named() {
    let error = config(&[("OIDC_ISSUER", "https://accounts.example.com")]).unwrap_err();
    for name in ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] {
        assert!(error.contains(&format!("`{name}` is missing")), "{error}");
    }
    for issuer in [
        "http://accounts.example.com",
        "accounts.example.com",
        "https://a.example/?b",
    ] {
        let vars = [
            ("OIDC_ISSUER", issuer),
            ("OIDC_CLIENT_ID", "x"),
            ("OIDC_CLIENT_SECRET", "x"),
        ];
        assert!(config(&vars).unwrap_err().contains("`OIDC_ISSUER` must be"));
    }
    let production = [
        ("APP_ENV", "production"),
        ("DATABASE_URL", "postgres://localhost/shop"),
        ("ENCRYPTION_KEYS", ENCRYPTION_KEYS),
        ("MAIL_URL", "none"),
        ("OIDC_ISSUER", "https://accounts.example.com"),
        ("OIDC_CLIENT_ID", "x"),
        ("OIDC_CLIENT_SECRET", "x"),
{%- if files %}
        ("FILES_URL", "file:/srv/files"),
{%- endif %}
    ];
    assert!(
        config(&production)
            .unwrap_err()
            .contains("`APP_URL` is missing")
    );
    let complete = config(&[&production[..], &[("APP_URL", "https://shop.example.com")]].concat());
    assert_eq!(complete.unwrap().oidc.unwrap().name, "accounts.example.com");
}
