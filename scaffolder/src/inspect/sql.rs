//! SQL in tokens, as PostgreSQL splits it, with its comments.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name, without regard to case.
    Word,
    /// A name between `"`.
    Quoted,
    /// A text or a number.
    Literal,
    /// One character of anything else.
    Sign,
}

/// A piece of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// As it is written.
    pub(super) text: &'a str,
    /// Where it begins in the file.
    pub(super) start: usize,
    /// The line, from 1 on.
    pub(super) line: usize,
}

/// A comment of one line, without its `--`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
    /// Whether nothing stands before it in its line.
    pub(super) is_alone: bool,
}

impl Token<'_> {
    /// Whether it is this keyword or sign.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Sign) && self.text.eq_ignore_ascii_case(word)
    }

    /// The name that it stands for: lower case unless it is quoted.
    pub(super) fn name(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_lowercase()),
            Kind::Quoted => {
                let inside = self.text.strip_prefix('"').unwrap_or(self.text);
                Some(inside.strip_suffix('"').unwrap_or(inside).replace("\"\"", "\""))
            }
            Kind::Literal | Kind::Sign => None,
        }
    }

    /// Where it ends in the file.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// A file in statements, each without its semicolon, and the comments.
pub(super) fn statements(sql: &str) -> (Vec<Vec<Token<'_>>>, Vec<Comment<'_>>) {
    let mut all = vec![Vec::new()];
    let mut comments = Vec::new();
    let (mut at, mut line, mut last_line) = (0, 1, 0);
    while let Some(next) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let length = if rest.starts_with("--") {
            let length = rest.find('\n').unwrap_or(rest.len());
            comments.push(Comment { text: rest[2..length].trim(), line, is_alone: last_line != line });
            length
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if next.is_whitespace() || next == '\u{feff}' {
            next.len_utf8()
        } else if next == ';' {
            all.push(Vec::new());
            1
        } else {
            let (kind, length) = token(rest, next);
            if let Some(statement) = all.last_mut() {
                statement.push(Token { kind, text: &rest[..length], start: at, line });
            }
            length
        };
        let lines = rest[..length].matches('\n').count();
        line += lines;
        if !next.is_whitespace() && !rest.starts_with("--") {
            last_line = line;
        }
        at += length;
    }
    all.retain(|statement| !statement.is_empty());
    (all, comments)
}

fn token(rest: &str, next: char) -> (Kind, usize) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let escapes = rest.starts_with("E'") || rest.starts_with("e'");
    let before_quote = usize::from(escapes || ["N'", "n'", "B'", "b'", "X'", "x'"].iter().any(|p| rest.starts_with(p)));
    if next == '"' {
        (Kind::Quoted, until(rest, '"', 0, false))
    } else if next == '\'' || before_quote > 0 {
        (Kind::Literal, until(rest, '\'', before_quote, escapes))
    } else if let Some(length) = dollar_quoted(rest) {
        (Kind::Literal, length)
    } else if next.is_ascii_digit() {
        (Kind::Literal, rest.find(|c: char| !c.is_alphanumeric() && c != '.').unwrap_or(rest.len()))
    } else if next.is_alphabetic() || next == '_' {
        (Kind::Word, rest.find(|c| !is_word(c)).unwrap_or(rest.len()))
    } else {
        (Kind::Sign, next.len_utf8())
    }
}

/// The length up to the quote that ends it; a doubled one does not.
fn until(text: &str, quote: char, from: usize, escapes: bool) -> usize {
    let mut characters = text.char_indices().skip(from + 1).peekable();
    while let Some((at, c)) = characters.next() {
        if escapes && c == '\\' {
            characters.next();
        } else if c == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

/// The length of `$$…$$` or `$tag$…$tag$`.
fn dollar_quoted(text: &str) -> Option<usize> {
    let end = text.strip_prefix('$')?.find('$')? + 2;
    let tag = &text[..end];
    let inside = &tag[1..end - 1];
    let is_tag =
        inside.chars().all(|c| c.is_alphanumeric() || c == '_') && !inside.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| text[end..].find(tag).map_or(text.len(), |at| end + at + tag.len()))
}

/// The length of a comment, in which there may be others.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while let Some(next) = text[at..].chars().next() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += next.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_texts_and_comments_ends_no_statement() {
        let sql = "a 'b;''c' E'd\\';' $x$ e; $$ f $x$ \"g;\"\"h\" /* ; /* ; */ */ -- i;\r\n; j";
        let (statements, comments) = statements(sql);
        let shown: Vec<Vec<&str>> =
            statements.iter().map(|tokens| tokens.iter().map(|token| token.text).collect()).collect();
        assert_eq!(shown, [vec!["a", "'b;''c'", "E'd\\';'", "$x$ e; $$ f $x$", "\"g;\"\"h\""], vec!["j"]]);
        assert_eq!((comments[0].text, comments[0].line, comments[0].is_alone), ("i;", 1, false));
        assert_eq!(statements[0][4].name().as_deref(), Some("g;\"h"));
        assert_eq!(statements[1][0].line, 2);
    }
}
