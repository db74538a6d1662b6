//! Events of the security log.

use time::OffsetDateTime;

use super::{ClientInfo, Invalid, SecurityEventId};

/// What happened in an account: what, from where, when, and with which result.
#[derive(Clone, Debug)]
pub struct SecurityEvent {
    /// The event's id.
    pub id: SecurityEventId,
    /// What was tried.
    pub kind: EventKind,
    /// Whether it succeeded.
    pub outcome: Outcome,
    /// From where.
    pub client: ClientInfo,
    /// More about it, for people, such as which passkey. May be empty.
    pub details: String,
    /// When.
    pub created_at: OffsetDateTime,
}

/// Whether it succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused.
    Failure,
}

impl Outcome {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }

    /// The outcome of a stored name.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        let found = [Self::Success, Self::Failure].into_iter();
        let mut found = found.filter(|outcome| outcome.name() == name);
        found.next().ok_or(Invalid::new("is not an outcome"))
    }
}

/// What was tried. The constraint `security_events_kind_check` has the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The account was deleted.
    AccountDeletion,
    /// The user proved again who they are, before something that matters.
    Confirmation,
    /// The e-mail address was changed.
    EmailChange,
    /// The e-mail address was confirmed.
    EmailConfirmation,
    /// A limit was reached, such as that of log-in attempts.
    Limit,
    /// A log-in.
    LogIn,
    /// A log-out.
    LogOut,
    /// Another way to log in was added.
    MethodAdded,
    /// A way to log in was removed.
    MethodRemoved,
    /// The password was changed.
    PasswordChange,
    /// A reset of the password was requested.
    PasswordReset,
    /// The phone number was changed or removed.
    PhoneChange,
    /// The account was created.
    Registration,
    /// A session was ended from another one.
    SessionEnd,
}

impl EventKind {
    /// Every kind with its stored name, and a sentence for the user about its success and its failure.
    const ALL: [(Self, &str, &str, &str); 14] = [
        (
            Self::AccountDeletion,
            "account_deletion",
            "The account was deleted",
            "The account could not be deleted",
        ),
        (
            Self::Confirmation,
            "confirmation",
            "You confirmed who you are",
            "Somebody failed to confirm who they are",
        ),
        (
            Self::EmailChange,
            "email_change",
            "The e-mail address was changed",
            "The e-mail address could not be changed",
        ),
        (
            Self::EmailConfirmation,
            "email_confirmation",
            "The e-mail address was confirmed",
            "The e-mail address could not be confirmed",
        ),
        (
            Self::Limit,
            "limit",
            "A limit was raised",
            "There were too many attempts",
        ),
        (Self::LogIn, "log_in", "Logged in", "A log-in failed"),
        (Self::LogOut, "log_out", "Logged out", "A log-out failed"),
        (
            Self::MethodAdded,
            "method_added",
            "A way to log in was added",
            "A way to log in could not be added",
        ),
        (
            Self::MethodRemoved,
            "method_removed",
            "A way to log in was removed",
            "A way to log in could not be removed",
        ),
        (
            Self::PasswordChange,
            "password_change",
            "The password was changed",
            "The password could not be changed",
        ),
        (
            Self::PasswordReset,
            "password_reset",
            "A reset of the password was requested",
            "A reset of the password failed",
        ),
        (
            Self::PhoneChange,
            "phone_change",
            "The phone number was changed",
            "The phone number could not be changed",
        ),
        (
            Self::Registration,
            "registration",
            "The account was created",
            "The account could not be created",
        ),
        (
            Self::SessionEnd,
            "session_end",
            "A session was ended",
            "A session could not be ended",
        ),
    ];

    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().map(|(kind, ..)| *kind)
    }

    /// The stored name.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(kind, ..)| *kind == self)
            .map_or("", |(_, name, ..)| name)
    }

    /// The kind of a stored name.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        let found = Self::all().find(|kind| kind.name() == name);
        found.ok_or(Invalid::new("is not a kind of event"))
    }

    /// What happened, for the user of the account.
    pub fn describe(self, outcome: Outcome) -> &'static str {
        let mut all = Self::ALL.iter();
        let found = all.find(|(kind, ..)| *kind == self);
        found.map_or("", |(.., success, failure)| match outcome {
            Outcome::Success => success,
            Outcome::Failure => failure,
        })
    }
}
