//! `/account/recovery-codes`: new recovery codes, which are shown once.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use maud::html;
use stack_live::Cx;

use crate::{
    error::Result,
    models::{ClientInfo, RecoveryCode},
    pages::{confirmation::RecentlyAuthenticated, context::Context, layout, visitor::Visitor},
    repositories::recovery_codes,
    state::AppState,
};

/// How many codes are left.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let left = cx
        .use_load((), |ctx| async move {
            recovery_codes::count(ctx.app().db.pool(), user.id).await
        })
        .await?;
    let main = html! {
        section.card.narrow {
            h1 { "Recovery codes" }
            p.soft { "Each code replaces your device once, if you have lost it. Keep them where others cannot see them." }
            p { "Codes left: " strong { (*left) } }
            form method="post" action="/account/recovery-codes" {
                button.secondary type="submit" { "Make new codes" }
            }
            p.small { "Codes that you have written down before are not valid any more after that." }
            p { a href="/account/security" data-link { "Security" } }
        }
    };
    Ok(layout::live(&cx, "Recovery codes", main))
}

/// Makes new codes, and shows them.
pub async fn renew(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, visitor, .. }: RecentlyAuthenticated,
    client: ClientInfo,
) -> Result<Response> {
    let codes = state.accounts.new_recovery_codes(user.id, &client).await?;
    Ok(show(&visitor, &codes))
}

/// The only page that shows codes. It is not live: a live page would have them in its state.
pub(super) fn show(visitor: &Visitor, codes: &[RecoveryCode]) -> Response {
    let main = html! {
        section.card.narrow {
            h1 { "Your recovery codes" }
            p { "Write them down, or print them: they are not shown again. Each can be used once." }
            ul {
                @for code in codes { li { code { (code.to_text()) } } }
            }
            p { a.button href="/account/security" { "I have written them down" } }
        }
    };
    layout::page(visitor, "Your recovery codes", main).into_response()
}
