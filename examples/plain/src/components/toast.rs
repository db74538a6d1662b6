//! Short messages at the edge of the window.

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::Handler;

/// A message. Keep those that are shown in a state: `use_state(Vec::<Toast>::new)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toast {
    /// Tells it from others, so that its cross takes away no other one.
    pub id: u32,
    /// What there is to say.
    pub text: String,
    /// Whether something went wrong. Such a message stays; others fade away.
    pub bad: bool,
}

/// All messages, newest last. `dismiss` gets the `id` of the one whose cross was clicked. It stands in the page from
/// the start, even without a message: what appears in it later is read out.
pub fn toasts(shown: &[Toast], dismiss: &Handler) -> Markup {
    html! {
        div.toasts role="status" aria-live="polite" {
            @for toast in shown {
                div.toast.bad[toast.bad] data-key=(toast.id) {
                    p { (toast.text) }
                    button.quiet.cross type="button" on:click=(dismiss) data-id=(toast.id)
                        aria-label="Dismiss" { "×" }
                }
            }
        }
    }
}
