//! Passwords and their hashes.

mod guessable;

use std::fmt;

use super::{Invalid, text};

/// A password in plain text. `Debug` does not show it, and there is no `Display`.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Validates a new password: 10 to 200 characters of any kind, not one of those that are tried first, and not made of
    /// `own_words`: the name and the address of its owner, which others know.
    pub fn parse(text: &str, own_words: &[&str]) -> Result<Self, Invalid> {
        text::within(text, 10..=200)?;
        guessable::check(text, own_words)?;
        Ok(Self(text.to_owned()))
    }

    /// A password to verify. The rule for new passwords does not apply, since it may have changed since this password was
    /// chosen. `None` if it has more than 1,024 bytes, which limits the work of hashing it.
    pub fn for_login(text: &str) -> Option<Self> {
        (text.len() <= 1024).then(|| Self(text.to_owned()))
    }

    /// The bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The stored hash of a password: a PHC string with algorithm, cost, salt and hash.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let password = Password::parse("correct horse battery", &[]).unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
    }

    #[test]
    fn a_short_password_is_rejected_as_a_new_one_but_can_be_verified() {
        assert!(Password::parse("short", &[]).is_err());
        assert!(Password::for_login("short").is_some());
        assert!(Password::for_login(&"x".repeat(2000)).is_none());
    }
}
