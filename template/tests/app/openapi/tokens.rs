//! Tokens: made, used and revoked.

{%- if teams %}
use app::{models::TeamId, repositories::notes};
{%- endif %}
use axum::http::header;
use serde_json::json;

use super::{PAGE, request, send, token};
{%- if teams %}
use crate::{
    common::{TestApp, link},
    teams::switch,
};
{%- else %}
use crate::common::{TestApp, link};
{%- endif %}

const ALL: [&str; 3] = ["account:read", "notes:read", "notes:write"];

#[tokio::test]
async fn a_program_with_a_token_does_what_its_scopes_say_and_no_more() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let note = app.note(&ada, "Milk", "").await;
    let path = format!("/api/notes/{}", note.id);
    let reader = token(&mut client, &["notes:read"]).await;
    let listed = send(&app, &reader, "GET", "/api/notes", None).await;
    assert_eq!(listed.json()["notes"][0]["title"], "Milk");
    assert_eq!(send(&app, &reader, "GET", &path, None).await.status, 200);
    let body = json!({ "title": "Bread" });
    for (method, path, body) in [
        ("POST", "/api/notes", Some(body.clone())),
        ("DELETE", &*path, None),
        ("GET", "/api/me", None),
    ] {
        let answer = send(&app, &reader, method, path, body).await;
        answer.problem(403, "insufficient_scope");
        let challenge = answer.header("www-authenticate");
        assert!(challenge.starts_with("Bearer error=\"insufficient_scope\", scope="));
    }
    let writer = token(&mut client, &["notes:write"]).await;
    let created = send(&app, &writer, "POST", "/api/notes", Some(body)).await;
    assert_eq!(created.status, 201);
    assert_eq!(app.newest_note(&ada).await.title.as_str(), "Bread");
}

#[tokio::test]
async fn a_token_is_no_use_for_the_account_for_logging_in_and_for_pages() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &ALL).await;
    let credentials = json!({ "email": "ada@example.com", "password": "x" });
    let user = json!({ "email": "eve@example.com", "display_name": "Eve", "password": "x" });
    for (method, path, body) in [
        ("POST", "/api/session", Some(credentials)),
        ("DELETE", "/api/session", None),
        ("POST", "/api/users", Some(user)),
    ] {
        let answer = send(&app, &secret, method, path, body).await;
        answer.problem(403, "not_for_tokens");
    }
    for path in ["/account", PAGE, "/notes"] {
        let answer = send(&app, &secret, "GET", path, None).await;
        assert!(answer.header("location").starts_with("/login"), "{path}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_valid_is_refused_with_a_challenge_and_cookies_do_not_help() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let expired = token(&mut client, &ALL).await;
    app.execute("UPDATE api_tokens SET expires_at = now()")
        .await;
    let unknown = format!("api_{}", "0".repeat(64));
    for bad in [&*expired, &unknown, "", "api_", "x y"] {
        let answer = client.send(request(bad, "GET", "/api/me", None)).await;
        answer.problem(401, "invalid_token");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, "Bearer error=\"invalid_token\"");
    }
    // Without the header, the same client is logged in.
    assert_eq!(client.get("/api/me").await.status, 200);
    let valid = token(&mut client, &ALL).await;
    let mut twice = request(&valid, "GET", "/api/me", None);
    let second = format!("Bearer {valid}").parse().unwrap();
    twice.headers_mut().append(header::AUTHORIZATION, second);
    client.send(twice).await.problem(401, "invalid_token");
}

