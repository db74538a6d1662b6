//! `/api/users` and `/api/me`: accounts.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
{%- if phone %}
use serde::Serialize;
{%- endif %}
use stack_web::extract::{ApiJson, Key};

use super::current_user::CurrentUser;
use crate::{
    error::{Error, Result},
{%- if phone %}
    models::{ClientInfo, Phone, Registration, User, UserId},
{%- else %}
    models::{ClientInfo, Registration, User, UserId},
{%- endif %}
    repositories::users::{self, Profile},
    state::AppState,
};

/// The body of a registration.
{%- if openapi %}
#[derive(utoipa::ToSchema)]
#[schema(example = json!({
    "email": "grace@example.com",
    "display_name": "Grace",
    "password": "a long sentence of mine",
}))]
{%- endif %}
#[derive(Deserialize)]
pub struct NewUser {
    email: String,
    display_name: String,
    password: String,
}

/// Creates an account, without logging in. If mails are sent, the answer is 202: the account can be used after its address is
/// confirmed, and the answer does not say whether the address has an account.
{%- if openapi %}
#[utoipa::path(
    post,
    path = "/api/users",
    operation_id = "register",
    tag = "accounts",
    request_body = NewUser,
    responses(
        (status = 201, description = "The account, if no mails are sent.", body = User),
        (status = 202, description = "A link was sent to the address."),
        (
            status = 409,
            description = "The address has an account.",
            body = super::problem_details::ProblemDetails,
            content_type = "application/problem+json",
        ),
    ),
)]
{%- endif %}
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
{%- if openapi %}
#[utoipa::path(
    get,
    path = "/api/users/{id}",
    operation_id = "show_user",
    tag = "accounts",
    params(("id" = UserId, Path, description = "The user's id.")),
    responses(
        (status = 200, description = "What everybody may know.", body = Profile),
    ),
)]
{%- endif %}
pub async fn profile(State(state): State<AppState>, Key(id): Key<UserId>) -> Result<Json<Profile>> {
    users::profile(state.db.pool(), id)
        .await?
        .map(Json)
        .ok_or(Error::NotFound)
}
{%- if phone %}

/// The account of the logged-in user.
{%- if openapi %}
#[derive(Serialize, utoipa::ToSchema)]
{%- else %}
#[derive(Serialize)]
{%- endif %}
pub struct Me {
    #[serde(flatten)]
    user: User,
    phone: Option<Phone>,
}

/// Returns the account of the logged-in user.
{%- if openapi %}
#[utoipa::path(
    get,
    path = "/api/me",
    operation_id = "show_me",
    tag = "accounts",
    responses((status = 200, description = "The account.", body = Me)),
)]
{%- endif %}
pub async fn me(State(state): State<AppState>, CurrentUser(user): CurrentUser) -> Result<Json<Me>> {
    let phone = state.accounts.phone(user.id).await?;
    Ok(Json(Me { user, phone }))
}
{%- else %}

/// Returns the account of the logged-in user.
{%- if openapi %}
#[utoipa::path(
    get,
    path = "/api/me",
    operation_id = "show_me",
    tag = "accounts",
    responses((status = 200, description = "The account.", body = User)),
)]
{%- endif %}
pub async fn me(CurrentUser(user): CurrentUser) -> Json<User> {
    Json(user)
}
{%- endif %}
