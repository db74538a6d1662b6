//! Users and their registration.

use serde::Serialize;
use time::OffsetDateTime;

use super::{Email, FieldErrors, Invalid, Password, UserId, text};

/// A user with an account, without the password.
{%- if openapi %}
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
{%- else %}
#[derive(Clone, Debug, Serialize)]
{%- endif %}
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

impl User {
    /// What others know of the user, see [`Password::parse`].
    pub fn own_words(&self) -> [&str; 2] {
        [self.email.as_str(), self.display_name.as_str()]
    }
}

/// The public name of a user: one line of 1 to 60 characters, none of them invisible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    /// Trims `text`, and checks its length and characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::name(text, 1..=60).map(Self)
    }

    /// A name of the database, which may be older than a rule of [`parse`](Self::parse).
    pub fn stored(name: String) -> Self {
        Self(name)
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
        let password = Password::parse(password, &[email, display_name]);
        let email = errors.check("email", Email::parse(email));
        let display_name = errors.check("display_name", DisplayName::parse(display_name));
        let password = errors.check("password", password);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same_are_the_same() {
        let name = |text| DisplayName::parse(text).unwrap().0;
        assert_eq!(name("Zoe\u{308}"), "Zo\u{eb}");
        assert_eq!(name(" Ada \u{a0} Lovelace"), "Ada Lovelace");
        for text in [
            "Ada\u{200b}",
            "Ada\u{202e}",
            "\u{feff}Ada",
            "\u{200d}",
            "\u{3164}",
        ] {
            assert!(DisplayName::parse(text).is_err(), "{text:?} was accepted");
        }
        for text in ["👩\u{200d}🔬", "❤\u{fe0f}", "می\u{200c}خواهم", "李", "José"] {
            assert!(DisplayName::parse(text).is_ok(), "{text} was refused");
        }
    }
}
