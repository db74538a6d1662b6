//! What is another one for each visitor: identifiers in paths, tokens in queries.
//!
//! A recording has `/notes/0198c1c2-…`; for another visitor the same link leads to another note. So a text is cut into
//! what stays and what does not, and the latter is looked up in the pages that this visitor was given.

/// What was left out of a recording.
pub const REDACTED: &str = "[redacted]";
const REDACTED_ENCODED: &str = "%5Bredacted%5D";

/// A text with places for what is another one for each visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape(pub Vec<Piece>);

/// A part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Stays as it is.
    Fixed(String),
    /// As it was recorded, and what looks like it.
    Own(String, Class),
}

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Only digits: maybe the same for everybody, so it stays if nothing else is found.
    Number,
    /// No word: an identifier or a token.
    Token,
    /// It was left out of the recording.
    Redacted,
}

impl Shape {
    /// Cuts path and query, or any text with identifiers in it.
    pub fn of(text: &str) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut fixed = String::new();
        let mut rest = text;
        let mut query = false;
        while !rest.is_empty() {
            query |= rest.starts_with('?');
            let (token, class) = match redacted_at(rest) {
                Some(token) => (token, Some(Class::Redacted)),
                None => {
                    let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
                    // A run of what belongs to no token is passed by one character at a time.
                    let end = if end == 0 {
                        rest.chars().next().map_or(1, char::len_utf8)
                    } else {
                        end
                    };
                    // Numbers in a query are what somebody asked for.
                    let class =
                        class(&rest[..end]).filter(|class| !query || *class != Class::Number);
                    (&rest[..end], class)
                }
            };
            match class {
                Some(class) => {
                    if !fixed.is_empty() {
                        pieces.push(Piece::Fixed(std::mem::take(&mut fixed)));
                    }
                    pieces.push(Piece::Own(token.to_owned(), class));
                }
                None => fixed.push_str(token),
            }
            rest = &rest[token.len()..];
        }
        if !fixed.is_empty() {
            pieces.push(Piece::Fixed(fixed));
        }
        Self(pieces)
    }

    /// Whether all of it stays.
    pub fn is_fixed(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Fixed(_)))
    }

    /// As people read it: `/notes/{id}`.
    pub fn name(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Fixed(text) => text.clone(),
            Piece::Own(..) => "{id}".to_owned(),
        };
        self.0.iter().map(piece).collect()
    }

    /// As people read the name of a handler, in which numbers are places on the page: `/1:0`.
    pub fn place(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Fixed(text) | Piece::Own(text, Class::Number) => text.clone(),
            Piece::Own(..) => "{id}".to_owned(),
        };
        self.0.iter().map(piece).collect()
    }

    /// Whether `text` differs from it at most in its tokens.
    pub fn fits(&self, text: &str) -> bool {
        self.capture(text)
            .is_some_and(|(_, length)| length == text.len())
    }

    /// What stands in the places of the tokens at the start of `text`, and how long all of it is. In a page, `&` may be
    /// written `&amp;`.
    pub fn capture<'a>(&self, text: &'a str) -> Option<(Vec<&'a str>, usize)> {
        let mut tokens = Vec::new();
        let mut rest = text;
        for piece in &self.0 {
            match piece {
                Piece::Fixed(fixed) => rest = without(rest, fixed)?,
                Piece::Own(_, wanted) => {
                    let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
                    let found = &rest[..end];
                    let fits = match wanted {
                        Class::Redacted => !found.is_empty(),
                        wanted => class(found) == Some(*wanted),
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
        if rest.starts_with(|c: char| belongs(c) || "/?=&%".contains(c)) {
            return None;
        }
        Some((tokens, text.len() - rest.len()))
    }
}

/// `text` after `prefix`.
fn without<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    if let Some(rest) = text.strip_prefix(prefix) {
        return Some(rest);
    }
    if !prefix.contains('&') {
        return None;
    }
    text.strip_prefix(prefix.replace('&', "&amp;").as_str())
}

fn redacted_at(text: &str) -> Option<&str> {
    [REDACTED, REDACTED_ENCODED]
        .into_iter()
        .find(|known| text.starts_with(known))
        .map(|known| &text[..known.len()])
}

fn belongs(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// What kind of token this is, if it is one and not a word.
pub fn class(text: &str) -> Option<Class> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Class::Number);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let hex = text
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let long = text.len() >= if hex { 16 } else { 20 };
    // `what_is_new_in_version_2` is a name: its words are long, and it has few digits.
    let mixed = digits > 0
        && (hex || digits * 8 >= text.len() || text.bytes().any(|byte| byte.is_ascii_uppercase()));
    (long && mixed).then_some(Class::Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0198c1c2-7b6e-7d52-a3f0-1c9f0d1a2b3c";
    const OTHER: &str = "0198c1c2-7b6e-7d52-a3f0-aaaaaaaaaaaa";

    #[test]
    fn identifiers_are_told_from_words() {
        for token in [ONE, "a3f01c9f0d1a2b3c", "Zm9vYmFyYmF6cXV4MTIzNA"] {
            assert_eq!(class(token), Some(Class::Token), "{token}");
        }
        for word in ["notes", "what-is-new-in-version-2", "app", "", "deadbeef"] {
            assert_eq!(class(word), None, "{word}");
        }
        assert_eq!(class("42"), Some(Class::Number));
    }

    #[test]
    fn a_link_of_another_visitor_has_the_same_shape() {
        let shape = Shape::of(&format!("/notes/{ONE}/edit?limit=20&after={ONE}"));
        assert_eq!(shape.name(), "/notes/{id}/edit?limit=20&after={id}");
        assert!(shape.fits(&format!("/notes/{OTHER}/edit?limit=20&after={OTHER}")));
        let escaped = format!("/notes/{OTHER}/edit?limit=20&amp;after={OTHER}\">Older</a>");
        assert_eq!(shape.capture(&escaped).unwrap().0, [OTHER, OTHER]);
        assert!(!Shape::of(&format!("/notes/{ONE}")).fits(&format!("/notes/{OTHER}/edit")));
        assert!(!Shape::of(&format!("/notes/{ONE}")).fits("/notes/new"));
    }

    #[test]
    fn what_was_redacted_is_a_place_for_anything() {
        let shape = Shape::of("/invitation?token=%5Bredacted%5D");
        assert!(shape.fits("/invitation?token=abc-DEF") && !shape.fits("/invitation?token="));
    }

    proptest::proptest! {
        #[test]
        fn a_text_fits_its_own_shape(text in "/[a-z0-9/?&=_-]{0,40}[a-z]") {
            proptest::prop_assert!(Shape::of(&text).fits(&text), "{:?}", Shape::of(&text));
        }
    }
}
