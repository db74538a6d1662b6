//! Notes.

use serde::Serialize;
use time::OffsetDateTime;
{%- if teams %}

use super::{FieldErrors, Invalid, NoteId, TeamId, Version, text};
{%- else %}

use super::{FieldErrors, Invalid, NoteId, UserId, Version, text};
{%- endif %}

/// A note, as it is stored.
{%- if openapi %}
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
{%- else %}
#[derive(Clone, Debug, Serialize)]
{%- endif %}
pub struct Note {
    /// The note's id.
    pub id: NoteId,
    /// The owner. Not part of the API, since only the owner can read a note.
    #[serde(skip)]
{%- if teams %}
    pub team_id: TeamId,
{%- else %}
    pub user_id: UserId,
{%- endif %}
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

/// What a list shows of a note.
#[derive(Clone, Debug)]
pub struct NoteSummary {
    /// The note's id.
    pub id: NoteId,
    /// The title.
    pub title: NoteTitle,
    /// How the text begins.
    pub excerpt: String,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
}

impl NoteSummary {
    /// The excerpt of a text: its first 200 characters, cut at the end of a word. One more tells whether it goes on.
    pub fn excerpt(text: &str) -> String {
        const MAX_CHARS: usize = 200;
        let Some((end, _)) = text.char_indices().nth(MAX_CHARS) else {
            return text.to_owned();
        };
        let cut = text[..end].rfind(char::is_whitespace).unwrap_or(end);
        format!("{} …", text[..cut].trim_end())
    }
}
{%- if pgvector %}

impl From<Note> for NoteSummary {
    fn from(note: Note) -> Self {
        Self {
            id: note.id,
            title: note.title,
            excerpt: Self::excerpt(note.body.as_str()),
            updated_at: note.updated_at,
        }
    }
}
{%- endif %}

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
    fn a_long_text_is_cut_between_words_and_never_inside_a_character() {
        assert_eq!(NoteSummary::excerpt("short"), "short");
        let words = NoteSummary::excerpt(&"word ".repeat(100));
        assert!(
            words.ends_with("word …") && words.chars().count() <= 202,
            "{words}"
        );
        assert_eq!(
            NoteSummary::excerpt(&"ü".repeat(300)),
            format!("{} …", "ü".repeat(200))
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
