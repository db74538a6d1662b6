//! Notes.

use serde::Serialize;
use time::OffsetDateTime;

use super::{FieldErrors, Invalid, NoteId, UserId, Version, text};

/// A note, as it is stored.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    /// The note's id.
    pub id: NoteId,
    /// The owner. Not part of the API, since only the owner can read a note.
    #[serde(skip)]
    pub user_id: UserId,
    /// The title.
    pub title: NoteTitle,
    /// The text.
    pub body: NoteBody,
    /// For optimistic locking.
    pub version: Version,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// One line of 1 to 120 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NoteTitle(String);

impl NoteTitle {
    /// Trims `text` and checks its length.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text, 1..=120).map(Self)
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Up to 20,000 characters in any number of lines; may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct NoteBody(String);

impl NoteBody {
    /// Checks the length of `text`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::lines(text, 0..=20_000).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The validated input for a note.
#[derive(Clone, Debug)]
pub struct NoteDraft {
    /// The title.
    pub title: NoteTitle,
    /// The text.
    pub body: NoteBody,
}

impl NoteDraft {
    /// Validates all fields, and reports every invalid one.
    pub fn parse(title: &str, body: &str) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let title = errors.check("title", NoteTitle::parse(title));
        let body = errors.check("body", NoteBody::parse(body));
        match (title, body) {
            (Some(title), Some(body)) => Ok(Self { title, body }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_invalid_field_is_reported_at_once() {
        let errors = NoteDraft::parse(" ", &"x".repeat(20_001)).unwrap_err();
        assert_eq!(errors.of("title"), Some("must not be empty"));
        assert_eq!(
            errors.of("body"),
            Some("must have at most 20000 characters")
        );
    }

    #[test]
    fn the_line_ends_of_a_form_become_newlines() {
        assert_eq!(NoteBody::parse("one\r\ntwo").unwrap().as_str(), "one\ntwo");
    }

    #[test]
    fn a_nul_character_which_postgresql_cannot_store_is_rejected() {
        assert!(NoteTitle::parse("a\0b").is_err());
        assert!(NoteBody::parse("a\0b").is_err());
    }
}
