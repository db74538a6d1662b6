//! The middleware of all requests.

use std::io::Read;

use app::{http::cookies::time_zone, pages};
use axum::{
    Router,
    body::Body,
    extract::FromRequestParts,
    http::Request,
    routing::{get, post},
};
use flate2::read::GzDecoder;
use stack_web::{
    cookies::Cookies,
    layers::{self, LayerSettings},
};

use crate::common::{Client, TestApp, config};

/// A client of other routes with the middleware of the application.
fn client(routes: Router, vars: &[(&str, &str)]) -> Client {
    let config = config("postgres://nowhere/none", vars);
    let settings = LayerSettings {
        timeout: config.request_timeout,
        body_limit: config.body_limit,
        https: config.environment.is_production(),
        error_page: pages::error::page,
    };
    Client::for_router(layers::around(routes, &settings))
}

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

#[tokio::test]
async fn a_request_keeps_a_valid_id_of_a_proxy() {
    let mut client = client(Router::new(), &[]);
    for (sent, kept) in [("abc-123", true), ("<b>", false)] {
        let request = Request::get("/")
            .header("x-request-id", sent)
            .body(Body::empty());
        let answer = client.send(request.unwrap()).await;
        assert_eq!(answer.header("x-request-id") == sent, kept);
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_rejected_however_it_is_sent() {
    let routes = Router::new().route("/", post(async |body: String| body));
    let mut client = client(routes, &[("BODY_LIMIT_BYTES", "1024")]);
    let send = |length| {
        Request::post("/")
            .body(Body::from("x".repeat(length)))
            .unwrap()
    };
    assert_eq!(client.send(send(1024)).await.status.as_u16(), 200);
    client.send(send(1025)).await.problem(413, "too_large");
    let chunks = (0..1025).map(|_| Ok::<_, std::io::Error>("x"));
    let stream = Body::from_stream(futures_util::stream::iter(chunks));
    client
        .send(Request::post("/").body(stream).unwrap())
        .await
        .problem(413, "too_large");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_times_out() {
    let routes = Router::new().route("/", get(async || std::future::pending::<()>().await));
    let mut client = client(routes, &[]);
    client.get("/").await.problem(503, "timed_out");
    assert!(
        client
            .open("/")
            .await
            .page(503)
            .contains("This took too long.")
    );
}

#[tokio::test]
async fn a_panic_of_a_handler_is_an_internal_error() {
    let routes = Router::new()
        .route("/panic", get(async || -> () { panic!("a secret detail") }))
        .route("/", get(async || "still here"));
    let mut client = client(routes, &[]);
    let answer = client.get("/panic").await;
    answer.problem(500, "internal");
    assert!(!answer.text().contains("secret"));
    assert_eq!(client.get("/").await.text(), "still here");
}

#[tokio::test]
async fn a_plain_text_error_of_axum_becomes_a_problem() {
    let query = async |_: axum::extract::Query<Vec<(String, u8)>>| ();
    let mut client = client(Router::new().route("/", get(query)), &[]);
    client.get("/?a=x").await.problem(400, "refused");
}

#[tokio::test]
async fn a_long_response_is_compressed_for_clients_that_accept_it() {
    let app = TestApp::new().await;
    let open = |encoding: &str| {
        let request = Request::get("/").header("accept", "text/html");
        request
            .header("accept-encoding", encoding)
            .body(Body::empty())
            .unwrap()
    };
    let answer = app.client().send(open("br, gzip")).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.header("vary"), "accept-encoding");
    let mut html = String::new();
    GzDecoder::new(&*answer.body)
        .read_to_string(&mut html)
        .unwrap();
    assert!(html.ends_with("</html>"));
    let answer = app.client().send(open("br")).await;
    assert_eq!(answer.header("content-encoding"), "");
    assert_eq!(answer.header("vary"), "accept-encoding");
}
