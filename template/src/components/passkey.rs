//! The form that asks the browser for a passkey, see `static/passkeys.js`.

use maud::{Markup, html};

/// A button that asks for a passkey and sends what its device has signed to `action`, which leads to the page `next`.
pub fn ask(action: &str, label: &str, next: &str) -> Markup {
    html! {
        form method="post" action=(action) data-passkey="get" data-begin="/login/passkey/begin" {
            input type="hidden" name="next" value=(next);
            (answer())
            button.secondary type="submit" { (label) }
        }
    }
}

/// The field of the device's answer, and the place of an error, for the script.
pub fn answer() -> Markup {
    html! {
        input type="hidden" name="credential" value="";
        p.small role="status" data-passkey-error {}
        noscript { p.small { "Passkeys need JavaScript." } }
    }
}
