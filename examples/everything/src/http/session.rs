//! `/api/session`: logging in and out.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;

use super::{api_json::ApiJson, client_ip::ClientIp, cookies::Cookie, current_user::session_token};
use crate::{app::AppState, error::Result, services::accounts};

/// The body of an attempt to log in.
#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
}

/// Starts a session and sets its cookie.
pub async fn log_in(
    State(state): State<AppState>,
    ClientIp(from): ClientIp,
    headers: HeaderMap,
    ApiJson(body): ApiJson<Credentials>,
) -> Result<impl IntoResponse> {
    let production = state.config.environment.is_production();
    let old = session_token(&headers, production);
    let (user, token) = accounts::log_in(&state, &body.email, &body.password, from, old).await?;
    let lifetime = state.config.session_lifetime;
    let cookie = Cookie::Session.set(&token.to_text(), Some(lifetime), production);
    Ok((
        StatusCode::CREATED,
        [(header::SET_COOKIE, cookie)],
        Json(user),
    ))
}

/// Ends the session, if there is one, and removes its cookie.
pub async fn log_out(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    let production = state.config.environment.is_production();
    if let Some(token) = session_token(&headers, production) {
        accounts::log_out(&state, &token).await?;
    }
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, Cookie::Session.remove(production))],
    ))
}
