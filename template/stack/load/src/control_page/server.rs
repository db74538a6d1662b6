//! The routes of the control page, by axum.

use std::convert::Infallible;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{
        Html, IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::{get, post},
};
use futures_util::{Stream, stream};
use serde::Deserialize;

use super::ControlPage;
use crate::{load_profile::LoadProfile, report::STYLE};

/// Bytes of a command; it is far smaller.
const MAX_BODY_BYTES: usize = 64 * 1024;
const MAX_USERS: usize = 1_000_000;
const MAX_RAMP: f64 = 100_000.0;
/// The report has its style in it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

pub(crate) fn router(page: ControlPage) -> Router {
    let script = || file("text/javascript", include_str!("page.js").to_owned());
    let style = || file("text/css", format!("{STYLE}{}", include_str!("page.css")));
    Router::new()
        .route("/", get(|| async { Html(include_str!("index.html")) }))
        .route("/page.js", get(script))
        .route("/page.css", get(style))
        .route("/report", get(report))
        .route("/events", get(events))
        .route("/load-profile", post(set_load_profile))
        .route("/start", post(start))
        .route("/stop", post(stop))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(only_from_this_machine))
        .with_state(page)
}

async fn file(content_type: &'static str, text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type)], text)
}

async fn report(State(page): State<ControlPage>) -> Response {
    let report = page.run().report.clone();
    match report {
        Some(report) => Html(report).into_response(),
        None => (StatusCode::NOT_FOUND, "there is no report yet").into_response(),
    }
}

/// Everything so far, then what is new.
async fn events(
    State(page): State<ControlPage>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = page.0.changes.subscribe();
    changes.mark_changed();
    let stream = stream::unfold(
        (page, changes, None),
        |(page, mut changes, shown)| async move {
            changes.changed().await.ok()?;
            let (event, shown) = page.event(shown);
            let event = Event::default().data(event);
            Some((Ok(event), (page, changes, Some(shown))))
        },
    );
    Sse::new(stream)
}

#[derive(Deserialize)]
struct Load {
    users: usize,
    ramp: f64,
}

async fn set_load_profile(
    State(page): State<ControlPage>,
    Json(Load { users, ramp }): Json<Load>,
) -> Result<(), (StatusCode, &'static str)> {
    if !(ramp > 0.0 && ramp <= MAX_RAMP) {
        return Err((
            StatusCode::BAD_REQUEST,
            "that many users cannot start in a second",
        ));
    }
    let users = users.min(MAX_USERS);
    page.set_load_profile(LoadProfile { users, ramp });
    Ok(())
}

async fn start(State(page): State<ControlPage>) {
    page.start();
}

async fn stop(State(page): State<ControlPage>) {
    page.stop();
}

/// Refuses requests under the name of another site, which may resolve to this machine, and commands from other pages.
async fn only_from_this_machine(request: Request, next: Next) -> Response {
    let mut response = match allow(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(why) => (StatusCode::FORBIDDEN, why).into_response(),
    };
    let fixed: [(HeaderName, &'static str); 3] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    ];
    let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(fixed);
    response
}

fn allow(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        return Err("this page is for this machine");
    }
    if method != Method::GET && text(header::ORIGIN) != Some(&format!("http://{host}")) {
        return Err("this command came from another page");
    }
    Ok(())
}
