//! Traces, and the ids that they share with the log.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use axum::{body::Body, http::Request};
use opentelemetry::trace::{SpanId, SpanKind, Status};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};
use stack_web::otel::{self, Exporter};
use tracing::{Instrument, Subscriber, span::Id, subscriber::DefaultGuard};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

use crate::common::{LivePage, TestApp, log};

/// The last span of a test: when it is exported, all spans that ended before it are, too.
const LAST: &str = "last";
/// The connection of a live page.
const CONNECTION: &str = "connection";

/// An exporter that stores the spans.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<SpanData>>>);

impl Memory {
    fn take(&self) -> Vec<SpanData> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SpanExporter for Memory {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spans.extend(batch);
        Ok(())
    }
}

/// Traces the current thread, until [`Traced::spans`].
struct Traced {
    memory: Memory,
    exporter: Exporter,
    guard: DefaultGuard,
    disconnected: Disconnected,
}

/// Whether a span with the name [`CONNECTION`] has ended.
#[derive(Clone, Default)]
struct Disconnected(Arc<AtomicBool>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Disconnected {
    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.metadata(&id);
        if span.is_some_and(|span| span.name() == CONNECTION) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

impl Traced {
    fn start() -> Self {
        let memory = Memory::default();
        let (traces, exporter) = otel::to(memory.clone());
        let disconnected = Disconnected::default();
        let layers = vec![
            traces.boxed(),
            log::layer().boxed(),
            disconnected.clone().boxed(),
        ];
        let all = tracing_subscriber::registry().with(layers);
        Self {
            memory,
            exporter,
            guard: tracing::subscriber::set_default(all),
            disconnected,
        }
    }

    /// Every span that has ended.
    fn spans(self) -> Vec<SpanData> {
        drop(tracing::error_span!(LAST));
        drop(self.guard);
        drop(self.exporter);
        // The exporter times out after a second, which can happen on a busy machine.
        let mut spans = Vec::new();
        for _ in 0..6000 {
            spans.append(&mut self.memory.take());
            let is_last = |span: &SpanData| span.name == LAST;
            if spans.iter().any(is_last) {
                spans.retain(|span| !is_last(span));
                return spans;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the last span does not come: {spans:?}");
    }

    /// Asserts that no span was recorded; there is nothing to wait for.
    fn assert_no_spans(self) {
        drop(self.guard);
        drop(self.exporter);
        let spans = self.memory.take();
        assert!(spans.is_empty(), "{spans:?}");
    }
}

const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn get(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// An attribute of a span as text.
fn attribute(span: &SpanData, name: &str) -> String {
    let found = span
        .attributes
        .iter()
        .find(|pair| pair.key.as_str() == name);
    found
        .unwrap_or_else(|| panic!("no `{name}` in {span:?}"))
        .value
        .to_string()
}

fn trace_id(span: &SpanData) -> String {
    span.span_context.trace_id().to_string()
}

#[tokio::test]
async fn an_internal_error_is_logged_with_its_trace_id() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    sqlx::query("DROP TABLE notes CASCADE")
        .execute(app.database.pool())
        .await
        .unwrap();
    let traced = Traced::start();
    let problem = client.get("/api/notes").await.problem(500, "internal");
    let page = client.open("/notes").await;
    let shown = page.header("x-request-id").to_owned();
    assert!(page.page(500).contains(&format!("<code>{shown}</code>")));

    let spans = traced.spans();
    for (id, name) in [
        (problem["request_id"].as_str().unwrap(), "GET /api/notes"),
        (&shown, "GET /notes"),
    ] {
        let request = spans.iter().find(|span| span.name == name).unwrap();
        let log = log::text();
        let line = log
            .lines()
            .find(|line| line.contains(id) && line.contains("internal error"));
        assert!(
            line.is_some_and(|line| line.contains(&trace_id(request))),
            "{log}"
        );
        assert_eq!(request.span_kind, SpanKind::Server);
        assert_eq!(request.parent_span_id, SpanId::INVALID);
        assert!(matches!(request.status, Status::Error { .. }));
        assert_eq!(attribute(request, "http.response.status_code"), "500");
        assert_eq!(
            attribute(request, "http.route"),
            name.split_once(' ').unwrap().1
        );
        // The error is an event of the span, and the query is a child of it.
        assert!(!request.events.is_empty());
        let query = spans.iter().find(|span| {
            span.parent_span_id == request.span_context.span_id()
                && span.span_kind == SpanKind::Client
        });
        assert!(attribute(query.unwrap(), "db.query.text").contains("SELECT"));
    }
}

#[tokio::test]
async fn a_request_continues_the_trace_of_its_sender() {
    let app = TestApp::new().await;
    let traced = Traced::start();
    let parent = format!("00-{ID}-00f067aa0ba902b7-01");
    app.client()
        .send(get("/healthz", &[("traceparent", &parent)]))
        .await;
    let spans = traced.spans();
    assert_eq!(spans.len(), 1);
    assert_eq!(trace_id(&spans[0]), ID);
    assert_eq!(spans[0].parent_span_id.to_string(), "00f067aa0ba902b7");
}

#[tokio::test]
async fn a_trace_that_its_sender_does_not_record_is_not_recorded() {
    let app = TestApp::new().await;
    let traced = Traced::start();
    let parent = format!("00-{ID}-00f067aa0ba902b7-00");
    app.client()
        .send(get("/healthz", &[("traceparent", &parent)]))
        .await;
    traced.assert_no_spans();
}

#[tokio::test]
async fn a_malicious_request_id_reaches_neither_the_log_nor_a_trace() {
    let app = TestApp::new().await;
    let traced = Traced::start();
    for forged in [
        "00-forged\" level=\"ERROR-00f067aa0ba902b7-01",
        "00-<b>forged</b>aaaaaaaaaaaaaaaa-00f067aa0ba902b7-01",
    ] {
        let sent = [("traceparent", forged), ("x-request-id", forged)];
        let answer = app.client().send(get("/api/nowhere", &sent)).await;
        answer.problem(404, "not_found");
        assert!(!answer.text().contains("forged"));
    }
    assert!(!log::text().contains("forged"));
    assert!(!format!("{:?}", traced.spans()).contains("forged"));
}

#[tokio::test]
async fn an_event_of_a_live_page_is_a_trace_of_its_own_linked_to_the_connection() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let traced = Traced::start();
    let connection = tracing::error_span!(CONNECTION);
    let mut page = LivePage::open(&app, &mut ada, "/notes/new")
        .instrument(connection)
        .await;
    sqlx::query("DROP TABLE notes CASCADE")
        .execute(app.database.pool())
        .await
        .unwrap();
    page.fill("#title", "Milk").await;
    page.click("button[type=submit]:not(.quiet)").await;
    page.expect_text("If you report this, please name").await;
    let text = page.text();
    let (_, id) = text.split_once("please name ").unwrap();
    let id = &id[..32];
    drop(page);
    while !traced.disconnected.0.load(Ordering::Relaxed) {
        tokio::task::yield_now().await;
    }

    let spans = traced.spans();
    let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let connection = named(CONNECTION);
    // Filling in a field is an event, too.
    let mut events = spans.iter().filter(|span| span.name == "event /notes/new");
    let event = events.find(|span| attribute(span, "id") == id).unwrap();
    assert_eq!(event.parent_span_id, SpanId::INVALID);
    assert_eq!(event.links[0].span_context, connection.span_context);
    assert_eq!(attribute(event, "page"), "/notes/new");
    assert!(attribute(event, "handler").starts_with("src/pages/notes.rs:"));
    let log = log::text();
    let line = log
        .lines()
        .find(|line| line.contains(id) && line.contains("a live page failed"));
    let cause = r#"relation \"notes\" does not exist"#;
    let has_all = |line: &str| line.contains(cause) && line.contains(&trace_id(event));
    assert!(line.is_some_and(has_all), "{log}");
    // The failed query is a child of it.
    let insert = spans
        .iter()
        .find(|span| trace_id(span) == trace_id(event) && span.span_kind == SpanKind::Client);
    assert!(insert.is_some());
}

#[cfg(unix)]
mod program {
    use std::{
        io::{Read, Write},
        net::{SocketAddr, TcpListener, TcpStream},
        process::Child,
    };

    use stack_db::testing::TestDatabase;

    use crate::{
        common::{Collector, migrated_database},
        process::{Log, nobody, program, serving, terminate},
    };

    /// The interval of the export, in milliseconds: only at the end, or immediately.
    const NEVER: &str = "3600000";
    const OFTEN: &str = "10";

    /// A program that exports its spans to a collector.
    struct Running {
        child: Child,
        address: SocketAddr,
        log: Log,
        _database: TestDatabase,
    }

    impl Running {
        /// Starts the program, and waits until it listens.
        async fn start(collector: &str, pause: &str) -> Self {
            let database = migrated_database().await;
            let mut program = program();
            program
                .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
                // Ten minutes.
                .env("OTEL_EXPORTER_OTLP_TIMEOUT", "600000")
                .env(
                    "OTEL_EXPORTER_OTLP_HEADERS",
                    "authorization=Bearer%20hunter2",
                )
                .env("OTEL_SERVICE_NAME", "shop")
                .env("OTEL_BSP_SCHEDULE_DELAY", pause);
            let (child, log, address) = serving(&mut program, database.url());
            Self {
                child,
                address,
                log,
                _database: database,
            }
        }

        fn ask(&self, path: &str) -> String {
            let address = self.address;
            let mut connection = TcpStream::connect(address).unwrap();
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
            connection.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            answer
        }

        /// Stops the program, and returns its log.
        fn stop(mut self) -> Vec<String> {
            terminate(&self.child);
            assert!(self.child.wait().unwrap().success());
            self.log.map(Result::unwrap).collect()
        }
    }

    #[tokio::test]
    async fn the_program_sends_its_last_spans_when_it_is_stopped() {
        let collector = Collector::start();
        // The exporter times out after a second, which can happen on a busy machine.
        for _ in 0..10 {
            let running = Running::start(collector.url(), NEVER).await;
            let answer = running.ask("/api/me");
            let log = running.stop();
            let line = log.iter().find(|line| line.contains("/api/me")).unwrap();
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let (trace, request) = (&line["spans"][0], &line["spans"][1]);
            assert_eq!(trace["id"].as_str().unwrap().len(), 32, "{line}");
            let id = request["request_id"].as_str().unwrap();
            assert!(
                answer.contains(&format!("x-request-id: {id}\r\n")),
                "{answer}"
            );
            let Some((headers, body)) = collector.batch() else {
                continue;
            };
            assert_eq!(headers["authorization"], "Bearer hunter2");
            let body = String::from_utf8_lossy(&body);
            assert!(
                body.contains("GET /api/me") && body.contains("shop"),
                "{body}"
            );
            return;
        }
        panic!("the last spans do not come");
    }

    #[tokio::test]
    async fn a_collector_that_never_responds_delays_neither_requests_nor_the_shutdown() {
        let collector = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", collector.local_addr().unwrap());
        let running = Running::start(&url, OFTEN).await;
        assert!(running.ask("/healthz").starts_with("HTTP/1.1 200"));
        let connection = collector.accept().unwrap();
        assert!(running.ask("/healthz").starts_with("HTTP/1.1 200"));
        running.stop();
        drop(connection);
    }

    #[tokio::test]
    async fn a_collector_that_is_down_is_logged() {
        let (_nobody, address) = nobody();
        let mut running = Running::start(&format!("http://{address}"), OFTEN).await;
        assert!(running.ask("/healthz").starts_with("HTTP/1.1 200"));
        let mut log = running.log.by_ref().map(Result::unwrap);
        assert!(log.any(|line| line.contains("opentelemetry")));
        assert!(running.ask("/healthz").starts_with("HTTP/1.1 200"));
        running.stop();
    }
}
