//! A note in a list.

use maud::{Markup, html};

use super::date::date;
use crate::models::Note;

/// The title, an excerpt of the text, and the date of the last change.
pub fn note_card(note: &Note) -> Markup {
    html! {
        article.note data-key=(note.id) {
            h2 { a href={ "/notes/" (note.id) } data-link { (note.title.as_str()) } }
            @if !note.body.as_str().is_empty() { p { (excerpt(note.body.as_str())) } }
            footer { (date(note.updated_at)) }
        }
    }
}

/// The first 200 characters of `text`, cut at the end of a word.
fn excerpt(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    let Some((end, _)) = text.char_indices().nth(MAX_CHARS) else {
        return text.to_owned();
    };
    let cut = text[..end].rfind(char::is_whitespace).unwrap_or(end);
    format!("{} …", text[..cut].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_words_and_never_inside_a_character() {
        assert_eq!(excerpt("short"), "short");
        let words = excerpt(&"word ".repeat(100));
        assert!(
            words.ends_with("word …") && words.chars().count() <= 202,
            "{words}"
        );
        assert_eq!(excerpt(&"ü".repeat(300)), format!("{} …", "ü".repeat(200)));
    }
}
