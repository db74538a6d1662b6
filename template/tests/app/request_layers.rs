//! What surrounds every request: ids, limits, time-outs, panics, compression.

use std::{io::Read, time::Duration};

use app::pages;
use axum::{
    Router,
    body::Body,
    http::Request,
    routing::{get, post},
};
use flate2::read::GzDecoder;
use futures_util::{StreamExt, stream};
use stack_web::layers::{self, LayerSettings};
use tower::ServiceExt;

use crate::common::{Client, TestApp, config};

/// A client of other routes with the middleware of the application.
fn client(routes: Router, vars: &[(&str, &str)]) -> Client {
    Client::for_router(around(routes, vars))
}

fn around(routes: Router, vars: &[(&str, &str)]) -> Router {
    let config = config("postgres://nowhere/none", vars);
    let settings = LayerSettings {
        timeout: config.request_timeout,
        body_limit: config.body_limit,
        https: config.environment.is_production(),
        error_page: pages::error::page,
    };
    layers::around(routes, &settings)
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
    let body = Body::from_stream(stream::iter(chunks));
    client
        .send(Request::post("/").body(body).unwrap())
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
async fn what_a_page_begins_with_is_sent_compressed_while_the_rest_is_still_loading() {
    let text: String = (0..2000)
        .map(|n| format!("{:x}", n * 7919 % 4096))
        .collect();
    let begun = text.clone();
    let page = move || {
        let first = stream::iter([Ok::<_, std::io::Error>(begun.clone())]);
        async { Body::from_stream(first.chain(stream::pending())) }
    };
    let request = Request::get("/").header("accept-encoding", "gzip");
    let routes = around(Router::new().route("/", get(page)), &[]);
    let answer = routes.oneshot(request.body(Body::empty()).unwrap()).await;
    let answer = answer.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let mut body = answer.into_body().into_data_stream();
    let (mut bytes, mut known) = (Vec::new(), Vec::new());
    while known != text.as_bytes() {
        let next = tokio::time::timeout(Duration::from_secs(30), body.next()).await;
        bytes.extend(next.expect("the page begins").unwrap().unwrap());
        known.clear();
        // It ends in the middle.
        GzDecoder::new(&bytes[..]).read_to_end(&mut known).ok();
    }
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
