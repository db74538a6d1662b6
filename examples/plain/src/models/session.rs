//! The secret that a browser keeps while somebody is logged in.

use std::fmt;

use hex::FromHex as _;
use sha2::{Digest, Sha256};
use stack_web::random;

/// 256 random bits. Whoever has them is logged in, so they are stored nowhere but in the browser.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// A new token from the operating system's random numbers.
    pub fn generate() -> Self {
        Self(random::bytes())
    }

    /// Reads a token as [`to_text`](Self::to_text) wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        <[u8; 32]>::from_hex(text).ok().map(Self)
    }

    /// The token for a cookie: 64 hexadecimal digits.
    pub fn to_text(&self) -> String {
        hex::encode(self.0)
    }

    /// What the database knows of the token.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The SHA-256 of a [`SessionToken`]. A token is random, so no slow hash is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenDigest(pub [u8; 32]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_way_through_a_cookie() {
        let token = SessionToken::generate();
        assert_eq!(SessionToken::parse(&token.to_text()), Some(token));
    }

    #[test]
    fn two_tokens_differ_and_neither_is_shown_by_debug() {
        let (a, b) = (SessionToken::generate(), SessionToken::generate());
        assert_ne!(a, b);
        assert_eq!(format!("{a:?}"), "SessionToken(…)");
    }
}
