//! Characters that do not show themselves, where others could be deceived by them.

/// Whether a character moves the cursor, the colours or the order of what is shown, where others show themselves.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    // The Unicode ones end a line, or turn the direction of what follows (UAX #9).
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether it is one of those, or is not seen at all.
fn is_invisible(c: char) -> bool {
    is_hidden(c) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A text from elsewhere for a terminal: `\u{1b}` in place of the character.
#[must_use]
pub fn escaped(text: &str) -> String {
    spelled_out(text, is_hidden)
}

/// A stranger's text as it is safe to read: what joins letters or cannot be seen is spelled out too.
#[must_use]
pub fn visible(text: &str) -> String {
    spelled_out(text, is_invisible)
}

fn spelled_out(text: &str, is_spelled: fn(char) -> bool) -> String {
    text.chars().map(|c| if is_spelled(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_is_shown_instead() {
        assert_eq!(escaped("a\u{1b}[2J\u{202e}b\n"), "a\\u{1b}[2J\\u{202e}b\\u{a}");
        assert_eq!(escaped("Zoë 李 <zoe@example.org>"), "Zoë 李 <zoe@example.org>");
    }

    #[test]
    fn of_a_strangers_text_nothing_is_unseen() {
        assert_eq!(visible("a\u{200b}b\u{feff}\u{2060}\u{202e}"), "a\\u{200b}b\\u{feff}\\u{2060}\\u{202e}");
    }
}
