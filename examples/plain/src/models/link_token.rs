//! The token of a link in a mail.

use std::fmt;

use hex::FromHex as _;
use sha2::{Digest, Sha256};
use stack_web::random;

use super::{Email, TokenDigest};

/// The token of a link in a mail: 256 random bits. Only the mail has it.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken([u8; 32]);

impl LinkToken {
    /// A new token from the random number generator of the operating system.
    pub fn generate() -> Self {
        Self(random::bytes())
    }

    /// Parses the text of [`to_text`](Self::to_text).
    pub fn parse(text: &str) -> Option<Self> {
        <[u8; 32]>::from_hex(text).ok().map(Self)
    }

    /// The parameter `token` of the link: 64 hexadecimal digits.
    pub fn to_text(&self) -> String {
        hex::encode(self.0)
    }

    /// The digest that the database stores.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
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
