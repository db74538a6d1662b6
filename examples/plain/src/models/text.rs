//! Validation of text input.

use std::ops::RangeInclusive;

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
