//! Modal dialogs.

use maud::{Markup, Render, html};
use stack_live::{Command, Cx, State, Target};

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

/// A modal dialog that needs no server: `Command::open("#id")` opens it at once. Escape and the close button close it, and
/// so does [`close`] in its content. What is in it is part of the page all the time.
pub fn modal(id: &str, title: &str, content: impl Render) -> Markup {
    html! {
        dialog #(id) aria-label=(title) {
            header {
                h2 { (title) }
                button.quiet.cross type="button" do:click=(close()) aria-label="Close" { "×" }
            }
            (content)
        }
    }
}

/// Closes the dialog around the element.
pub fn close() -> Command {
    Command::close(Target::this().closest("dialog"))
}
