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
    /// More about it, for people, such as which device. May be empty.
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
{%- if teams %}
    /// The user joined or left a team, or changed who is in one.
    Team,
{%- endif %}
}

impl EventKind {
    /// Every kind with its stored name, and its title for the user.
{%- if teams %}
    const ALL: [(Self, &str, &str); 15] = [
{%- else %}
    const ALL: [(Self, &str, &str); 14] = [
{%- endif %}
        (Self::AccountDeletion, "account_deletion", "Account deleted"),
        (Self::Confirmation, "confirmation", "Confirmation"),
        (Self::EmailChange, "email_change", "Change of address"),
        (
            Self::EmailConfirmation,
            "email_confirmation",
            "Address confirmed",
        ),
        (Self::Limit, "limit", "Too many attempts"),
        (Self::LogIn, "log_in", "Log-in"),
        (Self::LogOut, "log_out", "Log-out"),
        (Self::MethodAdded, "method_added", "Way to log in added"),
        (
            Self::MethodRemoved,
            "method_removed",
            "Way to log in removed",
        ),
        (
            Self::PasswordChange,
            "password_change",
            "Change of password",
        ),
        (Self::PasswordReset, "password_reset", "Reset of password"),
        (Self::PhoneChange, "phone_change", "Change of phone number"),
        (Self::Registration, "registration", "Account created"),
        (Self::SessionEnd, "session_end", "Logged out elsewhere"),
{%- if teams %}
        (Self::Team, "team", "Team"),
{%- endif %}
    ];

    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().map(|(kind, ..)| *kind)
    }

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.texts().0
    }

    /// What was tried, for the user of the account.
    pub fn title(self) -> &'static str {
        self.texts().1
    }

    /// The kind of a stored name.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        let found = Self::all().find(|kind| kind.name() == name);
        found.ok_or(Invalid::new("is not a kind of event"))
    }

    fn texts(self) -> (&'static str, &'static str) {
        let found = Self::ALL.iter().find(|(kind, ..)| *kind == self);
        found.map_or(("", ""), |(_, name, title)| (name, title))
    }
}
