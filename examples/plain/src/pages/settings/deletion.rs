//! `/account/delete`: deleting the account.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use stack_live::Cx;
use stack_web::{cookies::Cookies, layers::CLEAR_SITE_DATA};

use crate::{
    error::Result,
    http::cookies::SESSION,
    models::ClientInfo,
    pages::{confirmation::RecentlyAuthenticated, context::Context, flash::Flash, layout},
    state::AppState,
};

/// The form.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.recently_authenticated().await?;
    let main = html! {
        section.card.narrow {
            h1 { "Delete the account" }
            p { (user.email.as_str()) }
            p { "Your account and all of your notes are deleted. This cannot be undone." }
            form method="post" action="/account/delete" {
                div.actions {
                    button.danger type="submit" { "Delete permanently" }
                    a.button.secondary href="/account/security" data-link { "Cancel" }
                }
            }
        }
    };
    Ok(layout::live(&cx, "Delete the account", main))
}

/// Deletes the account, which ends all of its sessions.
pub async fn delete(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    state.accounts.delete(user.id, &client).await?;
    let cookies = Flash::AccountDeleted.add_to(cookies.remove(SESSION));
    Ok((cookies, CLEAR_SITE_DATA, Redirect::to("/")).into_response())
}
