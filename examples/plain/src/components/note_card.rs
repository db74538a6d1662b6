//! A note in a list.

use maud::{Markup, html};

use super::date::date;
use crate::models::NoteSummary;

/// The title, an excerpt of the text, and the date of the last change.
pub fn note_card(note: &NoteSummary) -> Markup {
    html! {
        article.note data-key=(note.id) {
            h2 { a href={ "/notes/" (note.id) } data-link { (note.title.as_str()) } }
            @if !note.excerpt.is_empty() { p { (note.excerpt) } }
            footer { (date(note.updated_at)) }
        }
    }
}
