//! The response with a file: whole or a part of it, or that it has not changed.

use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Store, StoreError, content};

/// What stands for itself in `filename*` (RFC 8187) and in the path of a URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A file may show itself, and can do nothing: run no script, load nothing, send no form.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// A file, as a response describes it.
#[derive(Clone, Debug)]
pub struct Described<'a> {
    /// The key of the store.
    pub key: &'a str,
    /// The name for people, under which it is saved.
    pub name: &'a str,
    /// What it is.
    pub content_type: &'a str,
    /// Its bytes.
    pub size: u64,
    /// The `ETag`, with its quotes. Another content has another one.
    pub etag: &'a str,
}

/// What a request gets.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    NotModified,
    Unsatisfiable,
    Whole,
    Part(Range<u64>),
}

/// The response to a request with these headers. It may be kept by the browser alone, which asks every time whether it may
/// still show it.
///
/// # Errors
/// [`StoreError`], if the store does not have it or cannot be asked.
pub async fn respond(
    store: &Store,
    file: &Described<'_>,
    request: &HeaderMap,
) -> Result<Response, StoreError> {
    let answer = answer(request, file.etag, file.size);
    let (status, range) = match &answer {
        Answer::NotModified => (StatusCode::NOT_MODIFIED, 0..0),
        Answer::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
        Answer::Whole => (StatusCode::OK, 0..file.size),
        Answer::Part(range) => (StatusCode::PARTIAL_CONTENT, range.clone()),
    };
    let length = range.end - range.start;
    let mut headers = HeaderMap::new();
    let fixed = [
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, file.etag);
    let size = file.size;
    match &answer {
        Answer::Unsatisfiable => set(header::CONTENT_RANGE, &format!("bytes */{size}")),
        Answer::Part(Range { start, end }) => {
            set(
                header::CONTENT_RANGE,
                &format!("bytes {start}-{}/{size}", end - 1),
            );
        }
        Answer::NotModified | Answer::Whole => {}
    }
    if matches!(answer, Answer::NotModified | Answer::Unsatisfiable) {
        return Ok((status, headers).into_response());
    }
    set(header::CONTENT_TYPE, file.content_type);
    set(header::CONTENT_LENGTH, &length.to_string());
    set(header::CONTENT_DISPOSITION, &disposition(file));
    let contents = store.read(file.key, range).await?;
    Ok((status, headers, Body::from_stream(contents)).into_response())
}

/// The name for people as a part of a path.
pub fn path_segment(name: &str) -> String {
    utf8_percent_encode(name, RESERVED).to_string()
}

fn disposition(file: &Described<'_>) -> String {
    let kind = match content::is_shown(file.content_type) {
        true => "inline",
        false => "attachment",
    };
    format!("{kind}; filename*=UTF-8''{}", path_segment(file.name))
}

/// RFC 9110, sections 13 and 14. Of several ranges, and of one that cannot be read, the answer is the whole file, which is
/// allowed.
fn answer(request: &HeaderMap, etag: &str, size: u64) -> Answer {
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    if let Some(known) = text(header::IF_NONE_MATCH) {
        let mut known = known.split(',').map(str::trim);
        if known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag) {
            return Answer::NotModified;
        }
    }
    let Some(range) = text(header::RANGE) else {
        return Answer::Whole;
    };
    // A date is no `ETag`; what has only one gets the whole file.
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Answer::Whole;
    }
    let Ok(ranges) = http_range_header::parse_range_header(range) else {
        return Answer::Whole;
    };
    match ranges.validate(size).as_deref() {
        Ok([range]) => Answer::Part(*range.start()..range.end() + 1),
        Ok(_) => Answer::Whole,
        Err(_) => Answer::Unsatisfiable,
    }
}
