//! `/api/session`: logging in and out.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use stack_web::{cookies::Cookies, extract::ApiJson, layers::CLEAR_SITE_DATA};

use super::{
    cookies::{SESSION, session_token},
    current_user::CurrentSession,
};
use crate::{error::Result, models::ClientInfo, state::AppState};

/// The body of a log-in.
#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
}

/// Starts a session and sets its cookie.
pub async fn log_in(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    ApiJson(body): ApiJson<Credentials>,
) -> Result<impl IntoResponse> {
    let old = session_token(&cookies);
    let (user, token) = state
        .accounts
        .log_in(&body.email, &body.password, &client, old)
        .await?;
    let lifetime = state.config.session_lifetime;
    let cookies = cookies.set(SESSION, token.to_text(), Some(lifetime));
    Ok((StatusCode::CREATED, cookies, Json(user)))
}

/// The body of a confirmation.
#[derive(Deserialize)]
pub struct Confirmation {
    password: String,
}

/// Confirms with the password who the user is, which what matters needs in the ten minutes before. The session has
/// another token after that.
pub async fn confirm(
    State(state): State<AppState>,
    CurrentSession { user, session }: CurrentSession,
    client: ClientInfo,
    cookies: Cookies,
    ApiJson(body): ApiJson<Confirmation>,
) -> Result<impl IntoResponse> {
    let accounts = &state.accounts;
    let token = accounts
        .confirm_password(&user, session.id, &body.password, &client)
        .await?;
    let lifetime = state.config.session_lifetime;
    let cookies = cookies.set(SESSION, token.to_text(), Some(lifetime));
    Ok((StatusCode::NO_CONTENT, cookies, ()))
}

/// Ends the session, if there is one, and deletes its cookie.
pub async fn log_out(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<impl IntoResponse> {
    if let Some(token) = session_token(&cookies) {
        state.accounts.log_out(&token, &client).await?;
    }
    let cookies = cookies.remove(SESSION);
    Ok((StatusCode::NO_CONTENT, cookies, CLEAR_SITE_DATA))
}
