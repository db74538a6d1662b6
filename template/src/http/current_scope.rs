//! The extractor of the logged-in user in the team in which they work.

use axum::{extract::FromRequestParts, http::request::Parts};
use stack_web::cookies::Cookies;

use super::{cookies, current_user::CurrentUser};
use crate::{
    error::{Error, Result},
    models::Scope,
    state::AppState,
};

/// The logged-in user of the API, in the team of the cookie, or in the one that they have to themselves. Without a user the
/// response is 401; in a team that they do not belong to any more it is 403.
pub struct CurrentScope(pub Scope);

impl FromRequestParts<AppState> for CurrentScope {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let CurrentUser(user) = CurrentUser::from_request_parts(parts, state).await?;
        let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
        let team = cookies::team(&cookies, user.id);
        match state.accounts.scope(user.id, team).await {
            Err(Error::NotFound) => {
                let why = "you do not belong to this team any more; choose one at `/teams`";
                Err(Error::Forbidden(why.into()))
            }
            scope => Ok(Self(scope?)),
        }
    }
}
