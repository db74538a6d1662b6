//! From one page of a list to the next.

use maud::{Markup, html};

/// Links to the pages before and after this one, as far as there are any. They are addresses, so that they work
/// without a script, and with back and forward.
pub fn pager(before: Option<&str>, after: Option<&str>) -> Markup {
    html! {
        @if before.is_some() || after.is_some() {
            nav.pages aria-label="Pages" {
                @if let Some(href) = before { a href=(href) rel="prev" data-link { "Previous" } }
                @if let Some(href) = after { a href=(href) rel="next" data-link { "Next" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_alone_needs_no_pager() {
        assert_eq!(pager(None, None).into_string(), "");
        let html = pager(None, Some("?page=2")).into_string();
        assert!(html.contains("Next") && !html.contains("Previous"));
    }
}
