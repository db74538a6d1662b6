//! Accounts that people have at a provider, and log-ins that are under way there.

use time::OffsetDateTime;

use super::{DisplayName, Email, IdentityId, UserId};

/// An account at a provider that a user can log in with.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The connection's id.
    pub id: IdentityId,
    /// The address of the account when it was connected, for people to recognize it. May be empty.
    pub email: String,
    /// When it was connected.
    pub created_at: OffsetDateTime,
}

/// What a provider says about somebody who has logged in there. The ID token that says it was verified.
#[derive(Clone, Debug)]
pub struct ProviderAccount {
    /// The provider.
    pub issuer: String,
    /// Identifies the account at the provider, for ever. Nothing else does: addresses and names change hands.
    pub subject: String,
    /// The address.
    pub email: Option<Email>,
    /// Whether the provider says that the address belongs to this person.
    pub email_confirmed: bool,
    /// The name.
    pub display_name: Option<DisplayName>,
}

impl ProviderAccount {
    /// The address, if it is known to belong to this person.
    pub fn confirmed_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.email_confirmed)
    }
}

/// What somebody was sent to the provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To log in, or to create an account.
    LogIn,
    /// To connect the account there with that of the user here.
    Connect(UserId),
    /// To confirm that it is the user, before what matters.
    Confirm(UserId),
}

/// A visitor who was sent to the provider and has not come back yet.
#[derive(Clone)]
pub struct LogInAttempt {
    /// What for.
    pub purpose: Purpose,
    /// The page to go to afterwards.
    pub next: String,
    /// The ID token has it too, so that a token of another attempt is refused.
    pub nonce: String,
    /// The secret of PKCE, without which the code of the provider is of no use.
    pub code_verifier: String,
}
