//! Log-ins that lack the second factor.

use super::{SessionToken, TokenDigest};

/// The token of a log-in that lacks the second factor. It is no session: all that it allows is to try codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogInToken(SessionToken);

impl LogInToken {
    /// A new token from the random number generator of the operating system.
    pub fn generate() -> Self {
        Self(SessionToken::generate())
    }

    /// Parses the text of [`to_text`](Self::to_text).
    pub fn parse(text: &str) -> Option<Self> {
        SessionToken::parse(text).map(Self)
    }

    /// The value of the cookie: 64 hexadecimal digits.
    pub fn to_text(&self) -> String {
        self.0.to_text()
    }

    /// The digest that the database stores.
    pub fn digest(&self) -> TokenDigest {
        self.0.digest()
    }
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
