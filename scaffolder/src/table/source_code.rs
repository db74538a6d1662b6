//! What of a Rust source is code: without comments, and without what stands in strings.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w+").expect("a pattern"));

/// The text with a space in the place of every comment; strings stay as they are.
pub(super) fn without_comments(text: &str) -> String {
    pieces(text, false)
}

/// Every word of the code that stands for something by itself: keywords, names and numbers, but no word of a comment or a
/// string, and none behind `::`, unless it ends a `use`.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let code = pieces(text, true);
    let found = WORD.find_iter(&code);
    let found = found.filter(|word| !code[..word.start()].ends_with("::") || code[word.end()..].starts_with(';'));
    found.map(|word| word.as_str().to_owned()).collect()
}

fn pieces(text: &str, strings_too: bool) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (length, is_code) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), false)
        } else if next == '"' {
            (string(rest), !strings_too)
        } else if let Some(length) = raw_string(rest).filter(|_| !code.ends_with(is_of_a_word)) {
            (length, !strings_too)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            // The only characters that would be taken for the beginning of a string.
            (rest[1..].find('\'').map_or(1, |end| end + 2), true)
        } else {
            (next.len_utf8(), true)
        };
        code.push_str(if is_code { &rest[..length] } else { " " });
        rest = &rest[length..];
    }
    code
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment, in which there may be others.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of `r"…"` or `r#"…"#`.
fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let fences = rest.len() - rest.trim_start_matches('#').len();
    let inside = rest[fences..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(fences));
    Some(inside.find(&end).map_or(text.len(), |at| 1 + fences + 1 + at + end.len()))
}

/// Where the first parenthesis of a text is closed, strings and comments aside.
pub(super) fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    let (mut in_string, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '(' if !in_string => depth += 1,
            ')' if !in_string => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_code_and_strings_are_no_comments() {
        let text = "a // \"b\nlet c = \"// d\"; /* e /* f */ g */ h '\"' r#\"i \" // j\"# k \"\\\"// l\" // m";
        assert_eq!(without_comments(text), "a  \nlet c = \"// d\";   h '\"' r#\"i \" // j\"# k \"\\\"// l\"  ");
        assert_eq!(words(text).into_iter().collect::<Vec<_>>(), ["a", "c", "h", "k", "let"]);
    }
}
