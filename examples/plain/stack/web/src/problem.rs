//! The body of an error, for whom it is: `application/problem+json` for a program, a page for a person.
//!
//! Whatever fails answers with a [`Problem`]. Its body is written by a layer, which knows who has asked.

use std::{borrow::Cow, time::Duration};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{fields::FieldErrors, request_id};

/// Why a request failed, as far as the client is told, see RFC 9457.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The status of the response.
    pub status: StatusCode,
    /// A word for programs, as stable as the URLs.
    pub code: &'static str,
    /// A sentence for people, without a capital and a full stop.
    pub detail: Cow<'static, str>,
    /// The fields that are wrong, if it is about fields.
    pub errors: Option<FieldErrors>,
    /// What is stored now, for a client that wanted to change something older.
    pub current: Option<serde_json::Value>,
    /// After which time it may be tried again.
    pub retry_after: Option<Duration>,
}

/// Shows a problem to a person; the second argument is the id of the request.
pub type ErrorPage = fn(&Problem, &str) -> Response;

impl Problem {
    /// One without fields.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: None,
            current: None,
            retry_after: None,
        }
    }

    /// There is nothing here, or nothing that this client may know of.
    pub fn not_found() -> Self {
        Self::of_status(StatusCode::NOT_FOUND)
    }

    /// The request cannot be read; the text says why.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    }

    /// The client may not do this; the text says why.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// Some fields are wrong.
    pub fn invalid(errors: FieldErrors) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self {
            errors: Some(errors),
            ..Self::new(status, "invalid", "some fields are invalid")
        }
    }

    /// A fault of the application, of which the client is told nothing.
    pub fn internal() -> Self {
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What a status says by itself: a response of the framework, such as 405, or of a layer.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("not_found", "there is nothing at this address"),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "this address does not take this method",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "this is larger than allowed"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                "unsupported_media_type",
                "this content type is not understood here",
            ),
            // Of the layer that limits the time; an application that lacks something says so itself.
            StatusCode::SERVICE_UNAVAILABLE => ("timed_out", "this took too long"),
            status if status.is_server_error() => ("internal", "something went wrong on our side"),
            _ => ("refused", "this request is not understood"),
        };
        Self::new(status, code, detail)
    }

    /// The name of the status.
    pub fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self::invalid(errors)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// After which time a client may try again what is not available right now.
const RETRY_AFTER: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a FieldErrors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<&'a serde_json::Value>,
    /// By which the request is found in the log.
    request_id: &'a str,
}

/// The layer that writes the body of a response that is a [`Problem`], or an error of the framework in plain text.
pub(crate) async fn write_bodies(
    State(page): State<ErrorPage>,
    request: Request,
    next: Next,
) -> Response {
    let for_a_program = is_for_a_program(&request);
    let request_id = request_id::of(request.extensions()).to_owned();
    let response = next.run(request).await;
    let Some(problem) = problem_of(&response) else {
        return response;
    };
    let mut answer = if for_a_program {
        json(&problem, &request_id)
    } else {
        page(&problem, &request_id)
    };
    *answer.status_mut() = problem.status;
    let (mut parts, _) = response.into_parts();
    // What the framework or a handler said besides: `Allow`, `Set-Cookie`.
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    answer.headers_mut().extend(parts.headers);
    let unavailable = problem.status == StatusCode::SERVICE_UNAVAILABLE;
    let wait = problem.retry_after.or(unavailable.then_some(RETRY_AFTER));
    if let Some(wait) = wait {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, whole_seconds(wait).into());
    }
    answer
}

/// Rounded up: whoever comes back then is not too early.
fn whole_seconds(wait: Duration) -> u64 {
    let rest = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(rest).max(1)
}

fn json(problem: &Problem, request_id: &str) -> Response {
    let body = Body {
        r#type: "about:blank",
        title: problem.title(),
        status: problem.status.as_u16(),
        code: problem.code,
        detail: &problem.detail,
        errors: problem.errors.as_ref(),
        current: problem.current.as_ref(),
        request_id,
    };
    let json = HeaderValue::from_static("application/problem+json");
    ([(header::CONTENT_TYPE, json)], Json(body)).into_response()
}

/// Below `/api` everybody is a program; elsewhere who asks for HTML is a person.
fn is_for_a_program(request: &Request) -> bool {
    let path = request.uri().path();
    let accept = request.headers().get(header::ACCEPT);
    let html = accept
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| list.contains("text/html"));
    path == "/api" || path.starts_with("/api/") || !html
}

/// The problem that a response stands for. A page that a handler wrote itself, such as a form to be mended, is none.
fn problem_of(response: &Response) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let plain = content_type.is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    plain.then(|| Problem::of_status(status))
}
