//! `/files/{id}/{name}`: a file, for who sees the note that it is attached to, and for who has a signed address. For everybody
//! else it does not exist.

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;
use stack_files::serve::{self, Described};
use stack_web::cookies::Cookies;

use super::current_user::of_session;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, FileId, StoredPicture, Variant},
    repositories::{files, pictures},
    state::AppState,
};

/// The query of an address: its signature, if it has one, and which of the pictures of a file is asked for.
#[derive(Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    until: u64,
    #[serde(default)]
    signature: String,
    variant: Option<Variant>,
}

/// The file, or a part of it; a variant, if it has that one. Its name is only for people.
pub async fn show(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    Path((id, _name)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response> {
    let id: FileId = id.parse().map_err(|_| Error::NotFound)?;
    let reader = match state.files.is_shared(id, wanted.until, &wanted.signature)? {
        true => None,
        // Not `CurrentUser`, which counts requests: a page may show many pictures.
        false => Some(of_session(&state, &client, &cookies).await?),
    };
    let file = files::find(state.db.pool(), reader.as_ref(), id).await?;
    let file = file.ok_or(Error::NotFound)?;
    if let Some(variant) = wanted.variant
        && let Some(picture) = pictures::variant(state.db.pool(), id, variant).await?
    {
        return respond_with_picture(&state, &picture, file.name.as_str(), &headers).await;
    }
    let described = Described {
        key: &file.object.to_string(),
        name: file.name.as_str(),
        content_type: &file.content_type,
        size: file.size,
        etag: &format!("\"{}\"", hex::encode(&file.sha256)),
    };
    Ok(serve::respond(state.files.store(), &described, &headers).await?)
}

/// The response with a picture that was made here. Its bytes never change, so their name in the store says what they are.
pub(super) async fn respond_with_picture(
    state: &AppState,
    picture: &StoredPicture,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response> {
    let described = Described {
        key: &picture.object.to_string(),
        name,
        content_type: &picture.content_type,
        size: picture.size,
        etag: &format!("\"{}\"", picture.object),
    };
    Ok(serve::respond(state.files.store(), &described, headers).await?)
}
