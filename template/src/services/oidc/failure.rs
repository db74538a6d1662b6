//! Why a log-in with the provider failed.

use std::{error::Error as StdError, fmt};

use openidconnect::{
    ClaimsVerificationError, DiscoveryError, RequestTokenError,
    core::{CoreErrorResponseType, CoreRequestTokenError},
};
use stack_db::SqlxCause;

use crate::error::{Error, error_chain};

/// Why a log-in with the provider failed, as far as the person can do something about it. The cause is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The person has cancelled it at the provider.
    Denied,
    /// The provider does not respond, or says that it cannot log in anybody now.
    Unreachable,
    /// No such attempt was begun in this browser, or it has expired or was used.
    UnknownAttempt,
    /// The provider knows this application under other settings.
    Misconfigured,
    /// What the provider says was made for somebody else, or not by the provider.
    Untrusted,
    /// It has expired already: one of the two clocks is wrong.
    Clock,
    /// The provider does not say that the address belongs to the person.
    EmailNotConfirmed,
    /// There is an account with this address, of which is not known whose it is.
    AccountNotConfirmed,
    /// It is connected with another account here.
    Taken,
    /// It is not connected with the account of the user, who has to confirm who they are.
    NotConnected,
    /// The provider does not say that the person has logged in there just now.
    NotRecent,
}

impl Failure {
    const ALL: [(Self, &str); 11] = [
        (Self::Denied, "denied"),
        (Self::Unreachable, "unreachable"),
        (Self::UnknownAttempt, "unknown-attempt"),
        (Self::Misconfigured, "misconfigured"),
        (Self::Untrusted, "untrusted"),
        (Self::Clock, "clock"),
        (Self::EmailNotConfirmed, "email-not-confirmed"),
        (Self::AccountNotConfirmed, "account-not-confirmed"),
        (Self::Taken, "taken"),
        (Self::NotConnected, "not-connected"),
        (Self::NotRecent, "not-recent"),
    ];

    /// The failure of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, known)| *known == name)
            .map(|(failure, _)| *failure)
    }

    /// The error that the provider has sent a visitor back with.
    pub(super) fn of_response(error: &str) -> Self {
        match error {
            "access_denied" => Self::Denied,
            "server_error" | "temporarily_unavailable" => Self::Unreachable,
            _ => Self::Misconfigured.because(&Refused(error.chars().take(100).collect())),
        }
    }

    /// The error of exchanging the code.
    pub(super) fn of_exchange<E: StdError + 'static>(error: &CoreRequestTokenError<E>) -> Self {
        match error {
            RequestTokenError::Request(_) => Self::Unreachable,
            RequestTokenError::ServerResponse(response) => match response.error() {
                CoreErrorResponseType::InvalidGrant => Self::UnknownAttempt,
                _ => Self::Misconfigured,
            },
            _ => Self::Unreachable,
        }
        .because(error)
    }

    /// The error of asking for the provider's configuration.
    pub(super) fn of_discovery<E: StdError + 'static>(error: &DiscoveryError<E>) -> Self {
        match error {
            DiscoveryError::Validation(_) => Self::Misconfigured,
            _ => Self::Unreachable,
        }
        .because(error)
    }

    /// The error of verifying an ID token.
    pub(super) fn of_claims(error: &ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::Expired(_) => Self::Clock,
            ClaimsVerificationError::InvalidAuthTime(_) => Self::NotRecent,
            _ => Self::Untrusted,
        }
        .because(error)
    }

    /// [`Misconfigured`](Self::Misconfigured), with the cause in the log.
    pub(super) fn logged(error: impl StdError + 'static) -> Self {
        Self::Misconfigured.because(&error)
    }

    /// [`Unreachable`](Self::Unreachable), likewise.
    pub(super) fn unreachable(error: impl StdError + 'static) -> Self {
        Self::Unreachable.because(&error)
    }

    fn because(self, error: &(dyn StdError + 'static)) -> Self {
        let failure = self.to_string();
        tracing::warn!(
            failure,
            error = error_chain(error),
            "a log-in with the provider failed"
        );
        self
    }
}

/// The name, for addresses and logs.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = Self::ALL.iter();
        let found = all.find(|(failure, _)| failure == self);
        f.write_str(found.map_or("", |(_, name)| *name))
    }
}

/// The error that the provider has sent.
#[derive(Debug, thiserror::Error)]
#[error("the provider has sent {0:?}")]
struct Refused(String);

/// A [`Failure`], or an error of the application.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The log-in failed.
    #[error("the log-in with the provider failed: {0}")]
    Failed(Failure),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<Failure> for OidcError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<sqlx::Error> for OidcError {
    fn from(error: sqlx::Error) -> Self {
        Self::Other(error.into())
    }
}

impl SqlxCause for OidcError {
    fn sqlx_cause(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Failed(_) => None,
            Self::Other(error) => error.sqlx_cause(),
        }
    }
}
