//! A telephone number.

use std::fmt;

use serde::Serialize;

use super::Invalid;

/// A telephone number as the whole world dials it (E.164): `+` and 7 to 15 digits. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Accepts what people put between the digits: spaces, `-`, `.`, `/`, brackets.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("must be a number with its country, such as +49 30 1234567");
        let mut digits = String::from("+");
        let rest = text.trim().strip_prefix('+').ok_or_else(wrong)?;
        for c in rest.chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '-' | '.' | '/' | '(' | ')' => {}
                _ => return Err(wrong()),
            }
        }
        // No country's code begins with 0.
        if !(8..=16).contains(&digits.len()) || digits.starts_with("+0") {
            return Err(wrong());
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
    fn what_stands_between_the_digits_is_left_out() {
        let phone = Phone::parse(" +49 (30) 123-45.67 ").unwrap();
        assert_eq!(phone.as_str(), "+49301234567");
        assert_eq!(Phone::parse(phone.as_str()), Ok(phone));
    }

    #[test]
    fn what_is_no_number_of_the_whole_world_is_refused() {
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
