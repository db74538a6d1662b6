//! Words as a shell takes them.

use std::path::Path;

/// A path as a word of a command: [`word`].
#[must_use]
pub fn path(path: &Path) -> String {
    word(&path.to_string_lossy())
}

/// A word of a command as it can be pasted into a shell: in quotes if something in it means something there.
#[must_use]
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
