//! Users and their registration.

use serde::Serialize;
use time::OffsetDateTime;

use super::{Email, FieldErrors, Invalid, Password, UserId, text};

/// A user with an account, without the password.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The address to log in with. Only the user may see it.
    pub email: Email,
    /// The public name.
    pub display_name: DisplayName,
    /// When the account was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// The public name of a user: one line of 1 to 60 characters.
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

/// The validated input of a registration.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The address to log in with.
    pub email: Email,
    /// The public name.
    pub display_name: DisplayName,
    /// The password to log in with.
    pub password: Password,
}

impl Registration {
    /// Validates all fields, and reports every invalid one.
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
