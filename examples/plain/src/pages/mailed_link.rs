//! `/link?token=…`: a link from a mail, to confirm or change an address, or to log in.
//!
//! Opening the page does nothing, because programs that look into mails open it too. The button does.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::Deserialize;
use stack_live::{Cx, PageError};
use stack_web::cookies::Cookies;

use super::{account, context::Context, flash::Flash, layout};
use crate::{
    error::{Error, Result},
    http::cookies::session_token,
    models::{ClientInfo, LinkPurpose, LinkToken},
    state::AppState,
};

/// The token of a link.
#[derive(Deserialize)]
pub struct Token {
    #[serde(default)]
    token: String,
}

/// The token in the query.
///
/// # Errors
/// [`Error::LinkExpired`] if there is none.
pub fn token(cx: &Cx) -> Result<LinkToken, PageError> {
    let Token { token } = cx.query()?;
    Ok(LinkToken::parse(&token).ok_or(Error::LinkExpired)?)
}

/// What the link is for, as it was when the page was opened.
pub async fn purpose(cx: &Cx, token: &LinkToken) -> Result<Option<LinkPurpose>, PageError> {
    let token = token.clone();
    let found = cx.use_load(
        (),
        |ctx| async move { ctx.app().links.purpose(&token).await },
    );
    Ok((*found.await?).clone())
}

/// The button.
pub async fn page(cx: Cx) -> stack_live::Result {
    let token = token(&cx)?;
    let purpose = purpose(&cx, &token).await?.ok_or(Error::LinkExpired)?;
    let (title, text, button) = match &purpose {
        LinkPurpose::Confirm => ("Confirm your address", None, "Confirm and log in"),
        LinkPurpose::Change(email) => ("Confirm your address", Some(email), "Use this address"),
        LinkPurpose::LogIn => ("Log in", None, "Log in"),
        LinkPurpose::Reset => return Err(Error::LinkExpired.into()),
    };
    let main = html! {
        section.card.narrow {
            h1 { (title) }
            @if let Some(email) = text {
                p { "The new address of your account: " strong { (email.as_str()) } }
            }
            form method="post" action="/link" {
                input type="hidden" name="token" value=(token.to_text());
                button type="submit" { (button) }
            }
        }
    };
    Ok(layout::live(&cx, title, main))
}

/// Does what the link is for, and uses it up.
pub async fn follow(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    Form(Token { token }): Form<Token>,
) -> Result<Response> {
    let token = LinkToken::parse(&token).ok_or(Error::LinkExpired)?;
    let old = session_token(&cookies);
    let session = state.accounts.follow_link(&token, &client, old).await?;
    let Some((session, is_first)) = session else {
        let cookies = Flash::EmailChanged.add_to(cookies);
        return Ok((cookies, Redirect::to("/account")).into_response());
    };
    let flash = match is_first {
        true => Flash::Welcome,
        false => Flash::LoggedIn,
    };
    let response = account::redirect_logged_in(&state, cookies, &session, flash, "/notes");
    Ok(response)
}
