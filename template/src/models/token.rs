//! Tokens: whoever has one may do what it stands for.

use std::{fmt, marker::PhantomData};

use hex::FromHex as _;
use sha2::{Digest, Sha256};
use stack_web::random;

use super::Email;

/// A token: 256 random bits. The kind says what it stands for, so that one cannot be taken for another.
#[derive(Clone, PartialEq, Eq)]
pub struct Token<K>([u8; 32], PhantomData<K>);

/// What a [`Token`] stands for.
pub trait TokenKind {
    /// What `Debug` calls it.
    const NAME: &'static str;
}

impl<K> Token<K> {
    /// A new token from the random number generator of the operating system.
    pub fn generate() -> Self {
        Self(random::bytes(), PhantomData)
    }

    /// Parses the text of [`to_text`](Self::to_text).
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = <[u8; 32]>::from_hex(text).ok()?;
        Some(Self(bytes, PhantomData))
    }

    /// The token as its holder keeps it: 64 hexadecimal digits.
    pub fn to_text(&self) -> String {
        hex::encode(self.0)
    }

    /// The digest that the database stores.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0).into())
    }
}

impl<K: TokenKind> fmt::Debug for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(…)", K::NAME)
    }
}

/// The SHA-256 digest of a [`Token`]. A token is random, so it needs no slow hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenDigest(pub [u8; 32]);

/// The token of a link in a mail, its parameter `token`. Only the mail has it.
pub type LinkToken = Token<OfLink>;

/// The kind of a [`LinkToken`].
#[derive(Clone, PartialEq, Eq)]
pub enum OfLink {}

impl TokenKind for OfLink {
    const NAME: &'static str = "LinkToken";
}

/// What a link in a mail is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Confirms the address of a new account.
    Confirm,
    /// Sets a new password.
    Reset,
    /// Changes the address of the account to this one.
    Change(Email),
    /// Logs in without a password.
    LogIn,
}

#[cfg(test)]
mod tests {
    use crate::models::SessionToken;

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
