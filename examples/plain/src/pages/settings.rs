//! `/account`: the user's account; below it, what protects the account.

use maud::html;
use stack_live::Cx;

use super::{context::Context, layout};

pub mod activity;
pub mod deletion;
pub mod email;
pub mod password;
pub mod security;

/// The account.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let main = html! {
        section.card.narrow {
            h1 { "Your account" }
            p { (user.display_name.as_str()) br; (user.email.as_str()) }
            p { a href="/account/security" data-link { "Security: where you are logged in, password, deletion" } }
        }
    };
    Ok(layout::live(&cx, "Your account", main))
}
