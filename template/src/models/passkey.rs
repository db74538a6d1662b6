//! Passkeys, and the challenges that devices sign.

use time::OffsetDateTime;

use super::{
    Invalid, PasskeyId, text,
    token::{Token, TokenKind},
};

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

/// The token by which a browser names the challenge that its device has signed: the value of a cookie.
pub type ChallengeToken = Token<OfChallenge>;

/// The kind of a [`ChallengeToken`].
#[derive(Clone, PartialEq, Eq)]
pub enum OfChallenge {}

impl TokenKind for OfChallenge {
    const NAME: &'static str = "ChallengeToken";
}
