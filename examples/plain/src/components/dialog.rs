//! Modal dialogs.

use maud::{Markup, Render, html};
use stack_live::{Cx, State};

/// A modal dialog that is shown while `open` is true. Escape and the close button close it; a handler in its content
/// closes it with `open.set(cx, false)`. The content is rendered only while the dialog is open.
#[track_caller]
pub fn dialog(cx: &Cx, open: State<bool>, title: &str, content: impl Render) -> Markup {
    let close = cx.on(move |cx, _| open.set(cx, false));
    let is_open = open.get(cx);
    html! {
        dialog data-open[is_open] on:close=(close) aria-label=(title) {
            @if is_open {
                header {
                    h2 { (title) }
                    button.quiet.cross type="button" on:click=(close) aria-label="Close" { "×" }
                }
                (content)
            }
        }
    }
}
