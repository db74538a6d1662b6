//! An e-mail address.

use std::fmt;

use serde::Serialize;

use super::{Invalid, text};

/// An e-mail address in lower case, so that a mailbox has at most one account.
///
/// The validation is lenient on purpose: only a delivered message proves that an address exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Accepts `local@domain` with a dot in the domain, at most 254 characters, no white space.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let address = text::line(text, 1..=254)?.to_lowercase();
        let looks_right = address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.split('.').count() > 1
                && domain.split('.').all(|label| !label.is_empty())
        });
        if !looks_right || address.contains(char::is_whitespace) {
            return Err(Invalid::new(
                "must be an e-mail address, such as ada@example.com",
            ));
        }
        // Lower case can be longer than the original.
        text::within(&address, 1..=254)?;
        Ok(Self(address))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_converted_to_lower_case() {
        assert_eq!(
            Email::parse("  Ada@Example.COM ").unwrap().as_str(),
            "ada@example.com"
        );
    }

    #[test]
    fn a_text_that_is_not_an_address_is_rejected() {
        let long = format!("{}@example.com", "a".repeat(254));
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "a b@example.com",
            &long,
        ] {
            assert!(Email::parse(text).is_err(), "`{text}` was accepted");
        }
        for text in ["a@b@c.d", "ada@.com", "ada@example.", "ada\0@example.com"] {
            assert!(Email::parse(text).is_err(), "`{text}` was accepted");
        }
    }
}
