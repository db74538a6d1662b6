//! What every request passes on its way in and every answer on its way out.
//!
//! One function instead of a tower of layers: the order can be read, and a request pays for one box. In: a
//! request id, the check where it comes from, the deadline. Out: the body of an error, compression, security
//! headers, one line of the log.

mod compress;
mod headers;
mod origin;
mod problem;
mod request_id;

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, StatusCode, Uri},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::{config::Config, error::Error};

pub(crate) use compress::{accepted as accepts_gzip, gzip};
pub use request_id::RequestId;

/// What the edge needs to know of the configuration.
#[derive(Clone, Copy)]
struct Settings {
    deadline: Duration,
    production: bool,
}

/// Puts the edge around `router`. Routes that are added to the result afterwards are outside of it.
pub fn around(router: Router, config: &Config) -> Router {
    let settings = Settings {
        deadline: config.request_timeout,
        production: config.environment.is_production(),
    };
    let around = middleware::from_fn_with_state(settings, edge);
    // As one layer, which is one box instead of two.
    router.layer((around, DefaultBodyLimit::max(config.body_limit)))
}

async fn edge(State(settings): State<Settings>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let uri = request.uri().clone();
    let reader = problem::Reader::of(&request);
    let gzip = compress::accepted(request.headers());
    let span = tracing::info_span!("request", id = id.as_str());

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
    log(&method, &uri, response.status(), started.elapsed());
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
