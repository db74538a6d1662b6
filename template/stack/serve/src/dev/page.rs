//! Puts the script into pages.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::ControlChannel;

/// Tells processes apart, for a page that was made by one and now talks to another.
pub(super) fn run() -> u32 {
    std::process::id()
}

/// Asks for pages in plain text, since something is put into them.
pub(super) async fn uncompressed(mut request: Request) -> Request {
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    request
}

/// A page with the script in its head; any other answer as it is.
pub(super) async fn with_script(
    State(channel): State<ControlChannel>,
    request: Request,
    next: Next,
) -> Response {
    let seen = channel.faults();
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let html = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !html {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Pages are whole before they are sent.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if bytes.is_empty() {
        // A head without a page.
        return Response::from_parts(parts, Body::empty());
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = insert(&text, run(), seen);
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    Response::from_parts(parts, Body::from(text))
}

/// `seen` is how many faults there were before the page was asked for.
fn insert(page: &str, run: u32, seen: u64) -> String {
    let script = format!(
        "<script src=\"/_dev/client.js\" data-run=\"{run}\" data-seen=\"{seen}\" defer></script>"
    );
    page.replacen("</head>", &format!("{script}</head>"), 1)
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
