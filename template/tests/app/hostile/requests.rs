//! Requests that no page and no client of ours sends.

use serde_json::{Value, json};

use crate::common::{Answer, LivePage, PASSWORD, TestApp};

const FORM_LOG_IN: [(&str, &str); 2] = [("email", "ada@example.com"), ("password", PASSWORD)];

#[tokio::test]
async fn a_query_or_path_that_cannot_be_read_or_stored_is_the_clients_error() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    for (path, status) in [
        ("/notes?q=%00", 400),
        ("/notes?q=a%00b&limit=5", 400),
        ("/notes?q=a&q=b", 400),
        ("/notes?limit=x", 422),
        ("/notes?limit=1&limit=2", 400),
        ("/notes?after=%00", 422),
        ("/notes/%00", 404),
        ("/notes/%FF", 404),
{%- if pgvector %}
        ("/notes/search?limit=x", 400),
{%- endif %}
        ("/api/notes?after=%00", 422),
        ("/api/notes?limit=1&limit=2", 400),
        ("/api/notes/%00", 404),
        ("/api/users/%00", 404),
        ("/static/%00", 404),
    ] {
        for answer in [ada.open(path).await, ada.get(path).await] {
            assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        }
    }
    for path in ["/login?next=a&next=b", "/login?next=%00&next"] {
        app.client().open(path).await.page(400);
    }
}

#[tokio::test]
async fn a_nul_in_a_body_is_the_clients_error() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let note = app.note(&user, "Milk", "").await;
    let edit = format!("/api/notes/{}", note.id);
    let is_refused = |answer: &Answer, what: &str| {
        let (status, text) = (answer.status, answer.text());
        assert!(status.is_client_error(), "{what}: {status} {text}");
    };
    let account = json!({ "email": "\0", "display_name": "\0", "password": "\0" });
    let bodies: [(&str, &str, Value); 4] = [
        (
            "POST",
            "/api/notes",
            json!({ "title": "a\0", "body": "\0" }),
        ),
        (
            "PUT",
            &edit,
            json!({ "title": "a", "body": "\0", "version": 1 }),
        ),
        ("POST", "/api/users", account.clone()),
        ("POST", "/api/session", account),
    ];
    for (method, path, body) in bodies {
        is_refused(&ada.json(method, path, body).await, path);
    }
    for (path, fields) in [
        ("/notes", &[("title", "\0"), ("body", "\0")][..]),
{%- if phone %}
        ("/account/phone", &[("phone", "\0")]),
{%- endif %}
        ("/login", &[("email", "\0@example.com"), ("password", "\0")]),
        ("/login", &[FORM_LOG_IN[0], FORM_LOG_IN[0], FORM_LOG_IN[1]]),
    ] {
        is_refused(&ada.post_form(path, fields).await, path);
    }
}

#[tokio::test]
async fn a_nul_in_an_event_of_a_live_page_does_not_end_the_page() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    app.note(&user, "Milk", "").await;
    let mut page = LivePage::open(&app, &mut ada, "/notes").await;
    page.fill("#q", "a\0b").await;
    page.fill("#q", "wool").await.expect_no_text("Milk").await;
    page.fill("#q", "milk").await.expect_text("Milk").await;
}

#[tokio::test]
async fn the_path_after_a_log_in_is_encoded() {
    let app = TestApp::new().await;
    app.user("ada").await;
    for (path, next) in [
        ("/notes", "/notes"),
        ("/notes/a&next=b", "/notes/a%26next%3Db"),
        ("/notes/%26", "/notes/%2526"),
    ] {
        let answer = app.client().open(path).await;
        answer.leads_to(&format!("/login?next={next}"));
    }
    let mut client = app.client();
    let page = client.open("/login?next=/notes/%2526").await;
    assert!(page.page(200).contains("value=\"/notes/%26\""));
}

#[tokio::test]
async fn the_address_of_a_client_is_what_the_proxy_wrote_whatever_the_client_wrote() {
    use axum::{Router, body::Body, http::Request, routing::get};
    use stack_web::client_ip::ClientIp;

    let app = TestApp::with(&[("TRUSTED_PROXIES", "1")]).await;
    let show = get(async |ClientIp(address): ClientIp| address.to_string());
    let router = Router::new().route("/", show).with_state(app.state.clone());
    let mut client = crate::common::Client::for_router(router);
    for (list, address) in [
        (&b"\xff, 192.0.2.1"[..], "192.0.2.1"),
        (b"192.0.2.1:5000", "192.0.2.1"),
        (b"[2001:db8::1]:5000", "2001:db8::1"),
        (b"[2001:db8::1]", "2001:db8::1"),
        (b"::ffff:192.0.2.1", "192.0.2.1"),
    ] {
        let request = Request::get("/").header("x-forwarded-for", list);
        let answer = client.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.text(), address);
    }
}
