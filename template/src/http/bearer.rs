//! `Authorization: Bearer`: programs that use the API with a token.

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use stack_web::problem::Problem;

use super::{
    api_access::{Access, access},
    rate_limit_headers,
};
use crate::{
    error::Result,
    models::{ApiSecret, ApiTokenId, TokenScopes, User},
    services::limits::Key,
    state::AppState,
};

/// Who sends a request with a token.
#[derive(Clone)]
pub struct TokenUser {
    /// The user for whom the program sends it.
    pub user: User,
    /// The token that the program has.
    pub token: ApiTokenId,
}

/// Whether the header has a token; `authorization: Basic` is another matter, such as a proxy's.
fn is_bearer(value: &HeaderValue) -> bool {
    let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
}

fn has_bearer(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).iter().any(is_bearer)
}

/// Middleware around all others: a request of the API with a token is about the token alone. Its cookies are ignored. So no
/// browser adds to it what its user may do, and the check for requests of other sites has nothing to protect.
pub async fn isolate(mut request: Request) -> Request {
    if request.uri().path().starts_with("/api/") && has_bearer(request.headers()) {
        let headers = request.headers_mut();
        headers.remove(header::COOKIE);
        headers.remove(header::ORIGIN);
        headers.remove("sec-fetch-site");
    }
    request
}

/// Middleware of the API: the token of the request must be valid, have the scope of the route, and not be used too often.
pub async fn authenticate(
    State(state): State<AppState>,
    pattern: MatchedPath,
    mut request: Request,
    next: Next,
) -> Result<Response> {
    if !has_bearer(request.headers()) {
        return Ok(next.run(request).await);
    }
    let Some(secret) = secret(request.headers()) else {
        return Ok(invalid());
    };
    let Some((token, user)) = state.accounts.api_user(&secret).await? else {
        return Ok(invalid());
    };
    let email = user.email.clone();
    let limits = [
        ("token", Key::Token(token.id)),
        ("account", Key::Account(&email)),
    ];
    let allowed = limits
        .iter()
        .try_for_each(|(_, key)| state.limits.check_api(*key));
    let refused = refusal(access(request.method(), pattern.as_str()), &token.scopes);
    let left = rate_limit_headers::left(&state.limits, &limits);
    let mut response = match (allowed, refused) {
        (Err(error), _) => error.into_response(),
        (Ok(()), Some(refused)) => refused,
        (Ok(()), None) => {
            let token = token.id;
            let extensions = request.extensions_mut();
            extensions.insert(TokenUser { user, token });
            next.run(request).await
        }
    };
    response.headers_mut().extend(left);
    Ok(response)
}

/// The secret, if there is one header, and it is one.
fn secret(headers: &HeaderMap) -> Option<ApiSecret> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (_, text) = value.to_str().ok()?.split_once(' ')?;
    ApiSecret::parse_bearer(text.trim())
}

/// Why a valid token is not enough.
fn refusal(access: Access, scopes: &TokenScopes) -> Option<Response> {
    let status = StatusCode::FORBIDDEN;
    match access {
        Access::Public => None,
        Access::Scope(scope) if scopes.contains(scope) => None,
        Access::Scope(scope) => {
            let detail = format!("this needs a token with the scope `{}`", scope.name());
            let challenge = format!(
                "Bearer error=\"insufficient_scope\", scope=\"{}\"",
                scope.name()
            );
            let problem = Problem::new(status, "insufficient_scope", detail);
            Some(challenged(problem, &challenge))
        }
        Access::NoToken => {
            let detail = "this cannot be done with a token";
            let problem = Problem::new(status, "not_for_tokens", detail);
            Some(problem.into_response())
        }
    }
}

fn invalid() -> Response {
    let detail = "this token is unknown, has expired or was revoked";
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "invalid_token", detail);
    challenged(problem, "Bearer error=\"invalid_token\"")
}

fn challenged(problem: Problem, challenge: &str) -> Response {
    let mut response = problem.into_response();
    if let Ok(challenge) = HeaderValue::from_str(challenge) {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
