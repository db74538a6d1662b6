//! Recovery codes: for whoever has lost a device.

use std::fmt;

use sha2::{Digest, Sha256};
use stack_web::random;

/// How many codes an account has at once.
pub const RECOVERY_CODES: usize = 10;

/// The letters of a code: Crockford's base 32, without letters that look like digits.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a code, of 5 bits each.
const LENGTH: usize = 24;

/// A recovery code: 120 random bits. Each is used once.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new code from the random number generator of the operating system.
    pub fn generate() -> Self {
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
        Self(random::bytes::<LENGTH>().into_iter().map(letter).collect())
    }

    /// Parses a code as people type it: in small or capital letters, with or without separators, `o` for `0`, `l` for `1`.
    pub fn parse(text: &str) -> Option<Self> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let letters = typed.map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        });
        let code: String = letters.collect();
        let valid = code.len() == LENGTH && code.bytes().all(|byte| LETTERS.contains(&byte));
        valid.then_some(Self(code))
    }

    /// The text to write down: six groups of four.
    pub fn to_text(&self) -> String {
        let groups: Vec<&str> = (0..LENGTH)
            .step_by(4)
            .map(|at| &self.0[at..at + 4])
            .collect();
        groups.join("-")
    }

    /// The digest that the database stores.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_parsed_as_people_type_it_and_not_shown_by_debug() {
        let code = RecoveryCode::generate();
        let text = code.to_text();
        assert_eq!(text.len(), 29);
        for typed in [&text, &text.to_uppercase(), &text.replace('-', " ")] {
            assert_eq!(RecoveryCode::parse(typed), Some(code.clone()), "{typed}");
        }
        let typed = text.replace('0', "O").replace('1', "l");
        assert_eq!(RecoveryCode::parse(&typed), Some(code.clone()));
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    }

    #[test]
    fn two_codes_differ_and_what_is_no_code_is_refused() {
        let (a, b) = (RecoveryCode::generate(), RecoveryCode::generate());
        assert!(a != b && a.digest() != b.digest());
        for wrong in ["", "123456", &a.to_text()[1..], &"ü".repeat(12)] {
            assert_eq!(RecoveryCode::parse(wrong), None, "{wrong}");
        }
    }
}
