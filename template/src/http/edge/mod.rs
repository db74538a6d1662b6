//! What every request passes on its way in and every answer on its way out.
//!
//! One function instead of a tower of layers: the order can be read, and a request pays for one box. In: a
//! trace and a request id, the check where it comes from, the deadline. Out: the body of an error, compression, security
//! headers, one line of the log, the metrics.

mod compress;
mod headers;
mod origin;
mod problem;
mod request_id;

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{Method, StatusCode, Uri},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::{config::Config, error::Error, metrics::Metrics, telemetry};

pub(crate) use compress::{accepted as accepts_gzip, gzip};
pub use request_id::RequestId;

/// What the edge needs to know of the application.
#[derive(Clone)]
struct Settings {
    deadline: Duration,
    production: bool,
    metrics: Metrics,
}

/// Puts the edge around `router`. Routes that are added to the result afterwards are outside of it.
pub fn around(router: Router, config: &Config, metrics: Metrics) -> Router {
    let settings = Settings {
        deadline: config.request_timeout,
        production: config.environment.is_production(),
        metrics,
    };
    let around = middleware::from_fn_with_state(settings, edge);
    // As one layer, which is one box instead of two.
    router.layer((around, DefaultBodyLimit::max(config.body_limit)))
}

async fn edge(State(settings): State<Settings>, request: Request, next: Next) -> Response {
    let counted = settings.metrics.request();
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let uri = request.uri().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let reader = problem::Reader::of(&request);
    let gzip = compress::accepted(request.headers());
    // Of the highest level, so that every line has the id whatever is logged.
    let span = tracing::error_span!(
        "request",
        trace_id = id.as_str(),
        request_id = id.other(),
        otel.kind = telemetry::exporting().then_some("server"),
    );
    telemetry::start(&span, id.trace(), None);

    let answer = async {
        if let Err(error) = origin::check(&request) {
            return error.into_response();
        }
        let work = AssertUnwindSafe(next.run(request)).catch_unwind();
        match tokio::time::timeout(settings.deadline, work).await {
            Ok(Ok(response)) => response,
            // The panic hook has printed where and why.
            Ok(Err(_panic)) => Error::internal("a handler panicked").into_response(),
            Err(_elapsed) => Error::TimedOut.into_response(),
        }
    };
    let mut response = answer.instrument(span.clone()).await;

    let _inside = span.enter();
    response = problem::write_body(response, reader, &id);
    response = compress::response(response, gzip);
    headers::secure(response.headers_mut(), settings.production);
    response
        .headers_mut()
        .insert(request_id::HEADER, id.to_header());
    let (status, route) = (response.status(), route.as_ref().map(MatchedPath::as_str));
    let latency = counted.answered(&method, route, status);
    log(&method, &uri, status, latency);
    telemetry::finish_request(&span, &method, route, uri.path(), status.as_u16());
    response
}

/// One line a request. Queries are left out: people put secrets there.
fn log(method: &Method, uri: &Uri, status: StatusCode, latency: Duration) {
    let path = uri.path();
    let status = status.as_u16();
    let ms = latency.as_micros() as f64 / 1000.0;
    // Probes come every few seconds and say nothing new.
    if matches!(path, "/healthz" | "/readyz") {
        tracing::debug!(%method, path, status, ms, "request");
    } else {
        tracing::info!(%method, path, status, ms, "request");
    }
}
