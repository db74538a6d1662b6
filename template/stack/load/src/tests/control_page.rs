//! Who may give commands on the control page, and when they count.

use std::future::poll_fn;

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, StatusCode, header},
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{http, script};
use crate::{
    Plan,
    control_page::{ControlPage, server::router},
    load_profile::LoadProfile,
    metrics::{Results, Sample},
    mix::Mix,
};

async fn post(page: &ControlPage, host: &str, origin: Option<&str>, body: &Value) -> StatusCode {
    let mut request = Request::post("/load-profile")
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    let request = request.body(Body::from(body.to_string())).unwrap();
    router(page.clone())
        .oneshot(request)
        .await
        .unwrap()
        .status()
}

#[tokio::test]
async fn only_its_own_page_gives_commands() {
    let page = ControlPage::new(&Plan::new("f", "http://localhost"));
    let load = json!({ "users": 7, "ramp": 2.5 });
    let host = "127.0.0.1:8089";
    for origin in [
        None,
        Some("http://evil.example"),
        Some("null"),
        Some("http://127.0.0.1:1"),
    ] {
        let status = post(&page, host, origin, &load).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    // A name that leads to this machine, but is another site's.
    let evil = ("evil.example:8089", Some("http://evil.example:8089"));
    let status = post(&page, evil.0, evil.1, &load).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(page.load_profile().borrow().users, 10);
    let status = post(&page, host, Some("http://127.0.0.1:8089"), &load).await;
    assert_eq!(status, StatusCode::OK);
    let expected = LoadProfile {
        users: 7,
        ramp: 2.5,
    };
    assert_eq!(*page.load_profile().borrow(), expected);
}

#[tokio::test]
async fn a_command_that_makes_no_sense_is_refused() {
    let page = ControlPage::new(&Plan::new("f", "http://localhost"));
    let long = "x".repeat(100_000);
    for body in [
        json!({}),
        json!({ "users": -1, "ramp": 1 }),
        json!({ "users": 1, "ramp": 0 }),
        json!([]),
        json!({ "users": 1, "ramp": 1, "more": long }),
    ] {
        let origin = Some("http://localhost:8089");
        let status = post(&page, "localhost:8089", origin, &body).await;
        assert!(status.is_client_error(), "{status} for {body:.40}");
    }
}

#[tokio::test]
async fn a_page_of_another_name_shows_nothing() {
    let page = ControlPage::new(&Plan::new("f", "http://localhost"));
    for (host, expected) in [
        ("localhost:8089", StatusCode::OK),
        ("evil.example", StatusCode::FORBIDDEN),
    ] {
        for path in ["/", "/events", "/page.js"] {
            let request = Request::get(path).header(header::HOST, host);
            let request = request.body(Body::empty()).unwrap();
            let response = router(page.clone()).oneshot(request).await.unwrap();
            assert_eq!(response.status(), expected, "{host}{path}");
        }
    }
}

/// Whether a command waits to be followed.
async fn waits(command: impl Future<Output = ()>) -> bool {
    let mut command = std::pin::pin!(command);
    poll_fn(|cx| std::task::Poll::Ready(command.as_mut().poll(cx).is_ready())).await
}

#[tokio::test]
async fn a_second_click_is_not_kept_for_the_next_run() {
    let page = ControlPage::new(&Plan::new("", "http://localhost"));
    page.start();
    page.start();
    assert!(waits(page.started()).await);
    page.start();
    page.begin();
    page.start();
    page.stop();
    assert!(waits(page.stopped()).await);
    page.stop();
    page.end(String::new());
    assert!(!waits(page.started()).await);
    page.start();
    assert!(waits(page.started()).await);
    page.begin();
    assert!(!waits(page.stopped()).await);
}

/// The events that an open page gets.
async fn events(page: &ControlPage) -> BodyDataStream {
    let request = Request::get("/events").header(header::HOST, "localhost:8089");
    let request = request.body(Body::empty()).unwrap();
    let response = router(page.clone()).oneshot(request).await.unwrap();
    response.into_body().into_data_stream()
}

/// Whether the next event begins anew, and how many seconds of the run are in it.
async fn next(events: &mut BodyDataStream) -> (bool, usize) {
    let bytes = events.next().await.unwrap().unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    let event: Value = serde_json::from_str(text.strip_prefix("data: ").unwrap()).unwrap();
    let seconds = event["timeline"].as_array().unwrap().len();
    (event["all"].as_bool().unwrap(), seconds)
}

const APPLIED: LoadProfile = LoadProfile {
    users: 7,
    ramp: 2.5,
};

#[tokio::test]
async fn each_second_is_sent_once() {
    let page = ControlPage::new(&Plan::new("f", "http://localhost"));
    let mix = Mix::from(script(&[http(1, "GET", "/a", 200)]));
    let mut results = Results::default();
    let mut second = || {
        results.timeline.push(Sample::default());
        page.sample(&mix, &results);
    };
    page.begin();
    second();
    let mut open = events(&page).await;
    assert_eq!(next(&mut open).await, (true, 1));
    page.set_load_profile(APPLIED);
    assert_eq!(next(&mut open).await, (false, 0));
    // A page that does not keep up misses none.
    second();
    second();
    assert_eq!(next(&mut open).await, (false, 2));
    page.end(String::new());
    assert_eq!(next(&mut open).await, (false, 0));
}

#[tokio::test]
async fn an_open_page_begins_anew_with_each_run_whatever_comes_right_after_it() {
    let page = ControlPage::new(&Plan::new("f", "http://localhost"));
    let mix = Mix::from(script(&[http(1, "GET", "/a", 200)]));
    let mut results = Results::default();
    results.timeline.push(Sample::default());
    let mut open = events(&page).await;
    assert_eq!(next(&mut open).await, (true, 0));
    for _ in 0..2 {
        page.begin();
        page.set_load_profile(APPLIED);
        assert_eq!(next(&mut open).await, (true, 0));
        page.begin();
        page.sample(&mix, &results);
        assert_eq!(next(&mut open).await, (true, 1));
    }
}
