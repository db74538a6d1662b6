//! `/api/users` and `/api/me`: accounts.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use stack_web::extract::{ApiJson, Key};

use super::current_user::CurrentUser;
use crate::{
    error::{Error, Result},
    models::{FieldErrors, Phone, Registration, User, UserId},
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

/// Creates an account, without logging in.
pub async fn register(
    State(state): State<AppState>,
    ApiJson(body): ApiJson<NewUser>,
) -> Result<impl IntoResponse> {
    let registration = Registration::parse(&body.email, &body.display_name, &body.password)?;
    let user = state.accounts.register(registration).await?;
    let location = format!("/api/users/{}", user.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(user),
    ))
}

/// Returns the public data of a user.
pub async fn profile(State(state): State<AppState>, Key(id): Key<UserId>) -> Result<Json<Profile>> {
    users::profile(state.db.pool(), id)
        .await?
        .map(Json)
        .ok_or(Error::NotFound)
}

/// The account of the logged-in user.
#[derive(Serialize)]
pub struct Me {
    #[serde(flatten)]
    user: User,
    phone: Option<Phone>,
}

/// The body of a change of the phone number; `null` removes it.
#[derive(Deserialize)]
pub struct NewPhone {
    phone: Option<String>,
}

/// Returns the account of the logged-in user.
pub async fn me(State(state): State<AppState>, CurrentUser(user): CurrentUser) -> Result<Json<Me>> {
    let phone = state.accounts.phone(user.id).await?;
    Ok(Json(Me { user, phone }))
}

/// Stores or removes the phone number of the logged-in user.
pub async fn set_phone(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    ApiJson(body): ApiJson<NewPhone>,
) -> Result<Json<Me>> {
    let mut errors = FieldErrors::default();
    let phone = match &body.phone {
        None => None,
        Some(text) => match errors.check("phone", Phone::parse(text)) {
            None => return Err(errors.into()),
            phone => phone,
        },
    };
    state.accounts.set_phone(user.id, phone.as_ref()).await?;
    Ok(Json(Me { user, phone }))
}
