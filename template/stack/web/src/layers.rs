//! The layers around every request, in the order in which it passes them.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request},
{%- if files %}
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
{%- else %}
    http::{HeaderName, HeaderValue, StatusCode, header},
{%- endif %}
    middleware,
    response::{IntoResponse, Response},
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::SizeAbove},
    csrf::{CsrfLayer, ProtectionError},
    map_response_body::MapResponseBodyLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use tracing::{Level, Span};

use crate::{
    logs::short_line::REQUEST,
    problem::{self, ErrorPage, Problem},
    request_id,
};

/// What the layers need to know of the application.
#[derive(Clone)]
pub struct LayerSettings {
    /// How long a request may take until its answer begins.
    pub timeout: Duration,
    /// How many bytes the body of a request may have, unless its route says otherwise.
    pub body_limit: usize,
    /// Whether browsers are told to come back over TLS only.
    pub https: bool,
    /// Shows an error to a person.
    pub error_page: ErrorPage,
}

/// What pages use comes from this site, nothing is inline, nobody frames us, forms go nowhere else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; connect-src 'self'; font-src 'self'; img-src 'self'; manifest-src 'self'; media-src 'self'; \
     script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Two years, after the first visit over TLS, also for the hosts below this one, which could set cookies for it otherwise.
const TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// For the response to a log-out: the browser forgets what it has stored of this site. The cookies that belong to the
/// session are removed one by one, since `"cookies"` would remove those of the hosts beside this one, too.
pub const CLEAR_SITE_DATA: [(&str, &str); 1] = [("clear-site-data", "\"cache\", \"storage\"")];

/// Below this many bytes a packet is sent either way, compressed or not.
const WORTH_COMPRESSING: u64 = 1024;

/// Puts the layers around `router`. Routes that are added to the result afterwards are outside of them.
pub fn around(router: Router, settings: &LayerSettings) -> Router {
    let https = settings.https;
    let transport_security =
        move |_: &Response<_>| https.then_some(HeaderValue::from_static(TRANSPORT_SECURITY));
    let compressible = DefaultPredicate::new().and(SizeAbove::new(WORTH_COMPRESSING));
{%- if files %}
    // Files are sent as they are stored, so that parts of them fit together.
    let compressible = compressible.and(is_page);
{%- endif %}
    let layers = ServiceBuilder::new()
        .layer(middleware::map_request(request_id::forget_malformed))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(log)
                .on_failure(()),
        )
{%- if files %}
        // Files have a policy of their own, which allows less.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_SECURITY_POLICY),
        ))
{%- else %}
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
{%- endif %}
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        // Not `no-referrer`: browsers would send `Origin: null` with our own forms.
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .layer(fixed(
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::STRICT_TRANSPORT_SECURITY,
            transport_security,
        ))
        // A response that says nothing about caches is not to be kept.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(middleware::from_fn_with_state(
            settings.error_page,
            problem::write_bodies,
        ))
        .layer(CsrfLayer::new().with_rejection_response(cross_site))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            settings.timeout,
        ))
        .layer(MapResponseBodyLayer::new(Body::new))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(settings.body_limit));
{%- if otel %}
    // The trace is outside of what logs.
    let trace = middleware::from_fn(crate::otel::request);
    router.layer(layers).layer(trace)
{%- else %}
    router.layer(layers)
{%- endif %}
}
{%- if files %}

/// Whether a response is no file of a user.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::CONTENT_DISPOSITION)
}
{%- endif %}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// What belongs to one request in the log. The query is left out: people put secrets there.
fn span(request: &Request) -> Span {
    let (method, path) = (request.method(), request.uri().path());
    let request_id = request_id::of(request.extensions());
    // Probes come every few seconds and say nothing new, and neither do the files of a page in development. Anything else is
    // of the highest level, so that every line has the id whatever is logged.
    let is_file = cfg!(debug_assertions) && path.starts_with("/static/");
    if is_file || matches!(path, "/healthz" | "/readyz") {
        tracing::debug_span!("request", request_id, %method, path)
    } else {
        tracing::error_span!("request", request_id, %method, path)
    }
}

/// One line a request.
fn log<B>(response: &Response<B>, latency: Duration, span: &Span) {
    let status = response.status().as_u16();
    let ms = latency.as_micros() as f64 / 1000.0;
    let level = span.metadata().map(|metadata| *metadata.level());
    if level == Some(Level::ERROR) {
        tracing::info!(name: REQUEST, status, ms, "request");
    } else {
        tracing::debug!(name: REQUEST, status, ms, "request");
    }
}

/// The line of the request, which has the same id, says what was asked for.
fn cross_site(error: ProtectionError) -> Response {
    tracing::info!(target: "security", %error, "a request of another site is refused");
    Problem::forbidden("this request came from another site").into_response()
}

/// The panic hook has printed where and why.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!(error = "panic", "a handler panicked");
    Problem::internal().into_response()
}
