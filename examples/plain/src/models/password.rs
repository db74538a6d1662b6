//! Passwords, which are never printed.

use std::fmt;

use super::{Invalid, text};

/// A password as it was typed. `Debug` does not show it, and there is no `Display`.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// The rule for new passwords: 10 to 200 characters, of any kind.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::within(text, 10..=200)?;
        Ok(Self(text.to_owned()))
    }

    /// A password to compare with a stored one. The rule for new ones does not apply: it may have been
    /// another one when this one was chosen. Longer than any rule ever allowed is refused, which bounds the work.
    pub fn attempt(text: &str) -> Option<Self> {
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

/// What is stored of a password: a PHC string with algorithm, cost, salt and hash.
#[derive(Clone)]
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
        let password = Password::parse("correct horse battery").unwrap();
        assert_eq!(format!("{password:?}"), "Password(…)");
    }

    #[test]
    fn a_short_password_is_refused_when_it_is_new_but_can_be_tried() {
        assert!(Password::parse("short").is_err());
        assert!(Password::attempt("short").is_some());
        assert!(Password::attempt(&"x".repeat(2000)).is_none());
    }
}