#[tokio::test]
async fn a_page_of_another_site_may_send_a_token_but_never_a_cookie() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (eve, mut eves) = app.logged_in("eve").await;
    let secret = token(&mut eves, &ALL).await;
    let cross_site = |mut request: axum::http::Request<_>| {
        let headers = request.headers_mut();
        headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
        headers.insert("origin", "https://elsewhere.example".parse().unwrap());
        request
    };
    let note = json!({ "title": "Milk" });
    // The browser is Ada's; the token is Eve's.
    let sent = request(&secret, "POST", "/api/notes", Some(note.clone()));
    assert_eq!(ada.send(cross_site(sent)).await.status, 201);
    assert_eq!(app.newest_note(&eve).await.title.as_str(), "Milk");
    assert_eq!(ada.get("/api/notes").await.json(), json!({ "notes": [] }));
    let mut without = request("", "POST", "/api/notes", Some(note));
    without.headers_mut().remove(header::AUTHORIZATION);
    let refused = ada.send(cross_site(without)).await;
    refused.problem(403, "forbidden");
    // A page is no part of the API.
    let form = request(&secret, "POST", "/logout", None);
    assert_eq!(ada.send(cross_site(form)).await.status, 403);
}

#[tokio::test]
async fn a_secret_is_shown_once_and_not_stored() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &ALL).await;
    let digits = secret.strip_prefix("api_").unwrap();
    let page = client.open(PAGE).await;
    page.shows("Backup");
    page.lacks(digits);
    let row: String = app.value("SELECT api_tokens::text FROM api_tokens").await;
    assert!(!row.contains(digits), "{row}");
}

#[tokio::test]
async fn a_revoked_token_is_not_valid_and_both_are_in_the_log_of_the_account() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let (_, mut eves) = app.logged_in("eve").await;
    let secret = token(&mut client, &["account:read"]).await;
    let id: uuid::Uuid = app.value("SELECT id FROM api_tokens").await;
    let revoke = format!("{PAGE}/{id}/revoke");
    assert_eq!(eves.post_form(&revoke, &[]).await.status, 404);
    assert_eq!(
        send(&app, &secret, "GET", "/api/me", None).await.status,
        200
    );
    client.submit(PAGE, &revoke, &[]).await.leads_to(PAGE);
    let answer = send(&app, &secret, "GET", "/api/me", None).await;
    answer.problem(401, "invalid_token");
    let events: String = app
        .value(
            "SELECT string_agg(kind || ' ' || details, ', ' ORDER BY id) FROM security_events
             WHERE details <> ''",
        )
        .await;
    assert_eq!(
        events,
        "method_added API token “Backup”: account:read, method_removed API token “Backup”"
    );
}

#[tokio::test]
async fn the_use_of_a_token_is_stored_at_most_once_a_minute() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &["account:read"]).await;
    client.open(PAGE).await.shows("not used yet");
    let use_it = async || {
        let answer = send(&app, &secret, "GET", "/api/me", None).await;
        assert_eq!(answer.status, 200);
        let used: time::OffsetDateTime = app.value("SELECT last_used_at FROM api_tokens").await;
        used
    };
    let first = use_it().await;
    assert_eq!(use_it().await, first);
    app.execute("UPDATE api_tokens SET last_used_at = now() - interval '2 minutes'")
        .await;
    assert!(use_it().await >= first);
}

#[tokio::test]
async fn a_token_needs_a_name_a_scope_and_an_expiry_that_is_offered() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let fields = [("name", "CI"), ("days", "4000")];
    let page = client.submit(PAGE, PAGE, &fields).await;
    let text = page.page(422);
    assert!(text.contains("choose at least one"), "{text}");
    assert!(text.contains("choose one of these"), "{text}");
    assert!(text.contains("value=\"CI\""), "{text}");
    let count: i64 = app.value("SELECT count(*) FROM api_tokens").await;
    assert_eq!(count, 0);
}

#[tokio::test]
async fn expired_tokens_are_deleted() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    token(&mut client, &ALL).await;
    app.execute("UPDATE api_tokens SET expires_at = now()")
        .await;
    token(&mut client, &ALL).await;
    let deleted = app.state.accounts.delete_expired_api_tokens().await;
    assert_eq!(deleted.unwrap(), 1);
    let count: i64 = app.value("SELECT count(*) FROM api_tokens").await;
    assert_eq!(count, 1);
}
{%- if teams %}

