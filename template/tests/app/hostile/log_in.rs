//! Floods of log-ins.

use std::collections::BTreeMap;

use axum::http::Request;
use futures_util::future::join_all;
use serde_json::json;

use crate::common::{Answer, PASSWORD, TestApp};

/// One reverse proxy, so that a test can say where its clients are.
const BEHIND_A_PROXY: [(&str, &str); 1] = [("TRUSTED_PROXIES", "1")];

async fn log_in(app: &TestApp, from: &str, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    let request = Request::post("/api/session")
        .header("content-type", "application/json")
        .header("x-forwarded-for", from)
        .body(body.to_string().into());
    app.client().send(request.unwrap()).await
}

/// How often each status was the answer.
fn statuses(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status.as_u16()).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_clients_at_one_address_are_refused_and_everybody_else_logs_in() {
    let app = TestApp::with(&BEHIND_A_PROXY).await;
    app.user("bob").await;
    let flood = (0..1000).map(|number| {
        let app = &app;
        async move {
            let email = format!("victim-{number}@example.com");
            log_in(app, "203.0.113.9", &email, "password1").await
        }
    });
    let bob = async { log_in(&app, "198.51.100.1", "bob@example.com", PASSWORD).await };
    let (flood, bob) = tokio::join!(join_all(flood), bob);
    assert_eq!(bob.status.as_u16(), 201, "{}", bob.text());

    let statuses = statuses(&flood);
    // What was allowed at once, and what became allowed while the test ran.
    let attempts = statuses[&401];
    assert!((60..100).contains(&attempts), "{statuses:?}");
    assert_eq!(statuses[&429], 1000 - attempts, "{statuses:?}");
    let refused = flood.iter().find(|answer| answer.status.as_u16() == 429);
    let refused = refused.unwrap();
    refused.problem(429, "too_many_attempts");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
}

#[tokio::test]
async fn many_addresses_do_not_lock_an_account_out_where_it_has_logged_in() {
    let app = TestApp::with(&BEHIND_A_PROXY).await;
    app.user("ada").await;
    let ada = "ada@example.com";
    let home = "192.0.2.7";
    let at_home = log_in(&app, home, ada, PASSWORD).await;
    assert_eq!(at_home.status.as_u16(), 201);

    let mut flood = Vec::new();
    for number in 0..120 {
        let from = format!("2001:db8:{number:x}::1");
        flood.push(log_in(&app, &from, ada, "password1").await);
    }
    let statuses = statuses(&flood);
    // The first log-in at home was one of the hundred.
    assert_eq!(statuses[&401], 99, "{statuses:?}");
    assert_eq!(statuses[&429], 21, "{statuses:?}");
    // Even the right password has to wait at a strange address …
    let elsewhere = log_in(&app, "198.51.100.1", ada, PASSWORD).await;
    elsewhere.problem(429, "too_many_attempts");
    // … but not at home.
    let at_home = log_in(&app, home, ada, PASSWORD).await;
    assert_eq!(at_home.status.as_u16(), 201, "{}", at_home.text());
}

#[tokio::test]
async fn noise_buys_no_new_guesses() {
    let app = TestApp::with(&BEHIND_A_PROXY).await;
    app.user("ada").await;
    let guess = async || {
        let answer = log_in(&app, "203.0.113.9", "ada@example.com", "password1").await;
        answer.status.as_u16()
    };
    for _ in 0..5 {
        assert_eq!(guess().await, 401);
    }
    // As many rows as half an hour of noise from a thousand addresses would leave.
    let noise = "INSERT INTO rate_limits (key, full_at)
        SELECT decode(lpad(to_hex(n), 64, '0'), 'hex'), now() + interval '1 hour' FROM generate_series(1, 50000) n";
    app.execute(noise).await;
    let deleted = app::services::limits::delete_full(&app.state.db).await;
    assert_eq!(deleted.unwrap(), 0);
    assert_eq!(guess().await, 429);
}
