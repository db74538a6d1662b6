//! Who is logged in.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};

use super::cookies::Cookie;
use crate::{
    app::AppState,
    error::{Error, Result},
    models::{SessionToken, User},
    repositories::sessions,
};

/// The token in the session cookie; says nothing yet about whether there is such a session.
pub fn session_token(headers: &HeaderMap, production: bool) -> Option<SessionToken> {
    Cookie::Session
        .read(headers, production)
        .and_then(SessionToken::parse)
}

/// The user of the API's client. Without one the answer is 401. (Pages use
/// [`SignedIn`](crate::pages::visitor::SignedIn), which sends people to log in.)
pub struct CurrentUser(pub User);

impl FromRequestParts<AppState> for CurrentUser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let token = session_token(&parts.headers, state.config.environment.is_production());
        let token = token.ok_or(Error::LogInFirst)?;
        let user = sessions::user(state.db.pool(), token.digest()).await?;
        user.map(Self).ok_or(Error::LogInFirst)
    }
}