#[tokio::test]
async fn a_token_works_in_the_own_team_of_its_user_or_in_one_that_the_request_names() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let team = app.team(&ada, "Engine").await;
    let scope = app.scope(team, &ada).await;
    app.note(&ada, "Diary", "").await;
    let plan = app.team_note(scope, "Plan").await;
    let secret = token(&mut client, &ALL).await;
    // A cookie says nothing about a token.
    switch(&mut client, team).await;
    let own = client.send(request(&secret, "GET", "/api/notes", None));
    let own = own.await.json();
    assert_eq!(own["notes"].as_array().unwrap().len(), 1);
    assert_eq!(own["notes"][0]["title"], "Diary");
    let path = format!("/api/notes/{plan}");
    let answer = send(&app, &secret, "GET", &path, None).await;
    answer.problem(404, "not_found");

    let list = format!("/api/notes?limit=5&team={team}");
    let theirs = send(&app, &secret, "GET", &list, None).await.json();
    assert_eq!(theirs["notes"].as_array().unwrap().len(), 1);
    assert_eq!(theirs["notes"][0]["title"], "Plan");
    let path = format!("{path}?team={team}");
    assert_eq!(send(&app, &secret, "GET", &path, None).await.status, 200);
    let body = Some(json!({ "title": "Loom", "body": "", "version": 1 }));
    let answer = send(&app, &secret, "PUT", &path, body.clone()).await;
    assert_eq!(answer.status, 200);
    let list = format!("/api/notes?team={team}");
    assert_eq!(send(&app, &secret, "POST", &list, body).await.status, 201);
    let stored = notes::list(app.database.pool(), scope.owner(), None, 5).await;
    assert_eq!(stored.unwrap().len(), 2);
    assert_eq!(send(&app, &secret, "DELETE", &path, None).await.status, 204);
    // A session may name one too.
    let own = format!("/api/notes?team={}", TeamId::personal(ada.id));
    assert_eq!(client.get(&own).await.json()["notes"][0]["title"], "Diary");
}

#[tokio::test]
async fn a_token_of_a_stranger_finds_no_team_whether_or_not_there_is_one() {
    let app = TestApp::new().await;
    let (ada, _) = app.logged_in("ada").await;
    let (eve, mut eves) = app.logged_in("eve").await;
    let team = app.team(&ada, "Engine").await;
    let plan = app.team_note(app.scope(team, &ada).await, "Plan").await;
    let secret = token(&mut eves, &ALL).await;
    for team in [team, TeamId::personal(ada.id), TeamId::generate()] {
        let (list, note) = (
            format!("/api/notes?team={team}"),
            format!("/api/notes/{plan}?team={team}"),
        );
        for (method, path) in [
            ("GET", &list),
            ("POST", &list),
            ("GET", &note),
            ("PUT", &note),
            ("DELETE", &note),
        ] {
            let body = Some(json!({ "title": "x", "body": "", "version": 1 }));
            let answer = send(&app, &secret, method, path, body).await;
            answer.problem(403, "forbidden");
        }
    }
    let twice = format!("{team}&team={}", TeamId::personal(eve.id));
    for malformed in ["x", "", &twice] {
        let path = format!("/api/notes?team={malformed}");
        let answer = send(&app, &secret, "GET", &path, None).await;
        answer.problem(400, "bad_request");
    }
    let notes: i64 = app.value("SELECT count(*) FROM notes").await;
    assert_eq!(notes, 1);
}
{%- endif %}

/// How many tokens there are.
async fn count(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM api_tokens").await
}

