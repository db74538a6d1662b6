//! The statements and words of a text of SQL, for finding things in it.
//!
//! For naming a line in an error, for refusing what a migration must not do, and for the hazards of a
//! statement. Execution leaves the splitting to the server, so a mistake here costs no more than a wrong line number.

/// One statement of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The line, from 1, of its first word.
    pub line: usize,
    /// From its first word up to its semicolon, without it.
    pub sql: &'a str,
    /// Its words, texts and signs; neither comments nor white space.
    pub tokens: Vec<Token<'a>>,
}

/// A piece of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The line, from 1, on which it begins.
    pub line: usize,
    /// As it is written, quotes included.
    pub sql: &'a str,
}

impl<'a> Token<'a> {
    /// Whether it is this word, in whatever case. A quoted one is not.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.sql.eq_ignore_ascii_case(word)
    }
}

impl Statement<'_> {
    /// Whether it begins with these words, in whatever case.
    #[must_use]
    pub fn begins(&self, words: &[&str]) -> bool {
        self.tokens.len() >= words.len()
            && words
                .iter()
                .zip(&self.tokens)
                .all(|(word, token)| token.is(word))
    }
}

/// What is left of a statement, read from its front.
#[derive(Clone, Copy, Debug)]
pub struct Words<'t, 'a>(pub &'t [Token<'a>]);

impl Words<'_, '_> {
    /// Goes on behind these words, if they come next.
    pub fn take(&mut self, words: &[&str]) -> bool {
        let next = self.0.len() >= words.len()
            && words.iter().zip(self.0).all(|(word, token)| token.is(word));
        if next {
            self.0 = &self.0[words.len()..];
        }
        next
    }

    /// The next name, of a schema too: `public.notes`.
    pub fn name(&mut self) -> Option<String> {
        let [first, rest @ ..] = self.0 else {
            return None;
        };
        let mut name = first.sql.to_owned();
        self.0 = rest;
        while let [dot, part, rest @ ..] = self.0
            && dot.is(".")
        {
            name += ".";
            name += part.sql;
            self.0 = rest;
        }
        Some(name)
    }
}

/// Every statement, in its order. Empty ones are left out.
#[must_use]
pub fn split(sql: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let (mut begin, mut end) = (0, 0);
    let mut line = 1;
    let mut at = 0;
    let mut nesting = Nesting::default();
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let piece = rest.get(..token(rest)).unwrap_or(rest);
        let blank = rest.starts_with(char::is_whitespace);
        let comment = rest.starts_with("--") || rest.starts_with("/*");
        if piece == ";" && nesting.is_outside() {
            nesting = Nesting::default();
            finish(&mut found, &mut tokens, sql.get(begin..end));
        } else if !blank && !comment {
            if tokens.is_empty() {
                begin = at;
            }
            nesting.see(piece, tokens.last().map(|token| token.sql));
            tokens.push(Token { line, sql: piece });
            end = at + piece.len();
        }
        line += piece.matches('\n').count();
        at += piece.len().max(1);
    }
    finish(&mut found, &mut tokens, sql.get(begin..end));
    found
}

/// Where a semicolon ends no statement: in the parentheses of a rule, and in the body of a function
/// that is written as `begin atomic … end`. As psql does it.
#[derive(Default)]
struct Nesting {
    parentheses: usize,
    /// Of `begin` and `case`, each of which has an `end`.
    blocks: usize,
}

impl Nesting {
    fn is_outside(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn see(&mut self, piece: &str, before: Option<&str>) {
        let is = |word: &str| piece.eq_ignore_ascii_case(word);
        if piece == "(" {
            self.parentheses += 1;
        } else if piece == ")" {
            self.parentheses = self.parentheses.saturating_sub(1);
        } else if is("atomic") && before.is_some_and(|word| word.eq_ignore_ascii_case("begin"))
            || is("case") && self.blocks > 0
        {
            self.blocks += 1;
        } else if is("end") {
            self.blocks = self.blocks.saturating_sub(1);
        }
    }
}

fn finish<'a>(found: &mut Vec<Statement<'a>>, tokens: &mut Vec<Token<'a>>, sql: Option<&'a str>) {
    let tokens = std::mem::take(tokens);
    if let Some(first) = tokens.first() {
        found.push(Statement {
            line: first.line,
            sql: sql.unwrap_or_default(),
            tokens,
        });
    }
}

/// The line, from 1, on which each statement begins.
pub(crate) fn lines(sql: &str) -> impl Iterator<Item = usize> {
    split(sql).into_iter().map(|statement| statement.line)
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
        Some(quote @ ('\'' | '"')) => {
            let mut buffer = [0; 4];
            let end: &str = quote.encode_utf8(&mut buffer);
            let mut at = up_to(end, 1);
            // Twice the quote is one of the text.
            while rest.get(at..).is_some_and(|tail| tail.starts_with(quote)) {
                at = up_to(end, at + 1);
            }
            at
        }
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
