//! A dialog: something to finish before going on.

use maud::{Markup, Render, html};
use stack_live::{Cx, State};

/// A dialog that is shown while `open`. Esc and its cross close it, and what is in it can do so by
/// `open.set(cx, false)`. Its content is only there while it is open.
#[track_caller]
pub fn dialog(cx: &Cx, open: State<bool>, title: &str, content: impl Render) -> Markup {
    let close = cx.on(move |cx, _| open.set(cx, false));
    let shown = open.get(cx);
    html! {
        dialog data-open[shown] on:close=(close) aria-label=(title) {
            @if shown {
                header {
                    h2 { (title) }
                    button.quiet.cross type="button" on:click=(close) aria-label="Close" { "×" }
                }
                (content)
            }
        }
    }
}
