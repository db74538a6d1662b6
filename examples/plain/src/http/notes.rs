//! `/api/notes`: the notes of who is logged in. A note of somebody else is not found.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use stack_web::{
    extract::{ApiJson, Key},
    pagination::{self, PageQuery},
};

use super::current_user::CurrentUser;
use crate::{
    error::{Error, Result},
    models::{Note, NoteDraft, NoteId, Version},
    repositories::notes,
    services,
    state::AppState,
};

/// The body of a new note.
#[derive(Deserialize)]
pub struct NewNote {
    title: String,
    #[serde(default)]
    body: String,
}

/// The body of an edit: the whole note, and the version it was made from.
#[derive(Deserialize)]
pub struct Edit {
    title: String,
    body: String,
    version: Version,
}

/// A page of notes, newest first.
#[derive(Serialize)]
pub struct NotePage {
    notes: Vec<Note>,
    /// Goes into `?after=` to get the next page; absent from the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NoteId>,
}

/// Lists notes.
pub async fn list(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    page: PageQuery<NoteId>,
) -> Result<Json<NotePage>> {
    let found = notes::list(state.db.pool(), user.id, page.after, page.limit + 1).await?;
    let (notes, next) = pagination::split(found, page.limit, |note| note.id);
    Ok(Json(NotePage { notes, next }))
}

/// Writes a new note.
pub async fn create(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    ApiJson(body): ApiJson<NewNote>,
) -> Result<impl IntoResponse> {
    let draft = NoteDraft::parse(&body.title, &body.body)?;
    let note = notes::insert(state.db.pool(), NoteId::generate(), user.id, &draft).await?;
    services::notes::changed(state.live.hub(), user.id);
    let location = format!("/api/notes/{}", note.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(note),
    ))
}

/// Reads a note.
pub async fn show(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    Key(id): Key<NoteId>,
) -> Result<Json<Note>> {
    notes::find(state.db.pool(), user.id, id)
        .await?
        .map(Json)
        .ok_or(Error::NotFound)
}

/// Writes over a note that was not changed since.
pub async fn update(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    Key(id): Key<NoteId>,
    ApiJson(body): ApiJson<Edit>,
) -> Result<Json<Note>> {
    let draft = NoteDraft::parse(&body.title, &body.body)?;
    let note = services::notes::update(&state.db, user.id, id, body.version, &draft).await?;
    services::notes::changed(state.live.hub(), user.id);
    Ok(Json(note))
}

/// Deletes a note.
pub async fn delete(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    Key(id): Key<NoteId>,
) -> Result<StatusCode> {
    let deleted = notes::delete(state.db.pool(), user.id, id).await?;
    if deleted {
        services::notes::changed(state.live.hub(), user.id);
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}
