//! The tags in a text, as both engines see them: `{{ … }}`, `{% … %}`, raw blocks.
//!
//! Rendering needs it to name a placeholder that nothing declares (cargo-generate would fill in nothing), the lint
//! for everything else.

/// Whether a tag prints or decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagKind {
    /// `{{ … }}`
    Output,
    /// `{% … %}`
    Block,
}

/// One tag of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// Prints or decides.
    pub kind: TagKind,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// The line of its start, from 1.
    pub line: usize,
    /// What stands between the delimiters and their dashes.
    pub inner: &'a str,
    /// `{%-`
    pub dash_before: bool,
    /// `-%}`
    pub dash_after: bool,
}

/// One word or sign inside a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A name; a hyphen inside belongs to it, as in Liquid.
    Name(&'a str),
    /// A literal text, without its quotes.
    Text(&'a str),
    /// Anything else, one or two characters: `|`, `==`, `<`.
    Sign(&'a str),
}

/// A tag that does not end; the line where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclosed {
    /// From 1.
    pub line: usize,
}

/// Every tag of a text, in order; nothing inside a raw block is one.
///
/// # Errors
/// A tag or a raw block does not end.
pub fn tags(text: &str) -> Result<Vec<Tag<'_>>, Unclosed> {
    let mut tags = Vec::new();
    let mut lines = Lines::new(text);
    let mut at = 0;
    while let Some(start) = next_opening(text, at) {
        let line = lines.at(start);
        let tag = tag_at(text, start, line).ok_or(Unclosed { line })?;
        at = tag.end;
        let raw = tag.kind == TagKind::Block && tag.inner.trim() == "raw";
        tags.push(tag);
        if raw {
            let end = end_of_raw(text, at).ok_or(Unclosed { line })?;
            let tag = tag_at(text, end, lines.at(end)).ok_or(Unclosed { line })?;
            at = tag.end;
            tags.push(tag);
        }
    }
    Ok(tags)
}

/// Whether a text has a tag at all; the quick way past most files.
#[must_use]
pub fn has_tags(text: &str) -> bool {
    next_opening(text, 0).is_some()
}

impl<'a> Tag<'a> {
    /// Its words and signs.
    #[must_use]
    pub fn tokens(&self) -> Vec<Token<'a>> {
        tokens(self.inner)
    }

    /// The word that says what a block does: `if`.
    #[must_use]
    pub fn keyword(&self) -> Option<&'a str> {
        match (self.kind, self.tokens().first()) {
            (TagKind::Block, Some(Token::Name(name))) => Some(name),
            _ => None,
        }
    }

    /// The placeholders that it reads: names that are no keyword and no filter.
    #[must_use]
    pub fn placeholders(&self) -> Vec<&'a str> {
        let tokens = self.tokens();
        let skip = usize::from(self.keyword().is_some());
        let mut after_pipe = false;
        let mut names = Vec::new();
        for token in tokens.into_iter().skip(skip) {
            if let Token::Name(name) = token
                && !after_pipe
                && !["and", "or", "not", "true", "false"].contains(&name)
            {
                names.push(name);
            }
            after_pipe = token == Token::Sign("|");
        }
        names
    }
}

/// The words and signs of an expression.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' | '\'' => {
                let end = rest[1..].find(first).map_or(rest.len(), |end| end + 1);
                (Token::Text(&rest[1..end]), (end + 1).min(rest.len()))
            }
            c if is_word(c) => {
                let end = rest
                    .char_indices()
                    .find(|&(at, c)| !(is_word(c) || is_hyphen(rest, at)))
                    .map_or(rest.len(), |(at, _)| at);
                (Token::Name(&rest[..end]), end)
            }
            c => {
                let two = rest.get(..2).filter(|two| ["==", "!=", "<=", ">=", "&&", "||", "<>"].contains(two));
                let length = two.map_or(c.len_utf8(), str::len);
                (Token::Sign(&rest[..length]), length)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A hyphen with words on both sides.
fn is_hyphen(text: &str, at: usize) -> bool {
    text[at..].starts_with('-') && text[at + 1..].starts_with(is_word)
}

fn next_opening(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|&byte| byte == b'{') {
        at += found;
        if matches!(bytes.get(at + 1), Some(b'{' | b'%')) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn tag_at(text: &str, start: usize, line: usize) -> Option<Tag<'_>> {
    let (kind, close) = match text.as_bytes().get(start + 1)? {
        b'{' => (TagKind::Output, "}}"),
        _ => (TagKind::Block, "%}"),
    };
    let dash_before = text.as_bytes().get(start + 2) == Some(&b'-');
    let from = start + 2 + usize::from(dash_before);
    let mut quote = None;
    let mut previous = None;
    for (at, c) in text.get(from..)?.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if text[from + at..].starts_with(close) => {
                let dash_after = previous == Some('-');
                let inner = &text[from..from + at - usize::from(dash_after)];
                return Some(Tag { kind, start, end: from + at + 2, line, inner, dash_before, dash_after });
            }
            None => {}
        }
        previous = Some(c);
    }
    None
}

fn end_of_raw(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("{%")?;
        let inner = text[at + 2..].trim_start_matches('-').trim_start();
        if inner.strip_prefix("endraw").is_some_and(|rest| rest.trim_start().trim_start_matches('-').starts_with("%}"))
        {
            return Some(at);
        }
        at += 2;
    }
}

/// Counts lines on the way through a text.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    fn at(&mut self, at: usize) -> usize {
        self.line += self.text.as_bytes()[self.at..at].iter().filter(|&&byte| byte == b'\n').count();
        self.at = at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str) -> Vec<String> {
        tags(text).expect("closed tags").iter().map(|tag| format!("{}:{}", tag.line, tag.inner.trim())).collect()
    }

    #[test]
    fn tags_are_found_with_their_lines() {
        assert_eq!(inner("a {{ b }}\n{%- if c -%}\n{d}"), ["1:b", "2:if c"]);
    }

    #[test]
    fn nothing_inside_a_raw_block_is_a_tag() {
        assert_eq!(inner("{% raw %}${{ x }} {% y %}{% endraw %}{{ z }}"), ["1:raw", "1:endraw", "1:z"]);
    }

    #[test]
    fn a_delimiter_inside_a_text_closes_nothing() {
        assert_eq!(inner("{{ \"}}\" }}"), ["1:\"}}\""]);
    }

    #[test]
    fn a_tag_without_end_is_reported_where_it_starts() {
        assert_eq!(tags("\n\n{{ a"), Err(Unclosed { line: 3 }));
        assert_eq!(tags("{% raw %}\n{{ a }}"), Err(Unclosed { line: 1 }));
    }

    #[test]
    fn placeholders_are_neither_keywords_nor_filters_nor_texts() {
        let tags = tags("{% if a == \"b\" and c %}{{ d | snake_case }}{{ project-name }}").expect("closed tags");
        let names: Vec<_> = tags.iter().flat_map(Tag::placeholders).collect();
        assert_eq!(names, ["a", "c", "d", "project-name"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_scan_panic(text in "[{}%\" \\-a-zé\n'|]{0,40}") {
            let _ = tags(&text).map(|tags| tags.iter().map(Tag::placeholders).collect::<Vec<_>>());
        }
    }
}
