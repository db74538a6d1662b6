//! Tokens of a recording → those in the pages of a user, which other load generators call correlation.

use std::collections::HashMap;

use serde_json::Value;

use super::{Pages, Variables};
use crate::pattern::{Pattern, Piece, TokenKind, token_kind};

impl Variables {
    /// The text with this user's tokens in it.
    ///
    /// # Errors
    /// What was looked for and not found.
    pub(crate) fn text(&mut self, pattern: &Pattern, pages: &Pages<'_>) -> Result<String, String> {
        self.find(pattern, pages)?;
        let piece = |(at, piece): (usize, &Piece)| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Token(recorded, _) => {
                let own = self.tokens.get(&key(pattern, at));
                own.unwrap_or(recorded).clone()
            }
        };
        Ok(pattern.0.iter().enumerate().map(piece).collect())
    }

    /// The name of a handler with this user's tokens in it.
    ///
    /// # Errors
    /// What was looked for and not found.
    pub(crate) fn handler(
        &mut self,
        handler: &Pattern,
        event: &str,
        pages: &Pages<'_>,
    ) -> Result<String, String> {
        let attribute = format!("on:{event}=\"");
        let mut in_page = Vec::new();
        push_literal(&mut in_page, &attribute);
        for piece in &handler.0 {
            match piece {
                // Numbers are places on the page.
                Piece::Literal(text) | Piece::Token(text, TokenKind::Number) => {
                    push_literal(&mut in_page, text);
                }
                token => in_page.push(token.clone()),
            }
        }
        let text = self
            .text(&Pattern(in_page), pages)
            .map_err(|_| format!("a handler such as `{}`", handler.name()))?;
        Ok(text[attribute.len()..].to_owned())
    }

    /// Remembers the tokens of a text, such as of where a redirect leads.
    pub(crate) fn learn(&mut self, pattern: &Pattern, text: &str) {
        if let Some((tokens, _)) = pattern.capture(text) {
            self.bind(pattern, &tokens);
        }
    }

    fn bind(&mut self, pattern: &Pattern, found: &[&str]) {
        for ((at, kind), token) in tokens(pattern).zip(found) {
            let own = self.tokens.entry(key(pattern, at));
            if kind == TokenKind::Redacted {
                own.insert_entry((*token).to_owned());
            } else {
                own.or_insert_with(|| (*token).to_owned());
            }
        }
    }

    /// Looks up the tokens that are not known yet.
    fn find(&mut self, pattern: &Pattern, pages: &Pages<'_>) -> Result<(), String> {
        let pattern = self.with_known_tokens(pattern);
        if pattern.is_literal() {
            return Ok(());
        }
        let is_redacted = tokens(&pattern).any(|(_, kind)| kind == TokenKind::Redacted);
        let recorded = Pattern(vec![Piece::Literal(pattern.recorded())]);
        let is_recorded = |page: &&str| recorded.occurrences(page).next().is_some();
        // It is on the page as it was recorded, so it is the same for everybody.
        if !is_redacted && pages.iter().any(is_recorded) {
            return Ok(());
        }
        for page in pages {
            let unused = pattern
                .occurrences(page)
                .find(|found| self.is_unused(&pattern, found));
            if let Some(found) = unused {
                self.bind(&pattern, &found);
                return Ok(());
            }
        }
        if is_redacted {
            return Err(missing(&pattern));
        }
        self.find_in_json(&pattern, pages)
    }

    /// Whether the tokens of a link stand for no other recorded tokens yet.
    fn is_unused(&self, pattern: &Pattern, found: &[&str]) -> bool {
        tokens(pattern).zip(found).all(|((_, kind), token)| {
            kind == TokenKind::Redacted || !self.tokens.values().any(|own| own == token)
        })
    }

    /// A program reads identifiers by themselves, not in links.
    fn find_in_json(&mut self, pattern: &Pattern, pages: &Pages<'_>) -> Result<(), String> {
        let id = pattern.0.iter().find_map(|piece| match piece {
            Piece::Token(recorded, TokenKind::Id) => Some(recorded.clone()),
            _ => None,
        });
        // Numbers that are nowhere are the same for everybody.
        let Some(recorded) = id else { return Ok(()) };
        let json = pages
            .iter()
            .find(|page| page.trim_start().starts_with(['{', '[']))
            .and_then(|json| serde_json::from_str::<Value>(json).ok());
        let found = json.and_then(|json| new_id(&json, &self.tokens));
        let found = found.ok_or_else(|| missing(pattern))?;
        self.tokens.insert(recorded, found);
        Ok(())
    }

    /// With the tokens that are known. A redacted one is looked up each time: it may be another one by now.
    fn with_known_tokens(&self, pattern: &Pattern) -> Pattern {
        let mut pieces = Vec::new();
        for (at, piece) in pattern.0.iter().enumerate() {
            match (piece, self.tokens.get(&key(pattern, at))) {
                (Piece::Literal(text), _) => push_literal(&mut pieces, text),
                (Piece::Token(_, TokenKind::Number | TokenKind::Id), Some(own)) => {
                    push_literal(&mut pieces, own);
                }
                (unknown, _) => pieces.push(unknown.clone()),
            }
        }
        Pattern(pieces)
    }
}

fn missing(pattern: &Pattern) -> String {
    format!("a link such as `{}`", pattern.name())
}

/// The tokens of a pattern: their places and kinds.
fn tokens(pattern: &Pattern) -> impl Iterator<Item = (usize, TokenKind)> {
    pattern
        .0
        .iter()
        .enumerate()
        .filter_map(|(at, piece)| match piece {
            Piece::Token(_, kind) => Some((at, *kind)),
            Piece::Literal(_) => None,
        })
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Literal(before)) => before.push_str(text),
        _ => pieces.push(Piece::Literal(text.to_owned())),
    }
}

/// The name of the token at this place: itself. A number or a redacted one is told from others by what is before it.
fn key(pattern: &Pattern, at: usize) -> String {
    let before = at.checked_sub(1).and_then(|at| pattern.0.get(at));
    match (&pattern.0[at], before) {
        (
            Piece::Token(recorded, TokenKind::Number | TokenKind::Redacted),
            Some(Piece::Literal(before)),
        ) => {
            format!("{before}{recorded}")
        }
        (Piece::Token(recorded, _) | Piece::Literal(recorded), _) => recorded.clone(),
    }
}

/// An identifier in JSON that is not known yet.
fn new_id(json: &Value, known: &HashMap<String, String>) -> Option<String> {
    match json {
        Value::String(text) => {
            let is_new =
                token_kind(text) == Some(TokenKind::Id) && !known.values().any(|own| own == text);
            is_new.then(|| text.clone())
        }
        Value::Array(items) => items.iter().find_map(|item| new_id(item, known)),
        Value::Object(object) => {
            let id = object.get("id").and_then(|id| new_id(id, known));
            id.or_else(|| object.values().find_map(|value| new_id(value, known)))
        }
        _ => None,
    }
}
