//! `/login/passkey` and `/confirm-password/passkey`: passkeys in the place of the password.

use axum::{
    Form, Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use stack_web::cookies::Cookies;

use super::{redirect_logged_in, safe_redirect};
use crate::{
    error::{Error, Result},
    http::{
        cookies::{SESSION, session_token},
        passkey_challenge,
    },
    models::ClientInfo,
    pages::{flash::Flash, visitor::SignedIn},
    state::AppState,
};

/// What a device has signed, and the page to redirect to.
#[derive(Deserialize)]
pub struct AnswerForm {
    credential: String,
    #[serde(default)]
    next: String,
}

/// What the browser is to be called with.
pub async fn begin(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<impl IntoResponse> {
    let (options, token) = state.accounts.begin_passkey_log_in(&client).await?;
    Ok((passkey_challenge::set(cookies, &token), Json(options)))
}

/// Logs in.
pub async fn log_in(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    let (cookies, token) = passkey_challenge::take(cookies)?;
    let (accounts, old) = (&state.accounts, session_token(&cookies));
    let (_, session) = accounts
        .log_in_with_passkey(&token, &form.credential, &client, old)
        .await?;
    let (flash, next) = (Flash::LoggedIn, safe_redirect(&form.next));
    Ok(redirect_logged_in(&state, cookies, &session, flash, next))
}

/// Confirms who the user is.
pub async fn confirm(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    let (cookies, token) = passkey_challenge::take(cookies)?;
    let session = visitor.session.as_ref().ok_or(Error::Unauthenticated)?;
    let session = state
        .accounts
        .confirm_with_passkey(&user, session.id, &token, &form.credential, &client)
        .await?;
    let lifetime = Some(state.config.session_lifetime);
    let cookies = cookies.set(SESSION, session.to_text(), lifetime);
    Ok((cookies, Redirect::to(safe_redirect(&form.next))).into_response())
}
