//! Traces, as a collector gets them, and the id that they share with the log and with error pages.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use app::telemetry::{self, Exporter};
use axum::{body::Body, http::Request};
use tracing::{Instrument, Subscriber, span::Id, subscriber::DefaultGuard};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

use crate::common::{Collector, LivePage, Received, TestApp, config, log};

/// The last span of a test: all that ended before it are with the collector when this one is.
const LAST: &str = "last";
/// The connection of a live page.
const CONNECTION: &str = "connection";

/// What is done in this thread becomes traces of `collector`, until [`Traced::spans`].
struct Traced {
    collector: Collector,
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
    fn start(vars: &[(&str, &str)]) -> Self {
        let collector = Collector::start();
        let mut vars = vars.to_vec();
        vars.push(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()));
        let config = config("postgres://nowhere/none", &vars);
        let (traces, exporter) = telemetry::traces(&config.otlp.unwrap()).unwrap();
        let disconnected = Disconnected::default();
        let layers = vec![traces, log::layer().boxed(), disconnected.clone().boxed()];
        let all = tracing_subscriber::registry().with(layers);
        Self {
            collector,
            exporter,
            guard: tracing::subscriber::set_default(all),
            disconnected,
        }
    }

    /// Every span that has ended.
    fn spans(self) -> Vec<Received> {
        drop(tracing::error_span!(LAST));
        drop(self.guard);
        drop(self.exporter);
        // The exporter waits for a second only, which may pass on a machine that has a lot to do.
        let mut spans = Vec::new();
        for _ in 0..6000 {
            spans.append(&mut self.collector.spans());
            let is_last = |received: &Received| received.span.name == LAST;
            if spans.iter().any(is_last) {
                spans.retain(|received| !is_last(received));
                return spans;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the last span does not come: {spans:?}");
    }

    /// Of spans that are not recorded, nothing can be waited for.
    fn assert_no_spans(self) {
        drop(self.guard);
        drop(self.exporter);
        let spans = self.collector.spans();
        assert!(spans.is_empty(), "{spans:?}");
    }
}

const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SERVER: i32 = 2;
const CLIENT: i32 = 3;

fn get(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_fault_has_one_id_in_its_trace_its_log_line_its_page_and_its_problem() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    sqlx::query("DROP TABLE notes CASCADE")
        .execute(app.database.pool())
        .await
        .unwrap();
    let traced = Traced::start(&[]);
    let problem = client.get("/api/notes").await.problem(500, "internal");
    let page = client.open("/notes").await;
    let shown = page.header("x-request-id").to_owned();
    assert!(page.page(500).contains(&format!("<code>{shown}</code>")));

    let spans = traced.spans();
    for (id, name) in [
        (problem["trace_id"].as_str().unwrap(), "GET /api/notes"),
        (&shown, "GET /notes"),
    ] {
        let log = log::text();
        let line = log
            .lines()
            .find(|line| line.contains(id) && line.contains("internal error"));
        assert!(line.is_some(), "{log}");
        let request = spans
            .iter()
            .find(|received| received.trace_id() == id && received.span.name == name)
            .unwrap();
        assert_eq!(request.span.kind, SERVER);
        assert!(request.span.parent_span_id.is_empty());
        assert_eq!(request.span.status.as_ref().unwrap().code, 2);
        let attributes = request.attributes();
        assert_eq!(attributes["http.response.status_code"], "500");
        assert_eq!(attributes["http.route"], name.split_once(' ').unwrap().1);
        // What the database was asked is a part of it.
        let query = spans.iter().find(|received| {
            received.span.parent_span_id == request.span.span_id && received.span.kind == CLIENT
        });
        assert!(query.unwrap().attributes()["db.query.text"].contains("SELECT"));
    }
}

#[tokio::test]
async fn a_request_continues_the_trace_of_who_sent_it() {
    let app = TestApp::new().await;
    let traced = Traced::start(&[]);
    let parent = format!("00-{ID}-00f067aa0ba902b7-01");
    let sent = get("/healthz", &[("traceparent", &parent)]);
    let answer = app.client().send(sent).await;
    assert_eq!(answer.header("x-request-id"), ID);
    let spans = traced.spans();
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].trace_id(), ID);
    assert_eq!(
        spans[0].span.parent_span_id,
        0x00f0_67aa_0ba9_02b7_u64.to_be_bytes()
    );
}

#[tokio::test]
async fn what_its_sender_does_not_record_is_not_recorded_here() {
    let app = TestApp::new().await;
    let traced = Traced::start(&[]);
    let parent = format!("00-{ID}-00f067aa0ba902b7-00");
    let sent = get("/healthz", &[("traceparent", &parent)]);
    let answer = app.client().send(sent).await;
    assert_eq!(answer.header("x-request-id"), ID);
    traced.assert_no_spans();
}

#[tokio::test]
async fn a_sampler_of_the_settings_decides_what_is_recorded() {
    let app = TestApp::new().await;
    let traced = Traced::start(&[("OTEL_TRACES_SAMPLER", "always_off")]);
    let parent = format!("00-{ID}-00f067aa0ba902b7-01");
    let sent = get("/healthz", &[("traceparent", &parent)]);
    app.client().send(sent).await;
    traced.assert_no_spans();
}

