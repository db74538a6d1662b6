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

/// An error of what a command calls is shown in its own words.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
