//! A phone number.

use std::fmt;

use serde::Serialize;

use super::Invalid;

/// An international phone number (E.164): `+` and 7 to 15 digits. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Accepts spaces, `-`, `.`, `/` and parentheses between the digits, and removes them.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid =
            || Invalid::new("must be a number with its country code, such as +49 30 1234567");
        let mut digits = String::from("+");
        let rest = text.trim().strip_prefix('+').ok_or_else(invalid)?;
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '.' | '/' | '(' | ')' => {}
                _ => return Err(invalid()),
            }
        }
        // No country code begins with 0.
        if !(8..=16).contains(&digits.len()) || digits.starts_with("+0") {
            return Err(invalid());
        }
        Ok(Self(digits))
    }

    /// The number: `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_between_the_digits_are_removed() {
        let phone = Phone::parse(" +49 (30) 123-45.67 ").unwrap();
        assert_eq!(phone.as_str(), "+49301234567");
        assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
    }

    #[test]
    fn a_number_that_is_not_international_is_rejected() {
        for text in [
            "",
            "+",
            "030 1234567",
            "+49 30",
            "+0301234567",
            "+1234567890123456",
            "+49 30 CALL ME",
            "+٤٩٣٠١٢٣٤٥٦٧",
        ] {
            assert!(Phone::parse(text).is_err(), "`{text}` was accepted");
        }
    }
}
