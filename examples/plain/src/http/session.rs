//! `/api/session`: logging in and out.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use stack_web::{cookies::Cookies, extract::ApiJson, layers::CLEAR_SITE_DATA};

use super::cookies::{SESSION, session_token};
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
