//! Expandable sections.

use maud::{Markup, PreEscaped, html};
use stack_live::{Cx, Result};

/// The properties of [`expandable`].
#[derive(Clone, PartialEq)]
pub struct Expandable {
    title: &'static str,
    content: String,
    open: bool,
}

impl Expandable {
    /// A section that is closed at first. `title` is always visible, `content` while the section is open.
    pub fn new(title: &'static str, content: Markup) -> Self {
        Self {
            title,
            content: content.into_string(),
            open: false,
        }
    }

    /// Makes the section open at first.
    #[must_use]
    pub fn open(self) -> Self {
        Self { open: true, ..self }
    }
}

/// A section that opens and closes; it keeps its state after a reconnect:
/// `(cx.child(expandable, Expandable::new("More", html! { … })).await?)`.
///
/// It is a `details` element: the browser opens it immediately, even without JavaScript.
///
/// # Errors
/// Never.
pub async fn expandable(cx: Cx, section: Expandable) -> Result {
    let open = cx.use_state(|| section.open);
    let toggle = cx.on(move |cx, _| open.update(cx, |open| *open = !*open));
    Ok(html! {
        details.expandable open[open.get(&cx)] {
            summary on:click=(toggle) { (section.title) }
            div.content { (PreEscaped(&section.content)) }
        }
    })
}
