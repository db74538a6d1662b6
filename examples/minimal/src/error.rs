//! Everything that can go wrong with a request, and how much of it the client is told.
//!
//! Handlers return [`Error`] by `?`. It answers with a status only and leaves itself in the response's
//! extensions; [`http::edge`](crate::http::edge), which knows the client, writes the body: an HTML page for a
//! browser, `application/problem+json` for an API client. [`Error::Internal`] is logged there, once, with the
//! id of the request's trace, and the client is told nothing but that id.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::{
    extract::rejection::{BytesRejection, JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use stack_db::SqlxCause;

use crate::models::FieldErrors;

/// What a handler returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing here, or nothing that this client may know of.
    #[error("there is nothing at this address")]
    NotFound,
    /// The client has to log in first.
    #[error("log in first")]
    LogInFirst,
    /// Address and password do not fit. It is not said which of them is wrong.
    #[error("this e-mail address and this password do not belong together")]
    WrongCredentials,
    /// The client may not do this; the text says why.
    #[error("{0}")]
    Forbidden(Cow<'static, str>),
    /// The request cannot be read; the text says why.
    #[error("{0}")]
    Unreadable(Cow<'static, str>),
    /// Some fields are wrong.
    #[error("some fields need another look")]
    Invalid(FieldErrors),
    /// A field has a value that is taken.
    #[error("this is taken")]
    Taken(FieldErrors),
    /// What the client edits was changed since it was read. Holds what is stored now, as the API shows it.
    #[error("this was changed in the meantime")]
    Outdated(serde_json::Value),
    /// Too many attempts to log in; may be tried again after this time.
    #[error("too many attempts, try again later")]
    TooManyAttempts(Duration),
    /// It took longer than `REQUEST_TIMEOUT_SECONDS`.
    #[error("this took too long")]
    TimedOut,
    /// Something that the application needs does not answer.
    #[error("the service is not available right now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An answer of the framework without further explanation, such as 405.
    #[error("{}", reason(*.0))]
    Status(StatusCode),
    /// A fault of the application. The source is logged, never sent.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The status to answer with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::LogInFirst | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Taken(_) | Self::Outdated(_) => StatusCode::CONFLICT,
            Self::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TimedOut | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Status(status) => *status,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for programs, as stable as the URLs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::LogInFirst => "log_in_first",
            Self::WrongCredentials => "wrong_credentials",
            Self::Forbidden(_) => "forbidden",
            Self::Unreadable(_) => "unreadable",
            Self::Invalid(_) => "invalid",
            Self::Taken(_) => "taken",
            Self::Outdated(_) => "outdated",
            Self::TooManyAttempts(_) => "too_many_attempts",
            Self::TimedOut => "timed_out",
            Self::Unavailable(_) => "unavailable",
            Self::Status(status) => match *status {
                StatusCode::NOT_FOUND => "not_found",
                StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
                StatusCode::PAYLOAD_TOO_LARGE => "too_large",
                StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
                status if status.is_server_error() => "internal",
                _ => "refused",
            },
            Self::Internal(_) => "internal",
        }
    }

    /// The fields that are wrong, if it is about fields.
    pub fn fields(&self) -> Option<&FieldErrors> {
        match self {
            Self::Invalid(fields) | Self::Taken(fields) => Some(fields),
            _ => None,
        }
    }

    /// An edit of something that was changed since; `stored` is what it is now.
    pub fn outdated(stored: &impl serde::Serialize) -> Self {
        serde_json::to_value(stored).map_or_else(Self::internal, Self::Outdated)
    }

    /// Wraps what should not have happened.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

/// An error and everything that caused it, in one line, for the log.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// What a person is told about a status that has no error of its own.
fn reason(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "there is nothing at this address",
        StatusCode::METHOD_NOT_ALLOWED => "this address does not take this method",
        StatusCode::PAYLOAD_TOO_LARGE => "this is larger than allowed",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "this content type is not understood here",
        status if status.is_server_error() => "something went wrong on our side",
        _ => "this request is not understood",
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Makes the error that a client is told.
type ClientError = fn() -> Error;

/// Constraints of `schema/` that a client can run into, and what it is told. Any other one is a fault of ours.
const CONSTRAINTS: &[(&str, ClientError)] = &[
    ("users_email_key", || {
        Error::Taken(FieldErrors::one(
            "email",
            "has an account already; log in instead",
        ))
    }),
    ("users_email_check", || {
        Error::Invalid(FieldErrors::one("email", "is no valid address"))
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
    // The account was deleted while its owner was writing.
    ("notes_user_id_fkey", || Error::LogInFirst),
    ("sessions_user_id_fkey", || Error::WrongCredentials),
];

/// The names of the constraints that a client can run into.
pub fn known_constraints() -> impl Iterator<Item = &'static str> {
    CONSTRAINTS.iter().map(|(name, _)| *name)
}

impl From<sqlx::Error> for Error {
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
            (None, error @ (sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)) => {
                Self::Unavailable(Box::new(error))
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

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            // "missing field `title` at line 1 column 2": written for the client by serde.
            JsonRejection::JsonDataError(error) => Self::Unreadable(error.body_text().into()),
            JsonRejection::JsonSyntaxError(error) => Self::Unreadable(error.body_text().into()),
            other => Self::Status(other.status()),
        }
    }
}

impl From<BytesRejection> for Error {
    fn from(rejection: BytesRejection) -> Self {
        Self::Status(rejection.status())
    }
}
