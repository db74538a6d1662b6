//! Everything that can go wrong with a request, and how much of it the client is told.
//!
//! Handlers return [`Error`] by `?`. It answers with a [`Problem`], whose body a layer of [`stack_web`] writes: an HTML page
//! for a browser, `application/problem+json` for an API client. [`Error::Internal`] is logged, once, with the id of the
//! request, and the client is told nothing but that id.

use std::{borrow::Cow, time::Duration};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use stack_db::SqlxCause;
use stack_web::problem::Problem;

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
    Unauthenticated,
    /// Address and password do not fit. It is not said which of them is wrong.
    #[error("this e-mail address and this password do not belong together")]
    WrongCredentials,
    /// The client may not do this; the text says why.
    #[error("{0}")]
    Forbidden(Cow<'static, str>),
    /// The request cannot be read; the text says why.
    #[error("{0}")]
    BadRequest(Cow<'static, str>),
    /// Some fields are wrong.
    #[error("some fields need another look")]
    Invalid(FieldErrors),
    /// A field has a value that is taken.
    #[error("this is taken")]
    Conflict(FieldErrors),
    /// What the client edits was changed since it was read. Holds what is stored now, as the API shows it.
    #[error("this was changed in the meantime")]
    Outdated(serde_json::Value),
    /// Too many attempts to log in; may be tried again after this time.
    #[error("too many attempts, try again later")]
    TooManyAttempts(Duration),
    /// Something that the application needs does not answer.
    #[error("the service is not available right now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of the application. The source is logged, never sent.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The status to answer with, and a word for programs, as stable as the URLs.
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict"),
            Self::Outdated(_) => (StatusCode::CONFLICT, "outdated"),
            Self::TooManyAttempts(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// The status to answer with.
    pub fn status(&self) -> StatusCode {
        self.status_and_code().0
    }

    /// The fields that are wrong, if it is about fields.
    pub fn fields(&self) -> Option<&FieldErrors> {
        match self {
            Self::Invalid(fields) | Self::Conflict(fields) => Some(fields),
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

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match &self {
            Self::Internal(source) => {
                tracing::error!(error = causes(&**source), "internal error");
            }
            Self::Unavailable(source) => {
                tracing::warn!(error = causes(&**source), "unavailable");
            }
            _ => {}
        }
        let (status, code) = self.status_and_code();
        let problem = Problem::new(status, code, self.to_string());
        let errors = self.fields().cloned();
        let (current, retry_after) = match self {
            Self::Outdated(stored) => (Some(stored), None),
            Self::TooManyAttempts(wait) => (None, Some(wait)),
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

/// Makes the error that a client is told.
type ClientError = fn() -> Error;

/// Constraints of `schema/` that a client can run into, and what it is told. Any other one is a fault of ours.
const CONSTRAINTS: &[(&str, ClientError)] = &[
    ("users_email_key", || {
        Error::Conflict(FieldErrors::one(
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
    ("notes_user_id_fkey", || Error::Unauthenticated),
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
