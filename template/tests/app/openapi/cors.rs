//! Pages of other sites: those of the setting may use the API with a token, and no others.

use app::config::Config;
use axum::{body::Body, http::Request};
use serde_json::json;

use super::{request, token};
use crate::common::{Answer, TestApp};

const PARTNER: &str = "https://partner.example";
const ORIGINS: (&str, &str) = (
    "API_CORS_ORIGINS",
    "https://partner.example, http://localhost:5173",
);

/// What a browser asks before a page of `origin` sends a request with a token.
async fn preflight(app: &TestApp, origin: &str, path: &str) -> Answer {
    let request = Request::builder()
        .method("OPTIONS")
        .uri(path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type,idempotency-key",
        );
    app.client()
        .send(request.body(Body::empty()).unwrap())
        .await
}

/// Whom a browser lets read the answer.
fn reader(answer: &Answer) -> &str {
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    answer.header("access-control-allow-origin")
}

fn of_page(mut request: Request<Body>, origin: &str) -> Request<Body> {
    let headers = request.headers_mut();
    headers.insert("origin", origin.parse().unwrap());
    headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
    request
}

#[tokio::test]
async fn a_page_of_an_origin_that_is_allowed_writes_and_reads_with_a_token() {
    let app = TestApp::with(&[ORIGINS]).await;
    let (ada, mut client) = app.logged_in("ada").await;
    let secret = token(&mut client, &["notes:write"]).await;
    for origin in [PARTNER, "http://localhost:5173"] {
        let asked = preflight(&app, origin, "/api/notes").await;
        assert_eq!((asked.status.as_u16(), reader(&asked)), (200, origin));
        let allowed = asked.header("access-control-allow-headers");
        assert_eq!(allowed, "authorization,content-type,idempotency-key");
        let methods = asked.header("access-control-allow-methods");
        assert_eq!(methods, "GET,POST,PUT,PATCH,DELETE");
        let body = json!({ "title": origin });
        let sent = request(&secret, "POST", "/api/notes", Some(body));
        let created = app.client().send(of_page(sent, origin)).await;
        assert_eq!((created.status.as_u16(), reader(&created)), (201, origin));
        let exposed = created.header("access-control-expose-headers");
        for name in ["retry-after", "ratelimit", "ratelimit-policy", "location"] {
            assert!(exposed.split(',').any(|one| one == name), "{exposed}");
        }
        assert_eq!(app.newest_note(&ada).await.title.as_str(), origin);
    }
    // It learns why it was refused, too.
    let sent = request("wrong", "GET", "/api/notes", None);
    let refused = app.client().send(of_page(sent, PARTNER)).await;
    refused.problem(401, "invalid_token");
    assert_eq!(reader(&refused), PARTNER);
}

#[tokio::test]
async fn no_other_page_reads_the_api_and_none_reads_pages() {
    let app = TestApp::with(&[ORIGINS]).await;
    let others = [
        "https://elsewhere.example",
        "http://partner.example",
        "https://partner.example:8443",
        "https://partner.example.evil.example",
        "null",
    ];
    for origin in others {
        let asked = preflight(&app, origin, "/api/notes").await;
        assert_eq!(reader(&asked), "", "{origin}");
        let sent = request("", "GET", "/api/openapi.json", None);
        let read = app.client().send(of_page(sent, origin)).await;
        assert_eq!(reader(&read), "", "{origin}");
    }
    for path in ["/", "/notes", "/api/docs", "/live"] {
        assert_eq!(reader(&preflight(&app, PARTNER, path).await), "", "{path}");
        let sent = request("", "GET", path, None);
        let read = app.client().send(of_page(sent, PARTNER)).await;
        assert_eq!(reader(&read), "", "{path}");
    }
}

#[tokio::test]
async fn a_page_that_is_allowed_has_no_use_of_its_visitors_cookies() {
    let app = TestApp::with(&[ORIGINS]).await;
    let (_, mut ada) = app.logged_in("ada").await;
    let body = json!({ "title": "Milk" });
    let mut write = request("", "POST", "/api/notes", Some(body));
    write.headers_mut().remove("authorization");
    let refused = ada.send(of_page(write, PARTNER)).await;
    refused.problem(403, "forbidden");
    let mut read = request("", "GET", "/api/me", None);
    read.headers_mut().remove("authorization");
    let answer = ada.send(of_page(read, PARTNER)).await;
    // Without `Access-Control-Allow-Credentials`, which `reader` asserts, no page sees an answer to a cookie.
    assert_eq!(reader(&answer), PARTNER);
}

#[tokio::test]
async fn without_the_setting_the_api_answers_as_if_there_were_no_other_sites() {
    let app = TestApp::new().await;
    let asked = preflight(&app, PARTNER, "/api/notes").await;
    asked.problem(405, "method_not_allowed");
    assert_eq!(reader(&asked), "");
}

#[test]
fn what_is_no_origin_is_an_error_at_the_start() {
    let read =
        |origins: &str| Config::from_vars(|name| (name == ORIGINS.0).then(|| origins.to_owned()));
    let wrong = [
        "*",
        "null",
        "partner.example",
        "https://partner.example/",
        "https://partner.example/app",
        "https://*.partner.example",
        "https://Partner.example",
        "https://partner.example:443",
        "http://partner.example:80",
        "https://partner.example:",
        "https://ada@partner.example",
        "ftp://partner.example",
        "https://partner.example,",
        "https://partner.example;http://localhost:5173",
    ];
    for origins in wrong {
        let error = read(origins).expect_err(origins).to_string();
        assert!(
            error.contains("`API_CORS_ORIGINS` must be origins"),
            "{error}"
        );
    }
    for origins in ["", ORIGINS.1, "http://[::1]:3000", "http://127.0.0.1"] {
        read(origins).expect(origins);
    }
}
