//! `/api/notes`: the notes of the logged-in user. A note of another user is not found.
{%- if openapi %}

use axum::{Json, extract::State, http::StatusCode};
{%- else %}

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
{%- endif %}
use serde::{Deserialize, Serialize};
use stack_web::{
    extract::{ApiJson, Key},
    pagination::{self, PageQuery},
};
{%- if openapi %}

use super::{
{%- if teams %}
    current_scope::CurrentScope as CurrentUser,
{%- else %}
    current_user::CurrentUser,
{%- endif %}
    idempotency::{Answer, OnceJson},
};
{%- else %}
{%- if teams %}

use super::current_scope::CurrentScope as CurrentUser;
{%- else %}

use super::current_user::CurrentUser;
{%- endif %}
{%- endif %}
use crate::{
    error::{Error, Result},
    models::{Note, NoteDraft, NoteId, Version},
    repositories::notes,
    services,
    state::AppState,
};

/// The body of a new note.
{%- if openapi %}
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "title": "Milk", "body": "Two litres" }))]
{%- endif %}
#[derive(Deserialize)]
pub struct NewNote {
    title: String,
    #[serde(default)]
    body: String,
}

/// The body of an update: the whole note, and the version that it is based on.
{%- if openapi %}
#[derive(utoipa::ToSchema)]
#[schema(example = json!({ "title": "Milk", "body": "Three litres", "version": 1 }))]
{%- endif %}
#[derive(Deserialize)]
pub struct Edit {
    title: String,
    body: String,
    version: Version,
}

/// A page of notes, newest first.
{%- if openapi %}
#[derive(Serialize, utoipa::ToSchema)]
{%- else %}
#[derive(Serialize)]
{%- endif %}
pub struct NotePage {
    notes: Vec<Note>,
    /// The value of `?after=` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NoteId>,
}

/// Lists notes. A page of long notes has fewer than its limit.
{%- if openapi %}
#[utoipa::path(
    get,
    path = "/api/notes",
    operation_id = "list_notes",
    tag = "notes",
    params(
        ("limit" = Option<i64>, Query, description = "How many at most, from 1 to 100."),
        ("after" = Option<NoteId>, Query, description = "The `next` of the page before."),
    ),
    responses(
        (status = 200, description = "A page of notes.", body = NotePage),
    ),
)]
{%- endif %}
pub async fn list(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    page: PageQuery<NoteId>,
) -> Result<Json<NotePage>> {
    let found = notes::list(state.db.pool(), user.owner(), page.after, page.limit + 1).await?;
    let bytes = |note: &Note| note.title.as_str().len() + note.body.as_str().len();
    let (notes, next) = pagination::split_by_size(found, page.limit, bytes, |note| note.id);
    Ok(Json(NotePage { notes, next }))
}

/// Creates a note.
{%- if openapi %}
#[utoipa::path(
    post,
    path = "/api/notes",
    operation_id = "create_note",
    tag = "notes",
    request_body = NewNote,
    responses(
        (status = 201, description = "The note.", body = Note, headers(("location" = String))),
    ),
)]
{%- endif %}
pub async fn create(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
{%- if openapi %}
    OnceJson(once, body): OnceJson<NewNote>,
) -> Result<Answer> {
    let draft = NoteDraft::parse(&body.title, &body.body)?;
{%- if teams %}
    let (id, owner, user) = (NoteId::generate(), user.owner(), user.user());
{%- else %}
    let (id, owner, user) = (NoteId::generate(), user.owner(), user.id);
{%- endif %}
    let create = state.db.run(|tx| {
        let (once, draft) = (&once, &draft);
        Box::pin(async move {
            if let Some(answer) = once.begin(&mut *tx, user).await? {
                return Ok(answer);
            }
            let note = notes::insert(&mut **tx, id, owner, draft).await?;
            let answer = Answer::created(format!("/api/notes/{id}"), &note)?;
            once.end(&mut *tx, user, answer).await
        })
    });
    let answer = create.await?;
    services::notes::changed(state.live.hub(), owner);
{%- if pgvector %}
    state.search.changed(owner, id);
{%- endif %}
    Ok(answer)
}
{%- else %}
    ApiJson(body): ApiJson<NewNote>,
) -> Result<impl IntoResponse> {
    let draft = NoteDraft::parse(&body.title, &body.body)?;
    let note = notes::insert(state.db.pool(), NoteId::generate(), user.owner(), &draft).await?;
    services::notes::changed(state.live.hub(), user.owner());
{%- if pgvector %}
    state.search.changed(user.owner(), note.id);
{%- endif %}
    let location = format!("/api/notes/{}", note.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(note),
    ))
}
{%- endif %}

/// Returns a note.
{%- if openapi %}
#[utoipa::path(
    get,
    path = "/api/notes/{id}",
    operation_id = "show_note",
    tag = "notes",
    params(("id" = NoteId, Path, description = "The note's id.")),
    responses(
        (status = 200, description = "The note.", body = Note),
    ),
)]
{%- endif %}
pub async fn show(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    Key(id): Key<NoteId>,
) -> Result<Json<Note>> {
    notes::find(state.db.pool(), user.owner(), id)
        .await?
        .map(Json)
        .ok_or(Error::NotFound)
}

/// Updates a note, unless it was changed in the meantime.
{%- if openapi %}
#[utoipa::path(
    put,
    path = "/api/notes/{id}",
    operation_id = "update_note",
    tag = "notes",
    params(("id" = NoteId, Path, description = "The note's id.")),
    request_body = Edit,
    responses(
        (status = 200, description = "The note.", body = Note),
        (
            status = 409,
            description = "It has another version now, which is in `current`.",
            body = super::problem_details::ProblemDetails,
            content_type = "application/problem+json",
        ),
    ),
)]
{%- endif %}
pub async fn update(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    Key(id): Key<NoteId>,
    ApiJson(body): ApiJson<Edit>,
) -> Result<Json<Note>> {
    let draft = NoteDraft::parse(&body.title, &body.body)?;
    let note = services::notes::update(&state.db, user.owner(), id, body.version, &draft).await?;
    services::notes::changed(state.live.hub(), user.owner());
{%- if pgvector %}
    state.search.changed(user.owner(), id);
{%- endif %}
    Ok(Json(note))
}

/// Deletes a note.
{%- if openapi %}
#[utoipa::path(
    delete,
    path = "/api/notes/{id}",
    operation_id = "delete_note",
    tag = "notes",
    params(("id" = NoteId, Path, description = "The note's id.")),
    responses(
        (status = 204, description = "It is deleted."),
    ),
)]
{%- endif %}
pub async fn delete(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    Key(id): Key<NoteId>,
) -> Result<StatusCode> {
    let deleted = notes::delete(state.db.pool(), user.owner(), id).await?;
    if deleted {
        services::notes::changed(state.live.hub(), user.owner());
{%- if pgvector %}
        state.search.changed(user.owner(), id);
{%- endif %}
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}
