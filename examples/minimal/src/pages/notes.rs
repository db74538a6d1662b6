//! `/notes`: reading, writing and deleting notes.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    account::NoFields,
    flash::Flash,
    layout,
    visitor::{SignedIn, Visitor},
};
use crate::{
    app::AppState,
    components::{
        date::date,
        form::{self, Field},
        note_card::note_card,
    },
    error::{Error, Result},
    http::{
        csrf::CsrfForm,
        key::Key,
        pagination::{self, PageQuery},
    },
    models::{FieldErrors, Note, NoteDraft, NoteId, Version},
    repositories::notes,
    services,
};

/// The fields of a new note.
#[derive(Default, Deserialize)]
pub struct NoteForm {
    title: String,
    body: String,
}

/// The fields of an edit.
#[derive(Deserialize)]
pub struct EditForm {
    title: String,
    body: String,
    version: Version,
}

/// All notes, newest first, page by page.
pub async fn index(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    page: PageQuery<NoteId>,
) -> Result<Markup> {
    let found = notes::list(state.db.pool(), user.id, page.after, page.limit + 1).await?;
    let (notes, next) = pagination::split(found, page.limit, |note| note.id);
    let main = html! {
        header.title {
            h1 { "Notes" }
            a.button href="/notes/new" { "Write a note" }
        }
        @if notes.is_empty() && page.after.is_none() {
            section.empty {
                h2 { "Nothing here yet" }
                p { "Notes are for you alone. The first one can be as short as a word." }
                a.button href="/notes/new" { "Write the first one" }
            }
        } @else {
            div.notes { @for note in &notes { (note_card(note)) } }
        }
        @if page.after.is_some() || next.is_some() {
            nav.pages aria-label="Pages" {
                @if page.after.is_some() { a href="/notes" { "Newest" } }
                @if let Some(next) = next {
                    a rel="next" href={ "/notes?limit=" (page.limit) "&after=" (next) } { "Older" }
                }
            }
        }
    };
    Ok(layout::page(&visitor, "Notes", main))
}

/// The form for a new note.
pub async fn new(SignedIn { visitor, .. }: SignedIn) -> Markup {
    new_page(&visitor, &NoteForm::default(), &FieldErrors::default())
}

/// Writes a new note.
pub async fn create(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    CsrfForm(form): CsrfForm<NoteForm>,
) -> Result<Response> {
    match NoteDraft::parse(&form.title, &form.body) {
        Ok(draft) => {
            notes::insert(state.db.pool(), NoteId::generate(), user.id, &draft).await?;
            Ok(done(&state, Flash::Saved))
        }
        Err(errors) => {
            let page = new_page(&visitor, &form, &errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The form to edit a note.
pub async fn edit(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    Key(id): Key<NoteId>,
) -> Result<Markup> {
    let note = notes::find(state.db.pool(), user.id, id)
        .await?
        .ok_or(Error::NotFound)?;
    let form = EditForm {
        title: note.title.as_str().to_owned(),
        body: note.body.as_str().to_owned(),
        version: note.version,
    };
    Ok(edit_page(&visitor, id, &form, &Trouble::None))
}

/// Writes over a note; if it was changed since, shows both texts and lets the person decide.
pub async fn update(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    Key(id): Key<NoteId>,
    CsrfForm(mut form): CsrfForm<EditForm>,
) -> Result<Response> {
    let updated = match NoteDraft::parse(&form.title, &form.body) {
        Ok(draft) => services::notes::update(&state.db, user.id, id, form.version, &draft).await,
        Err(errors) => Err(errors.into()),
    };
    let (status, trouble) = match updated {
        Ok(_) => return Ok(done(&state, Flash::Saved)),
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, Trouble::Fields(errors)),
        Err(Error::Outdated(_)) => {
            let stored = notes::find(state.db.pool(), user.id, id)
                .await?
                .ok_or(Error::NotFound)?;
            // Sent once more, the form writes over what the person has now seen.
            form.version = stored.version;
            (StatusCode::CONFLICT, Trouble::Outdated(stored.into()))
        }
        Err(error) => return Err(error),
    };
    Ok((status, edit_page(&visitor, id, &form, &trouble)).into_response())
}

/// Deletes a note.
pub async fn delete(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    Key(id): Key<NoteId>,
    CsrfForm(NoFields {}): CsrfForm<NoFields>,
) -> Result<Response> {
    if notes::delete(state.db.pool(), user.id, id).await? {
        Ok(done(&state, Flash::Deleted))
    } else {
        Err(Error::NotFound)
    }
}

/// Back to the list, with a message.
fn done(state: &AppState, flash: Flash) -> Response {
    let cookie = flash.cookie(state.config.environment.is_production());
    ([(header::SET_COOKIE, cookie)], Redirect::to("/notes")).into_response()
}

/// Why an edit was not written.
enum Trouble {
    None,
    Fields(FieldErrors),
    Outdated(Box<Note>),
}

fn new_page(visitor: &Visitor, form: &NoteForm, errors: &FieldErrors) -> Markup {
    let main = html! {
        section.card.text {
            h1 { "Write a note" }
            form method="post" action="/notes" novalidate {
                (form::token(&visitor.csrf))
                (fields(&form.title, &form.body, errors))
                div.actions {
                    button type="submit" { "Save" }
                    a.button.secondary href="/notes" { "Cancel" }
                }
            }
        }
    };
    layout::page(visitor, "Write a note", main)
}

fn edit_page(visitor: &Visitor, id: NoteId, form: &EditForm, trouble: &Trouble) -> Markup {
    let none = FieldErrors::default();
    let errors = if let Trouble::Fields(errors) = trouble {
        errors
    } else {
        &none
    };
    let main = html! {
        section.card.text {
            h1 { "Edit note" }
            @if let Trouble::Outdated(stored) = trouble {
                (form::alert(Some("This note was changed in the meantime. Below is your text; \
                    saving it writes over what is stored now.")))
                details.stored open {
                    summary { "What is stored now, since " (date(stored.updated_at)) }
                    h2 { (stored.title.as_str()) }
                    p { (stored.body.as_str()) }
                }
            }
            form method="post" action={ "/notes/" (id) } novalidate {
                (form::token(&visitor.csrf))
                input type="hidden" name="version" value=(form.version);
                (fields(&form.title, &form.body, errors))
                div.actions {
                    button type="submit" { "Save" }
                    a.button.secondary href="/notes" { "Cancel" }
                }
            }
            details.danger {
                summary { "Delete this note" }
                form method="post" action={ "/notes/" (id) "/delete" } {
                    (form::token(&visitor.csrf))
                    p { "There is no way back." }
                    button.danger type="submit" { "Delete for good" }
                }
            }
        }
    };
    layout::page(visitor, "Edit note", main)
}

fn fields(title: &str, body: &str, errors: &FieldErrors) -> Markup {
    html! {
        (Field {
            name: "title", label: "Title", kind: "text", value: title,
            autocomplete: "off", hint: None, required: true,
        }.render(errors))
        (form::text_area("body", "Text", body, 10, errors))
    }
}
