//! `/api/users` and `/api/me`: accounts.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::Deserialize;

use super::{api_json::ApiJson, current_user::CurrentUser, key::Key};
use crate::{
    app::AppState,
    error::{Error, Result},
    models::{Registration, User, UserId},
    repositories::users::{self, Profile},
    services::accounts,
};

/// The body of a registration.
#[derive(Deserialize)]
pub struct NewUser {
    email: String,
    display_name: String,
    password: String,
}

/// Makes an account. To log in is a request of its own.
pub async fn register(
    State(state): State<AppState>,
    ApiJson(body): ApiJson<NewUser>,
) -> Result<impl IntoResponse> {
    let registration = Registration::parse(&body.email, &body.display_name, &body.password)?;
    let user = accounts::register(&state, registration).await?;
    let location = format!("/api/users/{}", user.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(user),
    ))
}

/// What everybody may know about a user.
pub async fn profile(State(state): State<AppState>, Key(id): Key<UserId>) -> Result<Json<Profile>> {
    users::profile(state.db.pool(), id)
        .await?
        .map(Json)
        .ok_or(Error::NotFound)
}

/// What the client may know about itself.
pub async fn me(CurrentUser(user): CurrentUser) -> Json<User> {
    Json(user)
}
