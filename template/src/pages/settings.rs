//! `/account`: the user's account; below it, what protects the account.

use maud::html;
use stack_live::Cx;

use super::{context::Context, layout};

pub mod activity;
{%- if files %}
pub mod avatar;
{%- endif %}
pub mod deletion;
pub mod email;
{%- if oidc %}
pub mod identities;
{%- endif %}
{%- if passkeys %}
pub mod passkeys;
{%- endif %}
pub mod password;
{%- if phone %}
pub mod phone;
{%- endif %}
{%- if passkeys or totp %}
pub mod recovery_codes;
{%- endif %}
pub mod security;
{%- if openapi %}
pub mod tokens;
{%- endif %}
{%- if totp %}
pub mod totp;
{%- endif %}

/// The account.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let main = html! {
        section.card.narrow {
            h1 { "Your account" }
            p { (user.display_name.as_str()) br; (user.email.as_str()) }
{%- if files %}
            (cx.child(avatar::avatar, ()).await?)
{%- endif %}
{%- if phone %}
            (cx.child(phone::phone, ()).await?)
{%- endif %}
{%- if jobs %}
            @if cx.app().config.may_see_jobs(&user.email) { p { a href="/jobs" data-link { "Jobs" } } }
{%- endif %}
{%- if openapi %}
            p { a href="/account/tokens" data-link { "API tokens: programs that act for you" } }
{%- endif %}
            p { a href="/account/security" data-link { "Security: where you are logged in, password, deletion" } }
        }
    };
    Ok(layout::live(&cx, "Your account", main))
}
