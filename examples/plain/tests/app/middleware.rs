//! What the responses of the application tell browsers.

use app::http::cookies::time_zone;
use axum::{extract::FromRequestParts, http::Request};
use stack_web::cookies::Cookies;

use crate::common::TestApp;

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let too_large = "x".repeat(app.state.config.body_limit + 1);
    let answers = [
        client.open("/").await,
        client.open("/nowhere").await,
        client.open("/api/me").await,
        client.open("/logout").await,
        client.open("/login").await,
        client.open("/healthz").await,
        client.open("/static/app.css").await,
        client.post_form("/notes", &[]).await,
        client
            .json("POST", "/api/notes", serde_json::Value::String(too_large))
            .await,
        client.call("TRACE", "/").await,
    ];
    for answer in answers {
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{} {policy}", answer.status);
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_ne!(answer.header("x-request-id"), "");
        assert_ne!(answer.header("cache-control"), "");
        assert_eq!(answer.header("strict-transport-security"), "");
    }
}

#[tokio::test]
async fn in_production_browsers_are_told_to_require_tls() {
    let app = TestApp::with(&[("APP_ENV", "production")]).await;
    let mut client = app.client();
    let answer = client.open("/login").await;
    assert_eq!(
        answer.header("strict-transport-security"),
        "max-age=63072000; includeSubDomains"
    );
    assert!(answer.header("set-cookie").starts_with("__Host-"));
    assert!(answer.header("set-cookie").contains("; Secure"));
}

#[tokio::test]
async fn the_time_zone_cookie_of_a_script_has_the_prefix_in_production() {
    let zone = |name: &'static str| async move {
        let app = TestApp::with(&[("APP_ENV", "production")]).await;
        let (mut parts, ()) = Request::new(()).into_parts();
        let cookie = format!("{name}=Europe%2FBerlin").parse().unwrap();
        parts.headers.insert("cookie", cookie);
        let Ok(cookies) = Cookies::from_request_parts(&mut parts, &app.state).await;
        time_zone(&cookies)
    };
    assert_eq!(zone("__Host-tz").await.as_deref(), Some("Europe/Berlin"));
    assert_eq!(zone("tz").await, None);
}

#[tokio::test]
async fn after_a_log_out_the_browser_forgets_what_it_has_stored() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (_, mut bob) = app.logged_in("bob").await;
    let mut program = ada.clone();
    let answers = [
        ada.post_form("/logout", &[]).await,
        program.call("DELETE", "/api/session").await,
        bob.post_form("/account/delete", &[]).await,
    ];
    for answer in answers {
        assert_eq!(answer.header("clear-site-data"), r#""cache", "storage""#);
    }
}

#[tokio::test]
async fn an_image_that_is_xml_has_a_charset() {
    let app = TestApp::new().await;
    let image = app.client().get("/static/favicon.svg").await;
    assert_eq!(image.header("content-type"), "image/svg+xml; charset=utf-8");
}

#[tokio::test]
async fn no_page_has_anything_inline_that_the_policy_forbids() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let note = app.note(&ada, "Milk", "").await;
    let mut pages = vec![
        app.client().open("/login").await,
        app.client().open("/register").await,
    ];
    for path in [
        "/",
        "/notes",
        "/notes/new",
        &format!("/notes/{}", note.id),
        "/nowhere",
    ] {
        pages.push(client.open(path).await);
    }
    for page in pages {
        // Every script is a file of this site.
        let html = page.text().replace("<script src=\"/static/", "");
        for forbidden in ["<script", "<style", " style=", " onclick=", "javascript:"] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
    }
}
