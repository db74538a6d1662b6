//! Sections of a page.

use maud::{Markup, Render, html};

/// A section with its heading. Links reach it as `#id`.
pub fn section(id: &str, title: &str, content: impl Render) -> Markup {
    html! {
        section.part aria-labelledby=(id) {
            h2 #(id) { (title) }
            (content)
        }
    }
}
