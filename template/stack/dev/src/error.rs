//! Why a command did not do what was asked.

use std::fmt;

/// A text for the person who typed the command: lowercase, without a leading `error: `, and what to do
/// about it in lines of its own that begin with `hint: `.
#[derive(Debug)]
pub(crate) struct Error(String);

/// What commands return.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Adds what to do about it.
    pub(crate) fn hint(self, hint: impl fmt::Display) -> Self {
        Self(format!("{}\nhint: {hint}", self.0))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<stack_migrate::Error> for Error {
    fn from(error: stack_migrate::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<stack_db::embedded::Error> for Error {
    fn from(error: stack_db::embedded::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<stack_db::testing::Error> for Error {
    fn from(error: stack_db::testing::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<stack_db::schema::Error> for Error {
    fn from(error: stack_db::schema::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<stack_db::migrations::Error> for Error {
    fn from(error: stack_db::migrations::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self(format!("the database refused: {error}"))
    }
}
