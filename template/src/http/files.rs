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

use super::cookies::session_token;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, FileId, User},
    repositories::files,
    state::AppState,
};

/// The query of a signed address.
#[derive(Default, Deserialize)]
pub struct Signed {
    #[serde(default)]
    until: u64,
    #[serde(default)]
    signature: String,
}

/// The file, or a part of it. Its name is only for people.
pub async fn show(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    Path((id, _name)): Path<(String, String)>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
) -> Result<Response> {
    let id: FileId = id.parse().map_err(|_| Error::NotFound)?;
    let reader = match state.files.is_shared(id, signed.until, &signed.signature)? {
        true => None,
        false => Some(user(&state, &client, &cookies).await?),
    };
    let file = files::find(state.db.pool(), reader.as_ref(), id).await?;
    let file = file.ok_or(Error::NotFound)?;
    let described = Described {
        key: &file.object.to_string(),
        name: file.name.as_str(),
        content_type: &file.content_type,
        size: file.size,
        etag: &format!("\"{}\"", hex::encode(&file.sha256)),
    };
    Ok(serve::respond(state.files.store(), &described, &headers).await?)
}

/// The user of the session. (The extractor `CurrentUser` counts requests: a page may show many pictures.)
async fn user(state: &AppState, client: &ClientInfo, cookies: &Cookies) -> Result<User> {
    let token = session_token(cookies).ok_or(Error::Unauthenticated)?;
    let found = state.accounts.session(&token, client).await?;
    let (_, user) = found.ok_or(Error::Unauthenticated)?;
    Ok(user)
}
