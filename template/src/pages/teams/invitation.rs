//! `/invitation?token=…`: an invitation to a team. Opening the page does nothing, because programs that look into mails open it
//! too. Who has no account, or is not logged in, comes back after that.

use std::time::Duration;

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::Deserialize;
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::working_in;
use crate::{
    error::{Error, Result},
    http::cookies::INVITATION,
    models::{ClientInfo, InvitationToken},
    pages::{context::Context, flash::Flash, layout, visitor::SignedIn},
    state::AppState,
};

/// How long a visitor who logs in or registers first comes back to the invitation.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The token of a link.
#[derive(Deserialize)]
pub struct TokenForm {
    #[serde(default)]
    token: String,
}

/// The token of a link, and where the visitor goes first.
#[derive(Deserialize)]
pub struct KeepForm {
    token: String,
    #[serde(default)]
    register: bool,
}

/// The invitation.
pub async fn page(cx: Cx) -> stack_live::Result {
    let TokenForm { token } = cx.query()?;
    let token = InvitationToken::parse(&token).ok_or(Error::LinkExpired)?;
    let text = token.to_text();
    let load = cx.use_load((), move |ctx| async move {
        ctx.app().accounts.invitation(&token).await
    });
    let invitation = load.await?;
    let email = invitation.email.as_str();
    let main = html! {
        section.card.narrow {
            h1 { "Join “" (invitation.team_name.as_str()) "”" }
            p { "The invitation is for " strong { (email) } ", as " (invitation.role.title().to_lowercase()) "." }
            @match cx.user() {
                Some(user) if user.email == invitation.email => {
                    form method="post" action="/invitation" {
                        input type="hidden" name="token" value=(text);
                        button type="submit" { "Join the team" }
                    }
                }
                Some(user) => {
                    p { "You are logged in as " strong { (user.email.as_str()) } ", which is another address. Log out, and open the link again." }
                }
                None => {
                    form method="post" action="/invitation/keep" {
                        input type="hidden" name="token" value=(text);
                        div.actions {
                            button type="submit" { "Log in" }
                            button.secondary type="submit" name="register" value="true" { "Register" }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::live(&cx, "Invitation", main))
}

/// Accepts the invitation. The user works in the team from now on.
pub async fn accept(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    client: ClientInfo,
    cookies: Cookies,
    Form(TokenForm { token }): Form<TokenForm>,
) -> Result<Response> {
    let token = InvitationToken::parse(&token).ok_or(Error::LinkExpired)?;
    let accounts = &state.accounts;
    let team = accounts.accept_invitation(&user, &token, &client).await?;
    let cookies = working_in(&state, cookies, user.id, team);
    Ok((Flash::Joined.add_to(cookies), Redirect::to("/notes")).into_response())
}

/// Keeps the invitation, and leads to the log-in or the registration.
pub async fn keep(cookies: Cookies, Form(form): Form<KeepForm>) -> Result<Response> {
    let token = InvitationToken::parse(&form.token).ok_or(Error::LinkExpired)?;
    let cookies = cookies.set(INVITATION, token.to_text(), Some(KEPT_FOR));
    let next = if form.register { "/register" } else { "/login" };
    Ok((cookies, Redirect::to(next)).into_response())
}
