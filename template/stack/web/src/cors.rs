//! Pages of other sites that may use an API with a token (CORS). Browsers never let them send cookies with it.

use std::{str::FromStr, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::Response,
};
use tower::{Layer, ServiceExt};
use tower_http::cors::CorsLayer;

/// What a page may send besides what every page may.
const ALLOWED: [HeaderName; 3] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("idempotency-key"),
];

/// What a page may read besides what every page may.
const EXPOSED: [HeaderName; 6] = [
    header::LOCATION,
    header::RETRY_AFTER,
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    HeaderName::from_static("x-request-id"),
];

/// How long a browser remembers what is allowed.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);

/// Origins: `https://app.example.com,http://localhost:5173`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<HeaderValue>);

impl FromStr for Origins {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let origins = text.split(',').map(|origin| parse_origin(origin.trim()));
        let origins: Option<_> = origins.collect();
        origins.map(Self).ok_or(())
    }
}

/// An origin as browsers write it. Another text, such as one with a path or a wildcard, would never be that of a page.
fn parse_origin(text: &str) -> Option<HeaderValue> {
    let (scheme, authority) = text.split_once("://")?;
    let default_port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let uri: Uri = text.parse().ok()?;
    let (host, port) = (uri.host()?, uri.port());
    let whole = match &port {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let of_a_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
    let is_canonical = whole == authority
        && host.bytes().all(of_a_host)
        && port.is_none_or(|port| port.as_u16() != default_port);
    is_canonical.then(|| text.parse().ok())?
}

/// Which paths pages of which origins may use.
#[derive(Clone)]
pub struct Cors {
    /// `None`: those of no origin.
    layer: Option<Arc<CorsLayer>>,
    covers: fn(&str) -> bool,
}

impl Cors {
    /// Pages of `origins` may use the paths for which `covers` is true.
    pub fn new(origins: &Origins, covers: fn(&str) -> bool) -> Self {
        let Origins(origins) = origins.clone();
        let layer = (!origins.is_empty()).then(|| {
            let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
            let layer = CorsLayer::new()
                .allow_origin(origins)
                .allow_methods([get, post, put, Method::PATCH, Method::DELETE])
                .allow_headers(ALLOWED)
                .expose_headers(EXPOSED)
                .max_age(REMEMBERED);
            Arc::new(layer)
        });
        Self { layer, covers }
    }
}

/// Middleware around all others: whatever answers, a page of another site may read it; and what a browser asks before it
/// sends the request needs nobody who is logged in.
pub async fn around(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    let is_of_a_page = request.headers().contains_key(header::ORIGIN);
    match cors.layer {
        Some(layer) if is_of_a_page && (cors.covers)(request.uri().path()) => {
            let Ok(response) = layer.layer(next).oneshot(request).await;
            response
        }
        _ => next.run(request).await,
    }
}
