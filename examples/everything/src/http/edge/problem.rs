//! The body of an error, for whom it is.

use std::sync::Arc;

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::RequestId;
use crate::{
    error::{Error, causes},
    models::FieldErrors,
    pages,
};

/// Who reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// A person, through a browser.
    Person,
    /// A program.
    Program,
}

impl Reader {
    /// Below `/api` everybody is a program; elsewhere who asks for HTML is a person.
    pub(super) fn of(request: &Request) -> Self {
        let html = || {
            let accept = request
                .headers()
                .get(header::ACCEPT)
                .and_then(|value| value.to_str().ok());
            accept.is_some_and(|list| list.contains("text/html"))
        };
        match request.uri().path() {
            path if path == "/api" || path.starts_with("/api/") => Self::Program,
            _ if html() => Self::Person,
            _ => Self::Program,
        }
    }
}

/// An error for programs, see RFC 9457.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a FieldErrors>,
    /// What is stored now, for a client that wanted to change something older.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<&'a serde_json::Value>,
    /// The id of the trace, by which it is found in the log.
    trace_id: &'a str,
}

/// Writes the body of an answer that is an [`Error`], or an error of the framework in plain text.
pub(super) fn write_body(response: Response, reader: Reader, id: &RequestId) -> Response {
    let Some(error) = error_of(&response) else {
        return response;
    };
    match &*error {
        Error::Internal(source) => tracing::error!(error = %causes(&**source), "internal error"),
        Error::Unavailable(source) => tracing::warn!(error = %causes(&**source), "unavailable"),
        _ => {}
    }
    let status = error.status();
    let mut answer = match reader {
        Reader::Person => pages::error::page(&error, id).into_response(),
        Reader::Program => {
            let problem = Problem {
                r#type: "about:blank",
                title: status.canonical_reason().unwrap_or("Error"),
                status: status.as_u16(),
                code: error.code(),
                detail: error.to_string(),
                errors: error.fields(),
                current: match &*error {
                    Error::Outdated(stored) => Some(stored),
                    _ => None,
                },
                trace_id: id.as_str(),
            };
            let json = HeaderValue::from_static("application/problem+json");
            ([(header::CONTENT_TYPE, json)], Json(problem)).into_response()
        }
    };
    *answer.status_mut() = status;
    let (mut parts, _) = response.into_parts();
    // What the framework or a handler said besides: `Allow`, `Set-Cookie`.
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    answer.headers_mut().extend(parts.headers);
    if let Error::TooManyAttempts(wait) = &*error {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
    }
    answer
}

/// The error that a response stands for. A page that a handler wrote itself, such as a form to be mended, is none.
fn error_of(response: &Response) -> Option<Arc<Error>> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if let Some(error) = response.extensions().get::<Arc<Error>>() {
        return Some(Arc::clone(error));
    }
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let plain = content_type.is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    plain.then(|| {
        Arc::new(match status {
            StatusCode::NOT_FOUND => Error::NotFound,
            status => Error::Status(status),
        })
    })
}
