//! The extractor of the logged-in user.

use axum::{extract::FromRequestParts, http::request::Parts};
use stack_web::cookies::Cookies;

use super::cookies::session_token;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, User},
    services::limits::Key,
    state::AppState,
};

/// The logged-in user of the API. Without one the response is 401. (Pages use
/// [`SignedIn`](crate::pages::visitor::SignedIn), which redirects to the log-in page.)
pub struct CurrentUser(pub User);

impl FromRequestParts<AppState> for CurrentUser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
        let Ok(client) = ClientInfo::from_request_parts(parts, state).await;
        let user = of_session(state, &client, &cookies).await?;
        state.limits.check_api(Key::Account(&user.email))?;
        Ok(Self(user))
    }
}

/// The user of the session, without a look at how many requests they send.
pub(super) async fn of_session(
    state: &AppState,
    client: &ClientInfo,
    cookies: &Cookies,
) -> Result<User> {
    let token = session_token(cookies).ok_or(Error::Unauthenticated)?;
    let found = state.accounts.session(&token, client).await?;
    let (_, user) = found.ok_or(Error::Unauthenticated)?;
    Ok(user)
}