#[tokio::test]
async fn a_new_token_is_told_by_mail_without_what_its_maker_has_typed() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &["notes:read"]).await;
    let mail = app.mail_to("ada@example.com").await;
    assert_eq!(mail.subject, "An API token was made");
    assert_eq!(link(&mail), PAGE);
    assert!(mail.text.contains("notes:read"), "{}", mail.text);
    assert!(!mail.text.contains(&secret) && !mail.text.contains("Backup"));
}

#[tokio::test]
async fn all_tokens_of_an_account_are_revoked_at_once_and_no_others() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let eves = token(&mut eve, &ALL).await;
    let secrets = [
        token(&mut client, &ALL).await,
        token(&mut client, &ALL).await,
    ];
    let security = client.open("/account/security").await;
    security.shows("Backup, Backup");
    let revoke = format!("{PAGE}/revoke-all");
    client
        .submit("/account/security", &revoke, &[])
        .await
        .leads_to(PAGE);
    for secret in secrets {
        let answer = send(&app, &secret, "GET", "/api/me", None).await;
        answer.problem(401, "invalid_token");
    }
    let answer = send(&app, &eves, "GET", "/api/me", None).await;
    assert_eq!(answer.status, 200);
    client.open("/account/security").await.lacks(&revoke);
    let event: String = app
        .value("SELECT details FROM security_events ORDER BY id DESC LIMIT 1")
        .await;
    assert_eq!(event, "All API tokens");
}

#[tokio::test]
async fn a_new_password_leaves_tokens_unless_the_user_revokes_them_with_it() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let path = "/account/password";
    client.open(path).await.lacks("revoke_tokens");
    token(&mut client, &ALL).await;
    client
        .open(path)
        .await
        .shows("Revoke the API tokens, too: Backup");
    // What is rejected does nothing, and keeps the choice.
    let short = [("password", "short"), ("revoke_tokens", "true")];
    let rejected = client.submit(path, path, &short).await;
    assert!(rejected.page(422).contains(" checked"));
    assert_eq!(count(&app).await, 1);
    let keeping = [("password", "another good one")];
    client
        .submit(path, path, &keeping)
        .await
        .leads_to("/account/security");
    assert_eq!(count(&app).await, 1);
    let mail = app.mail_to("ada@example.com").await;
    assert!(mail.text.contains("API tokens are valid as before"));
    let revoking = [("password", "one more good one"), ("revoke_tokens", "true")];
    client
        .submit(path, path, &revoking)
        .await
        .leads_to("/account/security");
    assert_eq!(count(&app).await, 0);
}

#[tokio::test]
async fn whoever_resets_a_forgotten_password_sees_the_tokens_and_may_revoke_them() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    for (password, revoke, left) in [
        ("another engine altogether", "", 1),
        ("one more engine altogether", "true", 0),
    ] {
        app.execute("DELETE FROM api_tokens").await;
        token(&mut client, &ALL).await;
        let mut stranger = app.client();
        let fields = [("email", "ada@example.com"), ("link", "reset")];
        stranger.post_form("/forgot-password", &fields).await;
        let mail = app.mail_to("ada@example.com").await;
        let link = link(&mail);
        let (_, secret) = link.split_once("?token=").unwrap();
        let page = stranger.open(link).await;
        page.shows("Revoke the API tokens, too: Backup");
        let fields = [
            ("token", secret),
            ("password", "short"),
            ("revoke_tokens", revoke),
        ];
        let rejected = stranger.post_form("/reset-password", &fields).await;
        let is_checked = rejected.page(422).contains(" checked");
        assert_eq!(is_checked, revoke == "true");
        assert_eq!(count(&app).await, 1);
        let fields = [
            ("token", secret),
            ("password", password),
            ("revoke_tokens", revoke),
        ];
        let answer = stranger.post_form("/reset-password", &fields).await;
        answer.leads_to("/login");
        assert_eq!(count(&app).await, left);
        // The reset has ended the session.
        let answer = client.log_in("ada@example.com", password).await;
        assert_eq!(answer.status, 201);
    }
}
