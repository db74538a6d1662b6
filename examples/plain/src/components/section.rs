//! Parts of a page.

use maud::{Markup, Render, html};

/// A part of a page, with its heading. `id` is what a link to it ends with: `#id`.
pub fn section(id: &str, title: &str, content: impl Render) -> Markup {
    html! {
        section.part aria-labelledby=(id) {
            h2 #(id) { (title) }
            (content)
        }
    }
}
