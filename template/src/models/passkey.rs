//! Passkeys, and the challenges that devices sign.

use time::OffsetDateTime;

use super::{Invalid, PasskeyId, SessionToken, TokenDigest, text};

/// A passkey of a user, without its public key.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// The passkey's id, which is not that of the device.
    pub id: PasskeyId,
    /// What the user calls it.
    pub name: PasskeyName,
    /// When it was added.
    pub created_at: OffsetDateTime,
    /// When somebody last logged in with it.
    pub last_used_at: Option<OffsetDateTime>,
}

/// The name of a passkey: one line of 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyName(String);

impl PasskeyName {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text, 1..=60).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The token by which a browser names the challenge that its device has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeToken(SessionToken);

impl ChallengeToken {
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
