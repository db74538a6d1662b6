//! A section that opens and closes.

use maud::{Markup, PreEscaped, html};
use stack_live::{Cx, Result};

/// What [`expandable`] shows.
#[derive(Clone, PartialEq)]
pub struct Expandable {
    title: &'static str,
    content: String,
    open: bool,
}

impl Expandable {
    /// `title` can always be read, `content` when it is open. It begins closed.
    pub fn new(title: &'static str, content: Markup) -> Self {
        Self {
            title,
            content: content.into_string(),
            open: false,
        }
    }

    /// Begins open.
    #[must_use]
    pub fn open(self) -> Self {
        Self { open: true, ..self }
    }
}

/// A section that opens and closes, and is still open after a reconnection:
/// `(cx.child(expandable, Expandable::new("More", html! { … })).await?)`.
///
/// The browser opens it at once, without asking the server, so it works without a script too.
///
/// # Errors
/// Never.
pub async fn expandable(cx: Cx, shown: Expandable) -> Result {
    let open = cx.use_state(|| shown.open);
    let toggle = cx.on(move |cx, _| open.update(cx, |open| *open = !*open));
    Ok(html! {
        details.expandable open[open.get(&cx)] {
            summary on:click=(toggle) { (shown.title) }
            div.content { (PreEscaped(&shown.content)) }
        }
    })
}
