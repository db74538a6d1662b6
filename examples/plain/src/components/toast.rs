//! Toasts: short messages at the edge of the window.

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::Handler;

/// A message. Keep the visible ones in a state: `use_state(Vec::<Toast>::new)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toast {
    /// A unique id, for its close button.
    pub id: u32,
    /// The message.
    pub text: String,
    /// Whether it is an error. An error stays until it is dismissed; other messages fade out.
    pub is_error: bool,
}

/// All messages, newest last. `event.data("id")` in `dismiss` is the `id` of the message to close. Render it even if there
/// is no message: screen readers announce only what is added to an existing live region.
pub fn toasts(shown: &[Toast], dismiss: &Handler) -> Markup {
    html! {
        div.toasts role="status" aria-live="polite" {
            @for toast in shown {
                div.toast.bad[toast.is_error] data-key=(toast.id) {
                    p { (toast.text) }
                    button.quiet.cross type="button" on:click=(dismiss) data-id=(toast.id)
                        aria-label="Dismiss" { "×" }
                }
            }
        }
    }
}
