//! Compression of answers that are long enough to be worth it.
//!
//! Only bodies whose length is known, which all of ours are: a stream passes as it is. A secret on a
//! page has to change with every answer, or its compressed length would give it away.

use std::io::Write;

use axum::{
    body::{Body, HttpBody},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use futures_util::FutureExt;

/// Below this a packet is sent either way.
const WORTH_IT: u64 = 1024;
/// Above this one answer would keep a thread busy for too long.
const TOO_LONG: u64 = 4 * 1024 * 1024;

/// Whether the client takes gzip.
pub(crate) fn accepted(headers: &HeaderMap) -> bool {
    let accepts = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepts.is_some_and(|list| list.split(',').any(is_gzip))
}

/// `gzip`, `gzip;q=0.8` or `*`, but not `gzip;q=0`.
fn is_gzip(item: &str) -> bool {
    let (coding, weight) = item.split_once(';').unwrap_or((item, "q=1"));
    let weight = weight
        .trim()
        .strip_prefix("q=")
        .and_then(|q| q.parse::<f32>().ok());
    matches!(coding.trim(), "gzip" | "x-gzip" | "*") && weight.is_none_or(|q| q > 0.0)
}

/// Compresses `response`, if it is text of the right length and the client takes it.
pub(super) fn response(mut response: Response, accepted: bool) -> Response {
    let worth_it = response
        .body()
        .size_hint()
        .exact()
        .is_some_and(|length| (WORTH_IT..=TOO_LONG).contains(&length));
    if !worth_it || !is_text(response.headers()) || !is_whole(&response) {
        return response;
    }
    let vary = HeaderValue::from_static("accept-encoding");
    response.headers_mut().entry(header::VARY).or_insert(vary);
    if !accepted {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A body of known length is at hand: this does not wait.
    let Some(Ok(bytes)) = axum::body::to_bytes(body, usize::MAX).now_or_never() else {
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    parts
        .headers
        .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, gzip(&bytes, Compression::fast()).into())
}

/// Compresses `bytes`.
pub(crate) fn gzip(bytes: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), level);
    encoder.write_all(bytes).expect("memory takes every byte");
    encoder.finish().expect("memory takes every byte")
}

fn is_whole(response: &Response) -> bool {
    response.status() != StatusCode::PARTIAL_CONTENT
        && !response.headers().contains_key(header::CONTENT_ENCODING)
}

fn is_text(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| {
        [
            "text/",
            "application/json",
            "application/problem+json",
            "image/svg+xml",
        ]
        .iter()
        .any(|text| content_type.starts_with(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_only_for_clients_that_take_it() {
        for (list, expected) in [
            ("gzip", true),
            ("br, gzip;q=0.5", true),
            ("*", true),
            ("gzip;q=0, br", false),
            ("br", false),
            ("", false),
        ] {
            let value = HeaderValue::from_static(list);
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, value)]);
            assert_eq!(accepted(&headers), expected, "{list}");
        }
    }

    #[test]
    fn what_is_short_or_compressed_already_passes_unchanged() {
        for (length, encoding) in [(10, None), (5000, Some("br"))] {
            let mut answer = Response::builder().header("content-type", "text/html");
            if let Some(encoding) = encoding {
                answer = answer.header("content-encoding", encoding);
            }
            let answer = answer.body(Body::from("x".repeat(length))).unwrap();
            let answer = response(answer, true);
            assert_eq!(
                answer.body().size_hint().exact(),
                u64::try_from(length).ok()
            );
        }
    }
}
