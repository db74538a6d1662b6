//! New passwords are compared with breached ones, if there is a service for it. Here it is one on loopback.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::common::TestApp;

/// Known from a breach; the SHA-1 of it is the digits that the service is asked for, and the rest.
const BREACHED: &str = "correct horse battery staple";
const PREFIX: &str = "ABF7A";
const REST: &str = "AD6438836DBE526AA231ABDE2D0EEF74D42";

type Asked = Arc<Mutex<Vec<String>>>;

async fn range(State(asked): State<Asked>, Path(prefix): Path<String>) -> (StatusCode, String) {
    asked.lock().unwrap().push(prefix.clone());
    match prefix == PREFIX {
        true => (
            StatusCode::OK,
            format!("{}:0\r\n{REST}:12\r\n", "0".repeat(35)),
        ),
        false => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
    }
}

/// An application with such a service, and what the service is asked.
async fn start() -> (TestApp, Asked) {
    let asked = Asked::default();
    let service = Router::new().route("/range/{prefix}", get(range));
    let service = service.with_state(asked.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/range/", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, service).await });
    (
        TestApp::with(&[("BREACHED_PASSWORDS_URL", &url)]).await,
        asked,
    )
}

#[tokio::test]
async fn a_breached_password_is_refused_wherever_one_is_chosen() {
    let (app, asked) = start().await;
    let new = json!({ "email": "eve@example.com", "display_name": "Eve", "password": BREACHED });
    let answer = app.client().json("POST", "/api/users", new).await;
    assert_eq!(
        answer.problem(422, "invalid")["errors"][0]["field"],
        "password"
    );
    let form = [
        ("email", "eve@example.com"),
        ("display_name", "Eve"),
        ("password", BREACHED),
    ];
    let page = app.client().post_form("/register", &form).await;
    assert!(page.page(422).contains("known from a breach"));

    let (_, mut client) = app.logged_in("ada").await;
    let form = [("password", BREACHED)];
    let page = client.post_form("/account/password", &form).await;
    assert!(page.page(422).contains("known from a breach"));
    // No more of the password leaves the application.
    assert!(asked.lock().unwrap().iter().all(|asked| asked.len() == 5));
}

#[tokio::test]
async fn a_service_that_does_not_answer_keeps_nobody_from_a_password() {
    let (app, asked) = start().await;
    let new = json!({ "email": "eve@example.com", "display_name": "Eve", "password": "an engine of my own" });
    let answer = app.client().json("POST", "/api/users", new).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    assert_eq!(asked.lock().unwrap().len(), 1);
}
