//! What is different for each visitor: identifiers in paths, tokens in queries. Other load generators call the search for
//! them correlation.
//!
//! A recording has `/notes/0198c1c2-…`; for another visitor the same link leads to another note. So a text is cut into
//! literal parts and tokens, and the tokens are looked up in the pages that this visitor received.

/// What stands in a recording in the place of a secret.
pub const REDACTED: &str = "[redacted]";
const REDACTED_ENCODED: &str = "%5Bredacted%5D";

/// Extensions of what a page is made of.
const ASSETS: [&str; 16] = [
    "avif",
    "css",
    "gif",
    "ico",
    "jpeg",
    "jpg",
    "js",
    "map",
    "mjs",
    "png",
    "svg",
    "ttf",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
];

/// A text with tokens that are different for each visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(pub Vec<Piece>);

/// A part of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The same for everybody.
    Literal(String),
    /// A token as it was recorded, which stands for every token of its kind.
    Token(String, TokenKind),
}

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Only digits. It may be the same for everybody, so it is sent as recorded if nothing else is found.
    Number,
    /// An identifier or a secret: too long and too mixed for a word.
    Id,
    /// It was redacted in the recording.
    Redacted,
}

impl Pattern {
    /// The pattern of a path with a query, or of any text with identifiers in it.
    pub fn of(text: &str) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        let mut in_query = false;
        while !rest.is_empty() {
            in_query |= rest.starts_with('?');
            let (token, kind) = next_token(rest, in_query);
            match kind {
                Some(kind) => {
                    if !literal.is_empty() {
                        pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Token(token.to_owned(), kind));
                }
                None => literal.push_str(token),
            }
            rest = &rest[token.len()..];
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Self(pieces)
    }

    /// Whether it has no token.
    pub fn is_literal(&self) -> bool {
        self.0
            .iter()
            .all(|piece| matches!(piece, Piece::Literal(_)))
    }

    /// For reports: `/notes/{id}`.
    pub fn name(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Token(..) => "{id}".to_owned(),
        };
        self.0.iter().map(piece).collect()
    }

    /// [`name`](Self::name) of the path without its query.
    pub fn path_name(&self) -> String {
        let name = self.name();
        name.split('?').next().unwrap_or_default().to_owned()
    }

    /// For reports, the name of a handler, in which numbers are places on the page: `/1:0`.
    pub fn handler_name(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) | Piece::Token(text, TokenKind::Number) => text.clone(),
            Piece::Token(..) => "{id}".to_owned(),
        };
        self.0.iter().map(piece).collect()
    }

    /// Whether it is the path of what a page is made of: a style sheet, a script, a picture, a font.
    pub fn is_asset(&self) -> bool {
        let recorded = self.recorded();
        let path = recorded.split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|extension| ASSETS.contains(&extension))
    }

    /// The text that it was made of.
    pub fn recorded(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) | Piece::Token(text, _) => text.clone(),
        };
        self.0.iter().map(piece).collect()
    }

    /// Whether `text` differs from it only in its tokens.
    pub fn matches(&self, text: &str) -> bool {
        self.capture(text)
            .is_some_and(|(_, length)| length == text.len())
    }

    /// The tokens at the start of `text`, and the length of the match in bytes. In HTML, `&` may be written `&amp;`.
    pub fn capture<'a>(&self, text: &'a str) -> Option<(Vec<&'a str>, usize)> {
        let mut tokens = Vec::new();
        let mut rest = text;
        for piece in &self.0 {
            match piece {
                Piece::Literal(literal) => rest = strip_literal(rest, literal)?,
                Piece::Token(_, kind) => {
                    let end = rest.find(|c| !is_token_char(c)).unwrap_or(rest.len());
                    let found = &rest[..end];
                    let fits = match kind {
                        TokenKind::Redacted => !found.is_empty(),
                        kind => token_kind(found) == Some(*kind),
                    };
                    if !fits {
                        return None;
                    }
                    tokens.push(found);
                    rest = &rest[end..];
                }
            }
        }
        // Another link that only begins alike.
        if rest.starts_with(|c: char| is_token_char(c) || "/?=&%".contains(c)) {
            return None;
        }
        Some((tokens, text.len() - rest.len()))
    }

    /// The tokens of each place in `source` that it matches.
    pub fn occurrences<'a>(&self, source: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
        let start = match self.0.first() {
            Some(Piece::Literal(text)) => text.replace('&', "&amp;"),
            // Without a literal start it would be found everywhere.
            _ => String::new(),
        };
        let pattern = self.clone();
        let mut at = 0;
        std::iter::from_fn(move || {
            while !start.is_empty() {
                let found = at + source.get(at..)?.find(&start)?;
                at = found + start.len();
                if let Some((tokens, _)) = pattern.capture(&source[found..]) {
                    return Some(tokens);
                }
            }
            None
        })
    }
}

/// The first token of `text` with its kind, or what stands before the next one. `text` is not empty.
fn next_token(text: &str, in_query: bool) -> (&str, Option<TokenKind>) {
    for redacted in [REDACTED, REDACTED_ENCODED] {
        if text.starts_with(redacted) {
            return (&text[..redacted.len()], Some(TokenKind::Redacted));
        }
    }
    let end = match text.find(|c| !is_token_char(c)) {
        // What belongs to no token is passed one character at a time.
        Some(0) => text.chars().next().map_or(1, char::len_utf8),
        end => end.unwrap_or(text.len()),
    };
    // Numbers in a query are parameters, such as a page's number.
    let kind = token_kind(&text[..end]).filter(|it| !in_query || *it != TokenKind::Number);
    (&text[..end], kind)
}

fn strip_literal<'a>(text: &'a str, literal: &str) -> Option<&'a str> {
    text.strip_prefix(literal)
        .or_else(|| text.strip_prefix(literal.replace('&', "&amp;").as_str()))
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The kind of a token; none for a word.
pub fn token_kind(text: &str) -> Option<TokenKind> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(TokenKind::Number);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = text
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_long = text.len() >= if is_hex { 16 } else { 20 };
    // `what_is_new_in_version_2` is a name: its words are long, and it has few digits.
    let is_mixed = digits > 0
        && (is_hex
            || digits * 8 >= text.len()
            || text.bytes().any(|byte| byte.is_ascii_uppercase()));
    (is_long && is_mixed).then_some(TokenKind::Id)
}
