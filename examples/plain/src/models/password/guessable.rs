//! Passwords that somebody who guesses tries first.

use std::{collections::HashSet, sync::LazyLock};

use super::Invalid;

/// The 10,000 most used passwords of at least four characters: the head of the list of zxcvbn (MIT licence, copyright 2012-2016
/// Dan Wheeler and Dropbox, Inc.), whose source is a collection in the public domain.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common.txt").split_whitespace().collect());

/// What this application is called.
const PRODUCT: [&str; 2] = [env!("APP_NAME"), env!("CARGO_PKG_DESCRIPTION")];

/// So many characters must be there beside the words that others know or try first.
const LEAST_REST: usize = 8;

/// Shorter words are part of too many others.
const LEAST_WORD: usize = 4;

/// Rejects a password that is common, or made of `own_words` or of the name of this application.
pub(super) fn check(password: &str, own_words: &[&str]) -> Result<(), Invalid> {
    let password = password.to_lowercase();
    if is_common(&password) {
        return Err(Invalid::new(
            "is easy to guess; use several words that have nothing to do with each other",
        ));
    }
    let texts = own_words.iter().chain(&PRODUCT);
    let mut words: Vec<String> = texts
        .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= LEAST_WORD)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words
        .iter()
        .fold(password.clone(), |rest, word| rest.replace(word, ""));
    if rest != password && rest.chars().count() < LEAST_REST {
        return Err(Invalid::new(
            "is too much like your name, your address or the name of this site; use other words",
        ));
    }
    Ok(())
}

/// Whether it is a common password, perhaps repeated, with digits and signs around it, or with some in the place of letters.
fn is_common(password: &str) -> bool {
    let is_sign = |letter: char| !letter.is_alphabetic();
    let word = password.trim_matches(is_sign);
    let end = password.trim_end_matches(is_sign);
    let mut cores = vec![password, word];
    let letters = [letters(word), letters(end)];
    cores.extend(letters.iter().map(String::as_str));
    let length = password.chars().count();
    cores.into_iter().any(|core| {
        let unit = repeated_unit(core);
        let rest = length - core.chars().count();
        let is_short = unit.len() < core.len() && unit.chars().count() < LEAST_WORD;
        rest < LEAST_REST && (is_short || COMMON.contains(core) || COMMON.contains(unit))
    })
}

/// The letters that digits and signs stand for.
fn letters(text: &str) -> String {
    let letter = |sign| match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        letter => letter,
    };
    text.chars().map(letter).collect()
}

/// What `text` is a repetition of; if of nothing shorter, itself.
fn repeated_unit(text: &str) -> &str {
    let ends = text.char_indices().map(|(end, _)| end).skip(1);
    let mut units = ends.map(|end| &text[..end]);
    let unit = units.find(|unit| {
        let times = text.len() / unit.len();
        unit.repeat(times) == text
    });
    unit.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_used_passwords_and_what_is_made_of_one_are_rejected() {
        for password in [
            "1234567890",
            "qwertyuiop",
            "Password123",
            "P@ssw0rd2024!",
            "$unshine2024",
            "iloveyou!!!",
            "passwordpassword",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
        ] {
            assert!(check(password, &[]).is_err(), "`{password}` was accepted");
        }
        assert_eq!(COMMON.len(), 10_000);
    }

    #[test]
    fn the_words_of_the_account_are_no_password() {
        let own = ["ada.lovelace@analytical.example", "Ada Lovelace"];
        for password in ["Lovelace1843", "ADALOVELACE!", "analytical.ada"] {
            assert!(check(password, &own).is_err(), "`{password}` was accepted");
            assert!(check(password, &[]).is_ok(), "`{password}` was rejected");
        }
    }

    #[test]
    fn long_ones_of_several_words_of_any_language_are_accepted() {
        let own = ["ada.lovelace@example.com", "Ada Lovelace"];
        for password in [
            "correct horse battery",
            "analytical engine",
            "lovelace weaves algebraic patterns",
            "пароль из нескольких слов",
            "正確的馬電池訂書釘很長",
            "dragon 9f31c07b5a",
        ] {
            assert!(check(password, &own).is_ok(), "`{password}` was rejected");
        }
    }
}
