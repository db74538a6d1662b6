//! `/metrics`: its content, and that clients neither read it nor add to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use app::app::App;
use axum::{Router, body::Body, http::Request, middleware};
use prometheus_client::registry::Registry;
use serde_json::json;
use stack_web::metrics::{self, Metrics, Pools};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tower::ServiceExt;

use crate::common::{Client, LivePage, TestApp, config, database, serve};

/// The name of a series with labels.
fn series(name: &str, labels: &str) -> String {
    format!("{name}{}{labels}{}", '{', '}')
}

/// Parses the samples by series, and asserts that the text is in the format of Prometheus.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let (mut helped, mut typed) = (BTreeSet::new(), BTreeMap::new());
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.is_empty() && helped.insert(name), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(typed.insert(name, kind).is_none(), "{line}");
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let name = series.split('{').next().unwrap();
            let of_histogram = ["_bucket", "_sum", "_count"]
                .iter()
                .filter_map(|end| name.strip_suffix(end))
                .find(|name| typed.get(name) == Some(&"histogram"));
            let family = of_histogram.unwrap_or(name);
            assert!(helped.contains(family), "no HELP before {line}");
            let kind = typed.get(family);
            let kind = kind.unwrap_or_else(|| panic!("no TYPE before {line}"));
            assert_eq!(*kind == "counter", name.ends_with("_total"), "{line}");
            let plain = |byte: u8| byte.is_ascii_lowercase() || b"_".contains(&byte);
            assert!(name.bytes().all(plain), "{line}");
            let value = value.parse().unwrap();
            assert!(samples.insert(series.to_owned(), value).is_none(), "{line}");
        }
    }
    let families: BTreeSet<_> = typed.into_keys().collect();
    assert_eq!(families, helped);
    samples
}

async fn call(client: &mut Client, method: &str, path: &str, host: &str) {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("host", host).body(Body::empty());
    client.send(request.unwrap()).await;
}

