//! An e-mail address.

use std::fmt;

use serde::Serialize;

use super::{Invalid, text};

/// An e-mail address in lower case and NFC, without characters that only look like others, so that a mailbox has at most one
/// account.
///
/// The validation is lenient on purpose: only a delivered message proves that an address exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Accepts `local@domain` with a dot in the domain, at most 254 characters, no white space.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let Self(address) = Self::for_login(text)?;
        let misleads = text::has_compatibility_characters(&address)
            || address.contains(|c: char| c.is_whitespace() || text::is_invisible(c));
        if misleads {
            return Err(not_an_address());
        }
        Ok(Self(address))
    }

    /// An address to look an account up with. An account from before a rule of [`parse`](Self::parse) can be found: it may
    /// have characters that only look like others.
    pub fn for_login(text: &str) -> Result<Self, Invalid> {
        let address = text::composed(&text::line(text, 1..=254)?.to_lowercase());
        let looks_right = address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.split('.').count() > 1
                && domain.split('.').all(|label| !label.is_empty())
        });
        if !looks_right {
            return Err(not_an_address());
        }
        // Lower case can be longer than the original.
        text::within(&address, 1..=254)?;
        Ok(Self(address))
    }

    /// An address of the database, which may be older than a rule of [`parse`](Self::parse).
    pub fn stored(address: String) -> Self {
        Self(address)
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in NFD, in which version 0.5 stored it if it was typed so.
    pub fn decomposed(&self) -> String {
        text::decomposed(&self.0)
    }
}

fn not_an_address() -> Invalid {
    Invalid::new("must be an e-mail address, such as ada@example.com")
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
    fn an_address_has_one_form() {
        let forms = [
            ("K@example.com", "k@example.com"),
            ("\u{212a}@example.com", "k@example.com"),
            ("zoe\u{308}@example.com", "zo\u{eb}@example.com"),
            ("ZOE\u{308}@EXAMPLE.COM", "zo\u{eb}@example.com"),
        ];
        for (text, address) in forms {
            assert_eq!(Email::parse(text).unwrap().as_str(), address);
        }
        for text in [
            "ada\u{200b}@example.com",
            "ada\u{202e}@example.com",
            "ada\u{200d}@example.com",
            "ａda@example.com",
            "oﬃce@example.com",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?} was accepted");
        }
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
