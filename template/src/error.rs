//! The errors of a request, and how much of them the client is told.
//!
//! Handlers return [`Error`] with `?`. Its response is a [`Problem`], whose body the middleware of [`stack_web`] writes: an
//! HTML page for a browser, `application/problem+json` for an API client. [`Error::Internal`] is logged once, with the
//! request id, and the client is told only that id.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use stack_db::SqlxCause;
use stack_web::{faults, problem::Problem};
{%- if totp %}

use crate::models::{CodeRequest, FieldErrors};
{%- else %}

use crate::models::FieldErrors;
{%- endif %}

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The resource does not exist, or this client may not know that it does.
    #[error("there is nothing at this address")]
    NotFound,
    /// The client has to log in first.
    #[error("you need to log in first")]
    Unauthenticated,
    /// The address is unknown or the password is wrong; the message does not say which.
    #[error("the e-mail address or the password is incorrect")]
    WrongCredentials,
{%- if totp %}
    /// The second factor is asked for; who calls has proved the first one.
    #[error("you need to enter the code of the second factor")]
    CodeRequired(CodeRequest),
{%- endif %}
    /// A link from a mail is unknown, was used, or has expired.
    #[error("this link does not work any more")]
    LinkExpired,
    /// The client may not do this; the message says why.
    #[error("{0}")]
    Forbidden(Cow<'static, str>),
    /// The request is malformed; the message says why.
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    /// Some fields are invalid.
    #[error("some fields are invalid")]
    Invalid(FieldErrors),
    /// A field has a value that must be unique and is already taken.
    #[error("this value is already taken")]
    Conflict(FieldErrors),
    /// The record was changed since the client read it. Holds the stored record as JSON.
    #[error("this was changed in the meantime")]
    Outdated(serde_json::Value),
{%- if openapi %}
    /// The `Idempotency-Key` of the request was used for another one.
    #[error("this `Idempotency-Key` was used for another request")]
    KeyReused,
    /// Another request with the same `Idempotency-Key` is not done yet; the client may retry after this time.
    #[error("a request with this `Idempotency-Key` is not done yet")]
    KeyInUse(Duration),
{%- endif %}
    /// A limit is reached ([`limits`](crate::services::limits)); the client may retry after this time.
    #[error("there were too many attempts; try again in {}", in_words(*.0))]
    TooManyAttempts(Duration),
    /// There is more to do than the processors can; the client may retry after this time.
    #[error("the service is busy; try again in a moment")]
    Overloaded(Duration),
    /// A service that the application needs, such as the database, does not respond.
    #[error("the service is not available right now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A bug or a fault of the infrastructure. The source is logged and never sent.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The status of the response, and a code for API clients, which is as stable as the URLs.
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
{%- if totp %}
            Self::CodeRequired(_) => (StatusCode::UNAUTHORIZED, "code_required"),
{%- endif %}
            Self::LinkExpired => (StatusCode::GONE, "link_expired"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::Outdated(_) => (StatusCode::CONFLICT, "outdated"),
{%- if openapi %}
            Self::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Self::KeyInUse(_) => (StatusCode::CONFLICT, "idempotency_key_in_use"),
{%- endif %}
            Self::TooManyAttempts(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"),
            Self::Overloaded(_) => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.status_and_code().0
    }

    /// The invalid fields, if this error has any.
    pub fn fields(&self) -> Option<&FieldErrors> {
        match self {
            Self::Invalid(fields) | Self::Conflict(fields) => Some(fields),
            _ => None,
        }
    }

    /// [`Error::Outdated`] with the record as it is stored now.
    pub fn outdated(stored: &impl serde::Serialize) -> Self {
        serde_json::to_value(stored).map_or_else(Self::internal, Self::Outdated)
    }

    /// Wraps an unexpected error.
    #[track_caller]
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        faults::here();
        Self::Internal(source.into())
    }
}

