//! The extractor of the logged-in user in the team in which they work.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::Deserialize;
use stack_web::cookies::Cookies;

use super::{cookies, current_user::CurrentUser};
use crate::{
    error::{Error, Result},
    models::{Scope, TeamId},
    state::AppState,
};

/// The logged-in user of the API, in the team of `?team=`, or else of the cookie, or else in the one that they have to
/// themselves. Without a user the response is 401; in a team that they do not belong to it is 403, whether or not it exists.
pub struct CurrentScope(pub Scope);

/// `?team=`.
#[derive(Deserialize)]
struct TeamQuery {
    team: Option<TeamId>,
}

impl FromRequestParts<AppState> for CurrentScope {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let CurrentUser(user) = CurrentUser::from_request_parts(parts, state).await?;
        let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
        let named = Query::<TeamQuery>::from_request_parts(parts, state).await;
        let Query(named) = named.map_err(|error| Error::BadRequest(error.body_text().into()))?;
        let team = named
            .team
            .unwrap_or_else(|| cookies::team(&cookies, user.id));
        match state.accounts.scope(user.id, team).await {
            Err(Error::NotFound) => {
                let why = "you do not belong to this team; yours are at `/teams`";
                Err(Error::Forbidden(why.into()))
            }
            scope => Ok(Self(scope?)),
        }
    }
}