#[tokio::test]
async fn an_id_that_would_forge_a_line_of_the_log_comes_neither_there_nor_into_a_trace() {
    let app = TestApp::new().await;
    let traced = Traced::start(&[]);
    for forged in [
        "00-forged\" level=\"ERROR-00f067aa0ba902b7-01",
        "00-<b>forged</b>aaaaaaaaaaaaaaaa-00f067aa0ba902b7-01",
    ] {
        let sent = [("traceparent", forged), ("x-request-id", forged)];
        let answer = app.client().send(get("/api/nowhere", &sent)).await;
        let id = answer.problem(404, "not_found")["trace_id"].clone();
        assert_eq!(id.as_str().unwrap().len(), 32);
        assert!(!answer.text().contains("forged"));
    }
    assert!(!log::text().contains("forged"));
    assert!(!format!("{:?}", traced.spans()).contains("forged"));
}

#[tokio::test]
async fn an_event_of_a_live_page_is_a_trace_of_its_own_linked_to_the_connection() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let traced = Traced::start(&[]);
    let connection = tracing::error_span!(CONNECTION);
    let link = telemetry::link(&connection);
    let mut page = LivePage::open(&app, &mut ada, "/notes/new")
        .instrument(connection)
        .await;
    drop(link);
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
    let connection = spans
        .iter()
        .find(|received| received.span.name == CONNECTION)
        .unwrap();
    let event = spans
        .iter()
        .find(|received| received.trace_id() == id && received.span.name == "event /notes/new")
        .unwrap();
    assert!(event.span.parent_span_id.is_empty());
    assert_eq!(event.span.links[0].span_id, connection.span.span_id);
    assert_eq!(event.span.links[0].trace_id, connection.span.trace_id);
    let attributes = event.attributes();
    assert_eq!(attributes["page"], "/notes/new");
    assert!(attributes["handler"].starts_with("src/pages/notes.rs:"));
    let log = log::text();
    let line = log
        .lines()
        .find(|line| line.contains(id) && line.contains("a live page failed"));
    let cause = "relation \"notes\" does not exist";
    assert!(line.is_some_and(|line| line.contains(cause)), "{log}");
    // The query that failed is a part of it.
    let insert = spans
        .iter()
        .find(|received| received.trace_id() == id && received.span.kind == CLIENT);
    assert!(insert.is_some());
}

#[tokio::test]
async fn the_collector_is_told_who_sends_and_with_which_key() {
    let app = TestApp::new().await;
    let vars = [
        ("OTEL_SERVICE_NAME", "shop"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=test",
        ),
    ];
    let traced = Traced::start(&vars);
    app.client().get("/healthz").await;
    let spans = traced.spans();
    assert_eq!(spans[0].resource["service.name"], "shop");
    assert_eq!(spans[0].resource["deployment.environment.name"], "test");

    let key = (
        "OTEL_EXPORTER_OTLP_HEADERS",
        "authorization=Bearer%20hunter2",
    );
    let traced = Traced::start(&[key]);
    app.client().get("/healthz").await;
    drop(traced.guard);
    drop(traced.exporter);
    assert_eq!(
        traced.collector.headers()["authorization"],
        "Bearer hunter2"
    );
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

    /// How often spans are sent, in milliseconds: not before the end, or at once.
    const NEVER: &str = "3600000";
    const OFTEN: &str = "10";

    /// A program that sends its spans to a collector.
    struct Running {
        child: Child,
        address: SocketAddr,
        log: Log,
        _database: TestDatabase,
    }

    impl Running {
        /// Until it listens.
        async fn start(collector: &str, pause: &str) -> Self {
            let database = migrated_database().await;
            let mut program = program();
            program
                .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
                // Ten minutes.
                .env("OTEL_EXPORTER_OTLP_TIMEOUT", "600000")
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

        /// Stops it; what it has logged meanwhile comes back.
        fn stop(mut self) -> Vec<String> {
            terminate(&self.child);
            assert!(self.child.wait().unwrap().success());
            self.log.map(Result::unwrap).collect()
        }
    }

    #[tokio::test]
    async fn the_program_sends_its_last_spans_when_it_is_stopped() {
        let collector = Collector::start();
        // It does so for a second only, which may pass on a machine that has a lot to do.
        for _ in 0..10 {
            let running = Running::start(collector.url(), NEVER).await;
            let answer = running.ask("/api/me");
            let log = running.stop();
            let line = log.iter().find(|line| line.contains("/api/me")).unwrap();
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let id = line["request"]["trace_id"].as_str().unwrap();
            assert!(
                answer.contains(&format!("x-request-id: {id}\r\n")),
                "{answer}"
            );
            // What is for traces only is not in the log.
            assert_eq!(line["request"].as_object().unwrap().len(), 1, "{line}");
            let spans = collector.spans();
            if let Some(span) = spans.iter().find(|received| received.trace_id() == id) {
                assert_eq!(span.span.name, "GET /api/me");
                assert_eq!(span.resource["service.name"], env!("APP_NAME"));
                return;
            }
        }
        panic!("the last spans do not come");
    }

    #[tokio::test]
    async fn a_collector_that_never_answers_holds_neither_a_request_nor_the_stop() {
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
    async fn a_collector_that_is_down_is_mentioned_once() {
        let (_nobody, address) = nobody();
        let mut running = Running::start(&format!("http://{address}"), OFTEN).await;
        assert!(running.ask("/healthz").starts_with("HTTP/1.1 200"));
        let is_mentioned = |line: &String| line.contains("collector");
        let mut log = running.log.by_ref().map(Result::unwrap);
        assert!(log.any(|line| is_mentioned(&line)));
        assert!(running.ask("/healthz").starts_with("HTTP/1.1 200"));
        let log = running.stop();
        assert!(!log.iter().any(is_mentioned), "{log:#?}");
    }
}
