//! `/api/users` and `/api/me`: accounts.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use stack_web::{
    cookies::Cookies,
    extract::{ApiJson, Key},
    layers::CLEAR_SITE_DATA,
};

use super::{
    cookies::SESSION,
    current_user::{CurrentSession, CurrentUser, RecentlyAuthenticated},
};
use crate::{
    error::{Error, Result},
    models::{ClientInfo, FieldErrors, Owner, Password, Phone, Registration, User, UserId},
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
    RecentlyAuthenticated(CurrentSession { user, .. }): RecentlyAuthenticated,
    client: ClientInfo,
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
    let accounts = &state.accounts;
    accounts.set_phone(user.id, phone.as_ref(), &client).await?;
    Ok(Json(Me { user, phone }))
}

/// The body of a change of the password.
#[derive(Deserialize)]
pub struct PasswordChange {
    password: String,
}

/// Changes the password of the logged-in user, and ends their other sessions.
pub async fn change_password(
    State(state): State<AppState>,
    RecentlyAuthenticated(CurrentSession { user, session }): RecentlyAuthenticated,
    client: ClientInfo,
    ApiJson(body): ApiJson<PasswordChange>,
) -> Result<StatusCode> {
    let mut errors = FieldErrors::default();
    let password = Password::parse(&body.password, &user.own_words());
    let Some(password) = errors.check("password", password) else {
        return Err(errors.into());
    };
    let accounts = &state.accounts;
    accounts
        .change_password(user.id, Some(session.id), password, &client)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the account of the logged-in user.
pub async fn delete(
    State(state): State<AppState>,
    RecentlyAuthenticated(CurrentSession { user, .. }): RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<impl IntoResponse> {
    delete_account(&state, user.owner(), &client).await?;
    let cookies = cookies.remove(SESSION);
    Ok((StatusCode::NO_CONTENT, cookies, CLEAR_SITE_DATA))
}

/// Deletes an account with everything that is theirs, in every database.
pub async fn delete_account(state: &AppState, owner: Owner, client: &ClientInfo) -> Result<()> {
    state.accounts.delete(owner.id(), client).await?;
{%- if pgvector %}
    state.search.changed_all(owner);
{%- endif %}
    Ok(())
}
