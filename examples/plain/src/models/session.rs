//! Sessions and their tokens.

use std::fmt;

use hex::FromHex as _;
use sha2::{Digest, Sha256};
use stack_web::random;
use time::OffsetDateTime;

use super::{ClientInfo, SessionId};

/// A session of a user who is logged in, without its token.
#[derive(Clone, Debug)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The browser and the address that used it last.
    pub client: ClientInfo,
    /// When the user logged in.
    pub created_at: OffsetDateTime,
    /// When it was last used; up to a minute late.
    pub last_used_at: OffsetDateTime,
    /// Whether that is more than a minute ago, so that the use has to be stored.
    pub touch_due: bool,
    /// Whether the user proved who they are in the last ten minutes, when the session was read.
    pub recently_authenticated: bool,
}

/// The token of a session: 256 random bits. Anybody who has it is logged in, so only the browser stores it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    /// A new token from the random number generator of the operating system.
    pub fn generate() -> Self {
        Self(random::bytes())
    }

    /// Parses the text of [`to_text`](Self::to_text).
    pub fn parse(text: &str) -> Option<Self> {
        <[u8; 32]>::from_hex(text).ok().map(Self)
    }

    /// The value of the cookie: 64 hexadecimal digits.
    pub fn to_text(&self) -> String {
        hex::encode(self.0)
    }

    /// The digest that the database stores.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The SHA-256 digest of a [`SessionToken`]. A token is random, so it needs no slow hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenDigest(pub [u8; 32]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_can_be_parsed_from_its_text() {
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
