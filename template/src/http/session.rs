//! `/api/session`: logging in and out.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use stack_web::{cookies::Cookies, extract::ApiJson, layers::CLEAR_SITE_DATA};

use super::cookies::{SESSION, session_token};
use crate::{error::Result, models::ClientInfo, state::AppState};

/// The body of a log-in.
{%- if openapi %}
#[derive(utoipa::ToSchema)]
#[schema(example = json!({
    "email": "grace@example.com",
    "password": "a long sentence of mine",
}))]
{%- endif %}
#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
}

/// Starts a session and sets its cookie.
{%- if openapi %}
#[utoipa::path(
    post,
    path = "/api/session",
    operation_id = "log_in",
    tag = "accounts",
    request_body = Credentials,
    responses(
        (status = 201, description = "The account. The cookie is set.", body = crate::models::User),
        (
            status = 401,
            description = "The address or the password is wrong, or a code is needed.",
            body = super::problem_details::ProblemDetails,
            content_type = "application/problem+json",
        ),
    ),
)]
{%- endif %}
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
{%- if openapi %}
#[utoipa::path(
    delete,
    path = "/api/session",
    operation_id = "log_out",
    tag = "accounts",
    responses(
        (status = 204, description = "Nobody is logged in any more."),
    ),
)]
{%- endif %}
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
