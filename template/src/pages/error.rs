//! Errors, for people.

use maud::{Markup, html};

use super::layout;
use crate::{error::Error, http::edge::RequestId};

/// A page that says what went wrong and where to go from here.
pub fn page(error: &Error, id: &RequestId) -> Markup {
    let status = error.status();
    let title = status.canonical_reason().unwrap_or("Error");
    let main = html! {
        section.error {
            p.status aria-hidden="true" { (status.as_u16()) }
            h1 { (title) }
            p { (sentence(&error.to_string())) }
            @if let Some(fields) = error.fields() {
                ul {
                    @for field in fields.iter() {
                        li { strong { (field.field) } " " (field.message) }
                    }
                }
            }
            p { a.button href="/" { "Back to the start" } }
            @if status.is_server_error() {
                p.small { "If you report this, please name " code { (id.as_str()) } "." }
            }
        }
    };
    layout::shell(title, html! {}, main)
}

/// With a capital at the start and a full stop at the end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}
