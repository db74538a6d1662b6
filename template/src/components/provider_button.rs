//! The button that sends somebody to a provider.

use maud::{Markup, html};

/// A form with this button. `action` answers with the way to the provider, and the person comes back to the page `next`.
pub fn provider_button(action: &str, next: &str, label: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            input type="hidden" name="next" value=(next);
            button.secondary type="submit" { (label) }
        }
    }
}
