//! The second factor: what asks for a code, and `/api/session/code`, which takes it.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use stack_web::{cookies::Cookies, extract::ApiJson};

use super::cookies::{SESSION, session_token};
use crate::{
    error::{Error, Result},
    models::{ClientInfo, CodeRequest, LogInToken},
    services::accounts::totp::CODE_LIFETIME,
    state::AppState,
};

/// The token of a log-in that lacks the second factor.
pub const LOG_IN: &str = "log_in";

/// The log-in of the cookie that lacks the second factor. It need not exist.
///
/// # Errors
/// [`Error::Unauthenticated`] if there is no such cookie.
pub fn log_in_token(cookies: &Cookies) -> Result<LogInToken> {
    let token = cookies.get(LOG_IN).and_then(LogInToken::parse);
    token.ok_or(Error::Unauthenticated)
}

/// Middleware: where a handler has failed with [`Error::CodeRequired`], the response gets the cookie of the log-in. For a
/// page it is a redirect to the form of the code.
pub async fn ask(cookies: Cookies, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let Some(CodeRequest { token, next }) = response.extensions_mut().remove() else {
        return response;
    };
    let cookies = cookies.set(LOG_IN, token.to_text(), Some(CODE_LIFETIME));
    if is_api {
        return (cookies, response).into_response();
    }
    let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
    (cookies, Redirect::to(&format!("/login/code?{query}"))).into_response()
}

/// The body with a code.
{%- if openapi %}
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "secret_code": "123456" }))]
{%- endif %}
#[derive(Deserialize)]
pub struct Code {
    secret_code: String,
}

/// Completes a log-in or a confirmation with a code from the app, or a recovery code, and sets the session's cookie.
{%- if openapi %}
#[utoipa::path(
    post,
    path = "/api/session/code",
    operation_id = "enter_code",
    tag = "accounts",
    request_body = Code,
    responses(
        (status = 201, description = "The account. The cookie is set.", body = crate::models::User),
        (
            status = 401,
            description = "No log-in waits for a code.",
            body = super::problem_details::ProblemDetails,
            content_type = "application/problem+json",
        ),
    ),
)]
{%- endif %}
pub async fn complete(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    ApiJson(body): ApiJson<Code>,
) -> Result<impl IntoResponse> {
    let (token, old) = (log_in_token(&cookies)?, session_token(&cookies));
    let accounts = &state.accounts;
    let (user, token) = accounts
        .complete_log_in(&token, &body.secret_code, &client, old)
        .await?;
    let lifetime = state.config.session_lifetime;
    let cookies = cookies.set(SESSION, token.to_text(), Some(lifetime));
    Ok((StatusCode::CREATED, cookies.remove(LOG_IN), Json(user)))
}
