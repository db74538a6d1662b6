//! Puts the script into pages.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{ControlChannel, texts};

/// Tells processes apart, for a page that was made by one and now talks to another.
pub(super) fn run() -> u32 {
    std::process::id()
}

/// A page with the script in its head; any other answer as it is.
pub(super) async fn with_script(
    State(channel): State<ControlChannel>,
    mut request: Request,
    next: Next,
) -> Response {
    // In plain text, since something is put into it.
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let before = Before {
        faults: channel.faults(),
        texts: texts::version(),
    };
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
    let text = insert(&text, run(), &before);
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    Response::from_parts(parts, Body::from(text))
}

/// What there was before a page was asked for.
struct Before {
    faults: u64,
    texts: u64,
}

fn insert(page: &str, run: u32, before: &Before) -> String {
    let Before { faults, texts } = before;
    let script = format!(
        "<script src=\"/_dev/client.js\" data-run=\"{run}\" data-seen=\"{faults}\" data-texts=\"{texts}\" defer></script>"
    );
    page.replacen("</head>", &format!("{script}</head>"), 1)
}
