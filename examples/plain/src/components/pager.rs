//! Pagination links.

use maud::{Markup, html};

/// Links to the previous and the next page, if they exist. They are URLs, so they work without JavaScript, and with the
/// browser's back and forward buttons.
pub fn pager(previous: Option<&str>, next: Option<&str>) -> Markup {
    html! {
        @if previous.is_some() || next.is_some() {
            nav.pages aria-label="Pages" {
                @if let Some(href) = previous { a href=(href) rel="prev" data-link { "Previous" } }
                @if let Some(href) = next { a href=(href) rel="next" data-link { "Next" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_page_has_no_links() {
        assert_eq!(pager(None, None).into_string(), "");
        let html = pager(None, Some("?page=2")).into_string();
        assert!(html.contains("Next") && !html.contains("Previous"));
    }
}
