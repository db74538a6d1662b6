//! Where statements begin in a text of SQL.
//!
//! Only for naming a line in an error. Execution leaves the splitting to the server, so a mistake
//! here costs no more than a wrong line number.

/// The line, from 1, on which each statement begins.
pub(super) fn lines(sql: &str) -> impl Iterator<Item = usize> {
    let mut found = Vec::new();
    let mut inside = false;
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.starts_with(char::is_whitespace);
        let comment = rest.starts_with("--") || rest.starts_with("/*");
        let length = token(rest);
        if rest.starts_with(';') {
            inside = false;
        } else if !inside && !blank && !comment {
            inside = true;
            found.push(sql.get(..at).unwrap_or_default().matches('\n').count() + 1);
        }
        at += length;
    }
    found.into_iter()
}

/// The length in bytes of what begins here: a comment, a quoted text, or one character.
fn token(rest: &str) -> usize {
    let up_to = |end: &str, from: usize| {
        rest.get(from..)
            .and_then(|tail| tail.find(end))
            .map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("--") {
        return up_to("\n", 2);
    }
    if rest.starts_with("/*") {
        return comment(rest);
    }
    let mut characters = rest.chars();
    match characters.next() {
        Some(quote @ ('\'' | '"')) => up_to(quote.encode_utf8(&mut [0; 4]), 1),
        Some('e' | 'E') if characters.next() == Some('\'') => escaped(rest),
        Some('$') => {
            // $$ or $tag$; a parameter such as $1 is not one.
            let tag = rest
                .get(1..)
                .and_then(|tail| tail.split_once('$'))
                .map(|(tag, _)| tag);
            match tag.filter(|tag| {
                !tag.starts_with(|c: char| c.is_ascii_digit())
                    && tag.chars().all(|c| c.is_alphanumeric() || c == '_')
            }) {
                Some(tag) => up_to(&format!("${tag}$"), tag.len() + 2),
                None => 1,
            }
        }
        // A whole word at once, so that the `e` at the end of one is not taken for `e'…'`.
        Some(c) if c.is_alphanumeric() || c == '_' => rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(rest.len()),
        Some(c) => c.len_utf8(),
        None => 0,
    }
}

/// The length of a block comment; they nest.
fn comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        let step = if tail.starts_with("/*") {
            depth += 1;
            2
        } else if tail.starts_with("*/") {
            depth -= 1;
            2
        } else {
            tail.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of `e'…'`, in which a backslash protects the next character.
fn escaped(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(2);
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '\'' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(sql: &str) -> Vec<usize> {
        lines(sql).collect()
    }

    #[test]
    fn a_statement_begins_at_its_first_word_and_not_at_a_comment_before_it() {
        assert_eq!(
            all("-- first\n\nselect 1;\n/* a /* nested */ ; */\nselect 2"),
            [3, 5]
        );
    }

    #[test]
    fn a_semicolon_in_quotes_ends_nothing() {
        assert_eq!(
            all("select ';', \"a;b\", 'it''s;', e'\\';';\nselect 2;"),
            [1, 2]
        );
    }

    #[test]
    fn a_function_body_in_dollars_is_one_piece() {
        let sql = "create function f() returns int as $body$\n select 1;\n select $1;\n$body$;\nselect 2;";
        assert_eq!(all(sql), [1, 5]);
        assert_eq!(
            all("do $$ begin; end $$;\nselect $1, $2;\nselect 3"),
            [1, 2, 3]
        );
    }

    #[test]
    fn empty_statements_and_an_open_quote_do_no_harm() {
        assert_eq!(all(";;\n;"), Vec::<usize>::new());
        assert_eq!(all("select 'open;\nselect 2;"), [1]);
        assert_eq!(all(""), Vec::<usize>::new());
    }
}
