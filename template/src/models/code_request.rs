//! Log-ins that lack the second factor.

use super::token::{Token, TokenKind};

/// The token of a log-in that lacks the second factor, the value of a cookie. It is no session: all that it allows is to
/// try codes.
pub type LogInToken = Token<OfLogIn>;

/// The kind of a [`LogInToken`].
#[derive(Clone, PartialEq, Eq)]
pub enum OfLogIn {}

impl TokenKind for OfLogIn {
    const NAME: &'static str = "LogInToken";
}

/// A code is asked for, before the log-in or the confirmation is done.
#[derive(Clone, Debug)]
pub struct CodeRequest {
    /// For the cookie.
    pub token: LogInToken,
    /// The page to redirect to afterwards; empty for the usual one.
    pub next: String,
}

impl CodeRequest {
    /// The same, with the page to redirect to afterwards.
    #[must_use]
    pub fn leading_to(self, next: &str) -> Self {
        let next = next.to_owned();
        Self { next, ..self }
    }
}
