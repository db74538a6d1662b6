//! Validation of text input.

use std::ops::RangeInclusive;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use icu_properties::{CodePointSetData, props::DefaultIgnorableCodePoint};

use super::Invalid;

/// One line of text: trimmed, without control characters, and with a number of characters in `length`.
pub(super) fn line(text: &str, length: RangeInclusive<usize>) -> Result<String, Invalid> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(Invalid::new("must not contain control characters"));
    }
    within(text, length)?;
    Ok(text.to_owned())
}

/// A name that others read: one [`line`] in NFC, with single spaces, and without invisible characters, so that no two names
/// that differ look the same. What joins the parts of a letter or an emoji is allowed.
pub(super) fn name(text: &str, length: RangeInclusive<usize>) -> Result<String, Invalid> {
    const JOINERS: [char; 2] = ['\u{200C}', '\u{200D}'];
    const VARIANTS: RangeInclusive<char> = '\u{FE00}'..='\u{FE0F}';

    let line = line(text, 0..=usize::MAX)?;
    if !line.is_empty() && line.chars().all(|c| is_invisible(c) || c.is_whitespace()) {
        return Err(Invalid::new("must have a visible character"));
    }
    let joins = |c| JOINERS.contains(&c) || VARIANTS.contains(&c);
    if line.chars().any(|c| is_invisible(c) && !joins(c)) {
        return Err(Invalid::new("must not contain invisible characters"));
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let name = composed(&words.join(" "));
    within(&name, length)?;
    Ok(name)
}

/// Whether a character is not shown: a zero-width space, a mark that turns the direction of the text.
pub(super) fn is_invisible(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// The text in NFC: a letter and its accent are one character, and the Kelvin sign is a K.
pub(super) fn composed(text: &str) -> String {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    nfc.normalize(text).into_owned()
}

/// The text in NFD: a letter and its accent are two characters.
pub(super) fn decomposed(text: &str) -> String {
    let nfd = DecomposingNormalizerBorrowed::new_nfd();
    nfd.normalize(text).into_owned()
}

/// Whether NFKC replaces a character of the text, such as `ﬁ` and full-width letters, which look like others.
pub(super) fn has_compatibility_characters(text: &str) -> bool {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    nfkc.normalize(text) != composed(text)
}

/// Several lines of text. The `\r\n` that forms send becomes `\n`.
pub(super) fn lines(text: &str, length: RangeInclusive<usize>) -> Result<String, Invalid> {
    let text = text.replace("\r\n", "\n");
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(Invalid::new("must not contain control characters"));
    }
    within(&text, length)?;
    Ok(text)
}

/// Checks the number of characters, which PostgreSQL's `length` counts too.
pub(super) fn within(text: &str, length: RangeInclusive<usize>) -> Result<(), Invalid> {
    let (least, most) = length.into_inner();
    match text.chars().count() {
        0 if least > 0 => Err(Invalid::new("must not be empty")),
        count if count < least => Err(Invalid::new(format!(
            "must have at least {least} characters"
        ))),
        count if count > most => Err(Invalid::new(format!("must have at most {most} characters"))),
        _ => Ok(()),
    }
}
