//! Links.

use maud::{Markup, Render, html};

/// A link. Inside of this site it leads on without loading, if the script is there.
///
/// ```ignore
/// (Link::to("/notes", "Your notes"))
/// ```
#[derive(Clone, Copy)]
pub struct Link<'a> {
    href: &'a str,
    text: &'a str,
    class: Option<&'static str>,
    outside: bool,
}

impl<'a> Link<'a> {
    /// To a page of this site.
    pub fn to(href: &'a str, text: &'a str) -> Self {
        Self {
            href,
            text,
            class: None,
            outside: false,
        }
    }

    /// To another site, in a tab of its own that cannot reach back.
    pub fn outside(href: &'a str, text: &'a str) -> Self {
        Self {
            outside: true,
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

    /// Looks like a button that stands beside another one.
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
            @if self.outside {
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
    fn only_links_inside_of_the_site_lead_on_without_loading() {
        let inside = Link::to("/notes", "Notes").button().render().into_string();
        assert_eq!(
            inside,
            r#"<a class="button" href="/notes" data-link>Notes</a>"#
        );
        let outside = Link::outside("https://example.com", "There").render();
        let outside = outside.into_string();
        assert!(outside.contains("noopener") && !outside.contains("data-link"));
    }
}
