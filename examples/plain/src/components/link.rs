//! Links.

use maud::{Markup, Render, html};

/// A link. To another live page it navigates over the connection, without loading a document.
///
/// ```ignore
/// (Link::to("/notes", "Your notes"))
/// ```
#[derive(Clone, Copy)]
pub struct Link<'a> {
    href: &'a str,
    text: &'a str,
    class: Option<&'static str>,
    external: bool,
}

impl<'a> Link<'a> {
    /// To a page of this site.
    pub fn to(href: &'a str, text: &'a str) -> Self {
        Self {
            href,
            text,
            class: None,
            external: false,
        }
    }

    /// To another site, in a new tab without access to this one.
    pub fn external(href: &'a str, text: &'a str) -> Self {
        Self {
            external: true,
            ..Self::to(href, text)
        }
    }

    /// Looks like a button.
    #[must_use]
    pub fn button(self) -> Self {
        Self {
            class: Some("button"),
            ..self
        }
    }

    /// Looks like a secondary button.
    #[must_use]
    pub fn secondary(self) -> Self {
        Self {
            class: Some("button secondary"),
            ..self
        }
    }
}

impl Render for Link<'_> {
    fn render(&self) -> Markup {
        html! {
            @if self.external {
                a class=[self.class] href=(self.href) target="_blank" rel="noopener noreferrer" {
                    (self.text) span.visually-hidden { " (opens a new tab)" }
                }
            } @else {
                a class=[self.class] href=(self.href) data-link { (self.text) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_of_this_site_navigate_over_the_connection() {
        let internal = Link::to("/notes", "Notes").button().render().into_string();
        assert_eq!(
            internal,
            r#"<a class="button" href="/notes" data-link>Notes</a>"#
        );
        let external = Link::external("https://example.com", "There").render();
        let external = external.into_string();
        assert!(external.contains("noopener") && !external.contains("data-link"));
    }
}