#[tokio::test]
async fn requests_are_counted_by_the_pattern_of_their_route() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    for _ in 0..3 {
        let id = uuid::Uuid::now_v7();
        client.get(&format!("/api/notes/{id}")).await;
    }
    client.get("/nowhere").await;
    let samples = samples(&app.state.metrics.text());
    let count = |labels: &str| samples[&series("http_requests_total", labels)];
    let route = r#"method="GET",route="/api/notes/{id}""#;
    assert_eq!(count(&format!(r#"{route},status="404""#)), 3.0);
    assert_eq!(count(r#"method="GET",route="unmatched",status="404""#), 1.0);
    let count = series("http_request_duration_seconds_count", route);
    assert_eq!(samples[&count], 3.0);
    let all = series(
        "http_request_duration_seconds_bucket",
        &format!(r#"{route},le="+Inf""#),
    );
    assert_eq!(samples[&all], 3.0);
    assert_eq!(samples["http_requests_in_flight"], 0.0);
}

#[tokio::test]
async fn the_process_its_build_and_its_pool_are_described() {
    let app = TestApp::new().await;
    app.client().get("/readyz").await;
    let samples = samples(&app.state.metrics.text());
    let build = format!(
        r#"name="{}",version="{}""#,
        env!("APP_NAME"),
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(samples[&series("build_info", &build)], 1.0);
    assert!(samples["process_start_time_seconds"] > 1.7e9);
    if cfg!(target_os = "linux") {
        assert!(samples["process_resident_memory_bytes"] > 1e6);
    }
    let pool = |state: &str| {
        let labels = format!(r#"database="main",state="{state}""#);
        samples[&series("database_connections", &labels)]
    };
    assert!(pool("idle") + pool("used") >= 1.0);
}

#[tokio::test]
async fn live_pages_are_counted_while_they_are_connected() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.click("button.wide").await.click("button.wide").await;
    let text = samples(&app.state.metrics.text());
    assert_eq!(text["live_connections"], 1.0);
    let events = |kind: &str| {
        let labels = format!(r#"page="/",kind="{kind}""#);
        text[&series("live_events_total", &labels)]
    };
    assert_eq!((events("join"), events("event")), (1.0, 2.0));
    assert!(text["live_sent_bytes_total"] > 100.0);
    drop(page);
    while samples(&app.state.metrics.text())["live_connections"] > 0.0 {
        tokio::task::yield_now().await;
    }
    let text = samples(&app.state.metrics.text());
    assert_eq!(text[r#"live_event_duration_seconds_count{page="/"}"#], 3.0);
}

#[tokio::test]
async fn clients_cannot_create_series_by_methods_paths_hosts_or_events() {
    let app = TestApp::new().await;
    let mut client = app.client();
    let mut page = LivePage::open(&app, &mut client, "/").await;
    let handler = page.handler("button.wide", "click");
    let mut sizes = Vec::new();
    for round in 0..50 {
        let path =
            format!("/made-up-{round}/<script>\"\\{round}").replace(['<', '>', '"', '\\'], "");
        call(
            &mut client,
            &format!("MADE{round}"),
            &path,
            &format!("h{round}.example"),
        )
        .await;
        call(
            &mut client,
            &format!("MADE{round}"),
            "/api/notes",
            "h.example",
        )
        .await;
        call(
            &mut client,
            "GET",
            &format!("/api/notes/{round}"),
            "h.example",
        )
        .await;
        call(
            &mut client,
            "GET",
            &format!("/static/{round}.css"),
            "h.example",
        )
        .await;
        call(&mut client, "GET", &format!("/?q={round}"), "h.example").await;
        let (seq, version) = (100 + round, page.version());
        let event = json!(["ev", seq, version, handler, format!("made-up-{round}"), {}]);
        page.send_raw(&event.to_string()).await;
        page.visit(&format!("/made-up-{round}")).await;
        page = LivePage::open(&app, &mut client, "/").await;
        sizes.push(samples(&app.state.metrics.text()).len());
    }
    assert_eq!(sizes[1], sizes[49], "{sizes:?}");
    let text = app.state.metrics.text();
    assert!(
        text.contains(r#"method="OTHER",route="/api/notes",status="405""#),
        "{text}"
    );
    for forbidden in ["made-up", "MADE", "example"] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test]
async fn a_cancelled_request_is_no_longer_in_flight() {
    let metrics = Metrics::new(Registry::default(), ["test", "0"], Pools::default());
    let counted = middleware::from_fn_with_state(metrics.clone(), metrics::count);
    let forever = axum::routing::get(std::future::pending::<()>);
    let router = Router::new().route("/", forever).layer(counted);
    let mut request = Box::pin(router.oneshot(Request::new(Body::empty())));
    tokio::select! {
        biased;
        _ = &mut request => panic!("there is no answer"),
        () = std::future::ready(()) => {}
    }
    assert_eq!(samples(&metrics.text())["http_requests_in_flight"], 1.0);
    drop(request);
    assert_eq!(samples(&metrics.text())["http_requests_in_flight"], 0.0);
}

/// The response to a GET over a real connection.
async fn get(address: std::net::SocketAddr, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn metrics_are_served_on_their_own_address_and_never_on_the_public_one() {
    let database = database().await;
    let vars = [("METRICS_ADDRESS", "127.0.0.1:0")];
    let app = App::build(config(database.url(), &vars)).await.unwrap();
    let public = app.address().unwrap();
    let own = app.metrics_address().unwrap().unwrap();
    let (stop, server) = serve(app);
    assert!(get(public, "/metrics").await.starts_with("HTTP/1.1 404"));
    assert!(get(own, "/").await.starts_with("HTTP/1.1 404"));
    let answer = get(own, "/metrics").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let counted = samples(body);
    assert_eq!(
        counted[r#"http_requests_total{method="GET",route="unmatched",status="404"}"#],
        1.0
    );
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn without_an_address_metrics_are_not_served() {
    let database = database().await;
    let app = App::build(config(database.url(), &[])).await.unwrap();
    assert_eq!(app.metrics_address().unwrap(), None);
}

#[tokio::test]
async fn in_development_metrics_wait_for_a_taken_address() {
    let database = database().await;
    // An address that no other test uses, so that it is free afterwards. Only Linux has further loopback addresses.
    let own = if cfg!(target_os = "linux") {
        "127.0.0.2:0"
    } else {
        "127.0.0.1:0"
    };
    let taken = tokio::net::TcpListener::bind(own).await.unwrap();
    let address = taken.local_addr().unwrap();
    let vars = [("METRICS_ADDRESS", &*address.to_string())];
    let app = App::build(config(database.url(), &vars)).await.unwrap();
    assert_eq!(app.metrics_address().unwrap(), None);
    let (stop, server) = serve(app);
    drop(taken);
    while TcpStream::connect(address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(get(address, "/metrics").await.starts_with("HTTP/1.1 200"));
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}
