//! A person with an account.

use serde::Serialize;
use time::OffsetDateTime;

use super::{Email, FieldErrors, Invalid, Password, UserId, text};

/// A person with an account. The password is no part of it.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// The address to log in with, known to its owner only.
    pub email: Email,
    /// The name that others see.
    pub display_name: DisplayName,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// The name that others see: one line of 1 to 60 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text, 1..=60).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What it takes to make an account.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The address to log in with.
    pub email: Email,
    /// The name that others see.
    pub display_name: DisplayName,
    /// The password to log in with.
    pub password: Password,
}

impl Registration {
    /// Checks every field and reports all that are wrong.
    pub fn parse(email: &str, display_name: &str, password: &str) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = errors.check("email", Email::parse(email));
        let display_name = errors.check("display_name", DisplayName::parse(display_name));
        let password = errors.check("password", Password::parse(password));
        match (email, display_name, password) {
            (Some(email), Some(display_name), Some(password)) => Ok(Self {
                email,
                display_name,
                password,
            }),
            _ => Err(errors),
        }
    }
}
