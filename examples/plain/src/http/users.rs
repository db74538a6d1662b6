//! `/api/users` and `/api/me`: accounts.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use stack_web::extract::{ApiJson, Key};

use super::current_user::CurrentUser;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, Registration, User, UserId},
    repositories::users::{self, Profile},
    state::AppState,
};

/// The body of a registration.
#[derive(Deserialize)]
pub struct NewUser {
    email: String,
    display_name: String,
    password: String,
}

/// Creates an account, without logging in. If mails are sent, the answer is 202: the account can be used after its address is
/// confirmed, and the answer does not say whether the address has an account.
pub async fn register(
    State(state): State<AppState>,
    client: ClientInfo,
    ApiJson(body): ApiJson<NewUser>,
) -> Result<Response> {
    let registration = Registration::parse(&body.email, &body.display_name, &body.password)?;
    if state.links.is_on() {
        let accounts = &state.accounts;
        accounts.register_by_mail(registration, &client).await?;
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    let user = state.accounts.register(registration, &client).await?;
    let location = format!("/api/users/{}", user.id);
    let headers = [(header::LOCATION, location)];
    Ok((StatusCode::CREATED, headers, Json(user)).into_response())
}

/// Returns the public data of a user.
pub async fn profile(State(state): State<AppState>, Key(id): Key<UserId>) -> Result<Json<Profile>> {
    users::profile(state.db.pool(), id)
        .await?
        .map(Json)
        .ok_or(Error::NotFound)
}

/// Returns the account of the logged-in user.
pub async fn me(CurrentUser(user): CurrentUser) -> Json<User> {
    Json(user)
}