/// A time to wait, rounded up: `1 second`, `2 minutes`.
fn in_words(wait: Duration) -> String {
    let seconds = wait.as_secs_f64().ceil().max(1.0) as u64;
    let (count, unit) = match seconds {
        0..=90 => (seconds, "second"),
        91..=5400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3600), "hour"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// The error and its chain of causes in one line, for the log.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        // Some errors say what their cause says.
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::Internal(source) => {
                tracing::error!(error = error_chain(&**source), "internal error");
            }
            Self::Unavailable(source) => {
                tracing::warn!(error = error_chain(&**source), "unavailable");
            }
            _ => {}
        }
        let (status, code) = self.status_and_code();
        let problem = Problem::new(status, code, self.to_string());
{%- if totp %}
        if let Self::CodeRequired(request) = self {
            // The middleware `http::code::ask` makes a cookie of it.
            let mut response = problem.into_response();
            response.extensions_mut().insert(request);
            return response;
        }
{%- endif %}
        let errors = self.fields().cloned();
        let (current, retry_after) = match self {
            Self::Outdated(stored) => (Some(stored), None),
            Self::TooManyAttempts(wait) | Self::Overloaded(wait) => (None, Some(wait)),
{%- if openapi %}
            Self::KeyInUse(wait) => (None, Some(wait)),
{%- endif %}
            _ => (None, None),
        };
        let problem = Problem {
            errors,
            current,
            retry_after,
            ..problem
        };
        problem.into_response()
    }
}

/// Creates the error that the client is told.
type ClientError = fn() -> Error;

/// The constraints of `schema/` that a client's input can violate, each with the error that the client is told. A
/// violation of any other constraint is [`Error::Internal`].
const CONSTRAINTS: &[(&str, ClientError)] = &[
    ("users_email_key", || {
        Error::Conflict(FieldErrors::one(
            "email",
            "already has an account; log in instead",
        ))
    }),
    ("users_email_check", || {
        Error::Invalid(FieldErrors::one("email", "is not a valid address"))
    }),
    ("users_display_name_check", || {
        Error::Invalid(FieldErrors::one(
            "display_name",
            "must have 1 to 60 characters",
        ))
    }),
    ("notes_title_check", || {
        Error::Invalid(FieldErrors::one("title", "must have 1 to 120 characters"))
    }),
    ("notes_body_check", || {
        Error::Invalid(FieldErrors::one(
            "body",
            "must have at most 20000 characters",
        ))
    }),
{%- if passkeys %}
    ("passkeys_credential_id_key", || {
        Error::Conflict(FieldErrors::one("name", "belongs to a known passkey"))
    }),
    // The account was deleted in the meantime.
    ("passkeys_user_id_fkey", || Error::Unauthenticated),
{%- endif %}
{%- if oidc %}
    // Another request has connected it in the meantime.
    ("identities_issuer_subject_key", || {
        Error::Conflict(FieldErrors::one("account", "is connected already"))
    }),
{%- endif %}
    // The account was deleted in the meantime.
{%- if openapi %}
    ("api_tokens_user_id_fkey", || Error::Unauthenticated),
{%- endif %}
    ("email_tokens_user_id_fkey", || Error::LinkExpired),
{%- if openapi %}
    ("idempotency_keys_user_id_fkey", || Error::Unauthenticated),
{%- endif %}
{%- if teams %}
    // The team or the account was deleted in the meantime.
    ("notes_team_id_fkey", || Error::NotFound),
    ("memberships_user_id_fkey", || Error::Unauthenticated),
{%- else %}
    ("notes_user_id_fkey", || Error::Unauthenticated),
{%- endif %}
{%- if oidc %}
    ("identities_user_id_fkey", || Error::Unauthenticated),
    ("oidc_attempts_user_id_fkey", || Error::Unauthenticated),
{%- endif %}
    ("sessions_user_id_fkey", || Error::WrongCredentials),
];

/// The names of the constraints that a client's input can violate.
pub fn known_constraints() -> impl Iterator<Item = &'static str> {
    CONSTRAINTS.iter().map(|(name, _)| *name)
}

impl From<sqlx::Error> for Error {
    #[track_caller]
    fn from(error: sqlx::Error) -> Self {
        let constraint = error
            .as_database_error()
            .and_then(|error| error.constraint());
        let known = CONSTRAINTS
            .iter()
            .find(|(name, _)| Some(*name) == constraint);
        match (known, error) {
            (Some((_, client_error)), _) => client_error(),
            (None, sqlx::Error::RowNotFound) => Self::NotFound,
            (None, error) if stack_db::is_unavailable(&error) => {
                faults::here();
                Self::Unavailable(error.into())
            }
            (None, error) if stack_db::is_unstorable(&error) => {
                Self::BadRequest("a text has a character that cannot be stored".into())
            }
            (None, error) => Self::internal(error),
        }
    }
}

impl SqlxCause for Error {
    fn sqlx_cause(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Internal(source) | Self::Unavailable(source) => source.downcast_ref(),
            _ => None,
        }
    }
}

impl From<FieldErrors> for Error {
    fn from(fields: FieldErrors) -> Self {
        Self::Invalid(fields)
    }
}
