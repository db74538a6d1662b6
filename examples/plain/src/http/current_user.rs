//! The extractors of the logged-in user.

use axum::{extract::FromRequestParts, http::request::Parts};
use stack_web::cookies::Cookies;

use super::cookies::session_token;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, Session, User},
    services::limits::Key,
    state::AppState,
};

/// The logged-in user of the API. Without one the response is 401. (Pages use
/// [`SignedIn`](crate::pages::visitor::SignedIn), which redirects to the log-in page.)
pub struct CurrentUser(pub User);

impl FromRequestParts<AppState> for CurrentUser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let current = CurrentSession::from_request_parts(parts, state).await?;
        Ok(Self(current.user))
    }
}

/// The logged-in user of the API with the session, as [`CurrentUser`].
pub struct CurrentSession {
    /// The user.
    pub user: User,
    /// The session.
    pub session: Session,
}

impl FromRequestParts<AppState> for CurrentSession {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
        let Ok(client) = ClientInfo::from_request_parts(parts, state).await;
        let token = session_token(&cookies).ok_or(Error::Unauthenticated)?;
        let found = state.accounts.session(&token, &client).await?;
        let (session, user) = found.ok_or(Error::Unauthenticated)?;
        state.limits.check_api(Key::Account(&user.email))?;
        Ok(Self { user, session })
    }
}

/// A user of the API who has proved in the last ten minutes who they are, for what matters. For others the response is
/// 403 with the code `confirmation_required`; they do it with `PUT /api/session`. (Pages use
/// [`RecentlyAuthenticated`](crate::pages::confirmation::RecentlyAuthenticated), which redirects.)
pub struct RecentlyAuthenticated(pub CurrentSession);

impl FromRequestParts<AppState> for RecentlyAuthenticated {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let current = CurrentSession::from_request_parts(parts, state).await?;
        if current.session.recently_authenticated {
            Ok(Self(current))
        } else {
            Err(Error::ConfirmationRequired)
        }
    }
}
