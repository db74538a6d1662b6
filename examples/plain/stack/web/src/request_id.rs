//! A name for every request, to find its lines in the log.

use axum::{
    extract::Request,
    http::{Extensions, HeaderMap},
};
use tower_http::request_id::RequestId;

/// Carries the id in, from a proxy that gave one, and out.
const HEADER: &str = "x-request-id";

/// The id of the request with these extensions; empty outside of the layers.
pub fn of(extensions: &Extensions) -> &str {
    let id = extensions.get::<RequestId>();
    id.and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default()
}

/// Takes an id away that could forge a line of the log: the request gets one of ours.
pub(crate) async fn forget_malformed(mut request: Request) -> Request {
    if !is_harmless(request.headers()) {
        request.headers_mut().remove(HEADER);
    }
    request
}

/// One id, short, of letters, digits and `-_.`.
fn is_harmless(headers: &HeaderMap) -> bool {
    let mut ids = headers.get_all(HEADER).iter();
    let id = ids.next().map_or(&b""[..], |id| id.as_bytes());
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    ids.next().is_none() && (1..=64).contains(&id.len()) && id.iter().all(harmless)
}
