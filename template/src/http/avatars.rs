//! `/avatars/{id}`: the picture of a user, for who may see it. For everybody else it does not exist.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use stack_web::cookies::Cookies;

use super::{current_user::of_session, files};
use crate::{
    error::{Error, Result},
    models::{ClientInfo, ObjectId},
    repositories::pictures,
    state::AppState,
};

/// The picture. A user who has another one has another address.
pub async fn show(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let id: ObjectId = id.parse().map_err(|_| Error::NotFound)?;
    let reader = of_session(&state, &client, &cookies).await?;
    let picture = pictures::find_avatar(state.db.pool(), &reader, id).await?;
    let picture = picture.ok_or(Error::NotFound)?;
    files::respond_with_picture(&state, &picture, "avatar", &headers).await
}
