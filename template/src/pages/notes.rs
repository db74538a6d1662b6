//! `/notes`: listing, creating, editing and deleting notes.
//!
//! There are three live pages, and below them the handlers of their forms without JavaScript. The list searches while the
//! user types, loads more notes while they scroll, and shows changes from other windows and from the API.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::{Ctx, Cx, Handler};
use stack_web::{
    cookies::Cookies,
    extract::Key,
    pagination::{self, PageQuery},
};

use super::{
    context::Context,
    flash::Flash,
    layout,
    live::{self, FormErrors},
{%- if teams %}
    teams::InTeam as SignedIn,
{%- else %}
    visitor::SignedIn,
{%- endif %}
};
use crate::{
    components::{
        date::date,
        form::{self, Field},
        note_card::note_card,
    },
    error::{Error, Result},
    models::{FieldErrors, Note, NoteDraft, NoteId, NoteSummary, Owner, Version},
    repositories::notes,
    services,
    state::AppState,
};
{%- if files %}

mod attachments;
{%- endif %}

/// The fields of a new note.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NoteForm {
    title: String,
    body: String,
}

/// The fields of a note to edit.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct EditForm {
    title: String,
    body: String,
    version: Version,
}

/// `?q=`: the text to search for.
#[derive(Default, Serialize, Deserialize)]
struct Search {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    q: String,
}

/// How many notes the list shows at most. Older notes are found by search.
const MAX_NOTES: i64 = 1000;

/// All notes, newest first.
pub async fn index(cx: Cx) -> stack_live::Result {
{%- if teams %}
    let owner = cx.scope().await?.owner();
{%- else %}
    let owner = cx.signed_in()?.owner();
{%- endif %}
    let page = PageQuery::<NoteId>::parse(&cx.query()?).map_err(Error::from)?;
    let Search { q: text } = cx.query()?;
    let shown = cx.use_state(|| page.limit);
    let params = (text.clone(), shown.get(&cx));
    let found = cx
        .use_load(params.clone(), |ctx| {
            load_notes(ctx, owner, params, page.after)
        })
        .await?;
    let reload = found.reloading();
    cx.subscribe(&services::notes::topic(owner), move |ctx, ()| {
        reload.reload(ctx);
    });

    let search = cx.on(move |ctx, event| {
        let text = event.value().trim().to_owned();
        shown.set(ctx, page.limit);
        ctx.set_query(&Search { q: text });
    });
    let more = cx.on(move |ctx, _| {
        shown.update(ctx, |shown| {
            *shown = (*shown + pagination::DEFAULT_LIMIT).min(MAX_NOTES);
        });
    });
    let (notes, next) = &*found;
    let main = html! {
        header.title {
            h1 { "Notes" }
            a.button href="/notes/new" data-link { "Write a note" }
        }
        form.search role="search" action="/notes" on:submit=(cx.on(|_, _| ())) {
            div.field {
                label for="q" { "Find in your notes" }
                input #q name="q" type="search" maxlength="200" autocomplete="off" value=(text)
                    on:input=(search) data-debounce="120";
            }
            button.button.secondary type="submit" { "Find" }
        }
{%- if pgvector %}
        p.small { a href="/notes/search" data-link { "Search by meaning" } }
{%- endif %}
        @if !notes.is_empty() {
            div.notes { @for note in notes { (note_card(note)) } }
        } @else if !text.is_empty() {
            section.empty {
                h2 { "Nothing found" }
                p { "No note contains “" (text) "”." }
            }
        } @else if page.after.is_none() {
            section.empty {
                h2 { "Nothing here yet" }
{%- if teams %}
                p { "Only the members of the team can see its notes." }
{%- else %}
                p { "Only you can see your notes." }
{%- endif %}
                a.button href="/notes/new" data-link { "Write your first note" }
            }
        }
        @if page.after.is_some() || next.is_some() {
            nav.pages aria-label="Pages" {
                @if page.after.is_some() { a href="/notes" data-link { "Newest" } }
                @if let Some(next) = next {
                    // Without JavaScript it is a link; otherwise the list grows when it comes into view.
                    a rel="next" href={ "/notes?limit=" (page.limit) "&after=" (next) } on:visible=(more) {
                        "Older"
                    }
                }
            }
        }
    };
    Ok(layout::live(&cx, "Notes", main))
}

/// The notes to show, and the cursor of the next page.
async fn load_notes(
    ctx: Ctx,
    owner: Owner,
    (text, limit): (String, i64),
    after: Option<NoteId>,
) -> Result<(Vec<NoteSummary>, Option<NoteId>)> {
    let app = ctx.app();
    let found = notes::summaries(app.db.pool(), owner, &text, after, limit + 1).await?;
    Ok(pagination::split(found, limit, |note| note.id))
}

/// The form for a new note.
pub async fn new(cx: Cx) -> stack_live::Result {
{%- if teams %}
    let owner = cx.scope().await?.owner();
{%- else %}
    let owner = cx.signed_in()?.owner();
{%- endif %}
    let rejected = cx.extension::<FormErrors<NoteForm>>().unwrap_or_default();
    let form = cx.use_state(|| rejected.form).get(&cx);
    let errors = cx.use_state(|| rejected.errors);

    let check = check_field(&cx, errors);
    let save = cx.on_async(move |ctx, event| async move {
        let form: NoteForm = event.form()?;
        match NoteDraft::parse(&form.title, &form.body) {
            Ok(draft) => {
                create_note(&ctx.app(), owner, &draft).await?;
                go_to_list(&ctx, Flash::Saved);
            }
            Err(invalid) => {
                errors.set(&ctx, invalid);
                focus_first_error(&ctx);
            }
        }
        Ok(())
    });
    let main = html! {
        section.card.text {
            h1 { "Write a note" }
            form method="post" action="/notes" novalidate on:change=(check) on:submit=(save) {
                (fields(&form.title, &form.body, &errors.read(&cx)))
                (buttons())
            }
        }
    };
    Ok(layout::live(&cx, "Write a note", main))
}

/// The form to edit a note. If the note is changed in the meantime, it shows both texts, and the user decides.
pub async fn edit(cx: Cx) -> stack_live::Result {
{%- if teams %}
    let owner = cx.scope().await?.owner();
{%- else %}
    let owner = cx.signed_in()?.owner();
{%- endif %}
    let id: NoteId = cx.param("id").parse().map_err(|_| Error::NotFound)?;
    let stored = cx
        .use_load(id, |ctx| async move {
            let app = ctx.app();
            let note = notes::find(app.db.pool(), owner, id).await?;
            note.ok_or(Error::NotFound)
        })
        .await?;
    let reload = stored.reloading();
    cx.subscribe(&services::notes::topic(owner), move |ctx, ()| {
        reload.reload(ctx);
    });

    let rejected = cx.extension::<FormErrors<EditForm>>();
    // A form that was rejected without an invalid field was outdated.
    let conflict = rejected
        .as_ref()
        .is_some_and(|rejected| rejected.errors.is_empty());
    let (form, invalid) = rejected
        .map(|rejected| (rejected.form, rejected.errors))
        .unzip();
    let form = cx
        .use_state(|| {
            form.unwrap_or_else(|| EditForm {
                title: stored.title.as_str().to_owned(),
                body: stored.body.as_str().to_owned(),
                version: stored.version,
            })
        })
        .get(&cx);
    let errors = cx.use_state(|| invalid.unwrap_or_default());
    // The version that the user began to edit; `None` after a conflict.
    let base_version = cx.use_state(|| if conflict { None } else { Some(form.version) });
    let outdated = base_version.get(&cx) != Some(stored.version);

    let check = check_field(&cx, errors);
    let save = cx.on_async(move |ctx, event| async move {
        let form: EditForm = event.form()?;
        let app = ctx.app();
        match update_note(&app, owner, id, &form).await {
            Ok(_) => go_to_list(&ctx, Flash::Saved),
            Err(Error::Invalid(invalid)) => {
                errors.set(&ctx, invalid);
                focus_first_error(&ctx);
            }
            Err(Error::Outdated(_)) => reload.reload(&ctx),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    });
    let delete = cx.on_async(move |ctx, _| async move {
        delete_note(&ctx.app(), owner, id).await?;
        go_to_list(&ctx, Flash::Deleted);
        Ok(())
    });
    let main = html! {
        section.card.text {
            h1 { "Edit note" }
            @if outdated { (conflict_notice(&stored)) }
            form method="post" action={ "/notes/" (id) } novalidate on:change=(check) on:submit=(save) {
                // The stored version: submitting the form again overwrites the text that the user has now seen.
                input type="hidden" name="version" value=(stored.version);
                (fields(&form.title, &form.body, &errors.read(&cx)))
                (buttons())
            }
{%- if files %}
            (cx.child(attachments::attachments, (owner, id)).await?)
{%- endif %}
            (delete_form(id, delete))
        }
    };
    Ok(layout::live(&cx, "Edit note", main))
}

/// The handler that validates the field which the user has just left.
fn check_field(cx: &Cx, errors: stack_live::State<FieldErrors>) -> Handler {
    cx.on(move |ctx, event| {
        let invalid = NoteDraft::parse(event.field("title"), event.field("body")).err();
        let field = event.name.unwrap_or_default();
        errors.update(ctx, |errors| {
            errors.take(&field, &invalid.unwrap_or_default());
        });
    })
}

/// Moves the focus to the first invalid field.
fn focus_first_error(ctx: &Ctx) {
    ctx.browser().focus("[aria-invalid=true]");
}

/// Navigates to the list, with a flash message.
fn go_to_list(ctx: &Ctx, flash: Flash) {
    ctx.flash(flash.text());
    ctx.navigate("/notes");
}

async fn create_note(app: &AppState, owner: Owner, draft: &NoteDraft) -> Result<Note> {
    let note = notes::insert(app.db.pool(), NoteId::generate(), owner, draft).await?;
    services::notes::changed(app.live.hub(), owner);
{%- if pgvector %}
    app.search.changed(owner, note.id);
{%- endif %}
    Ok(note)
}

async fn update_note(app: &AppState, owner: Owner, id: NoteId, form: &EditForm) -> Result<Note> {
    let draft = NoteDraft::parse(&form.title, &form.body)?;
    let note = services::notes::update(&app.db, owner, id, form.version, &draft).await?;
    services::notes::changed(app.live.hub(), owner);
{%- if pgvector %}
    app.search.changed(owner, id);
{%- endif %}
    Ok(note)
}

async fn delete_note(app: &AppState, owner: Owner, id: NoteId) -> Result<()> {
    if !notes::delete(app.db.pool(), owner, id).await? {
        return Err(Error::NotFound);
    }
    services::notes::changed(app.live.hub(), owner);
{%- if pgvector %}
    app.search.changed(owner, id);
{%- endif %}
    Ok(())
}

// ---- Handlers of the forms without JavaScript

/// Creates a note.
pub async fn create(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    cookies: Cookies,
    Form(form): Form<NoteForm>,
) -> Result<Response> {
    match NoteDraft::parse(&form.title, &form.body) {
        Ok(draft) => {
            create_note(&state, user.owner(), &draft).await?;
            Ok(redirect_to_list(cookies, Flash::Saved))
        }
        Err(errors) => {
            live::show_form_errors(&state, visitor, "/notes/new", form, errors.into()).await
        }
    }
}

/// Updates a note. If it was changed in the meantime, the page shows both texts, and the user decides.
pub async fn update(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    Key(id): Key<NoteId>,
    cookies: Cookies,
    Form(form): Form<EditForm>,
) -> Result<Response> {
    match update_note(&state, user.owner(), id, &form).await {
        Ok(_) => Ok(redirect_to_list(cookies, Flash::Saved)),
        Err(error) => {
            live::show_form_errors(&state, visitor, &format!("/notes/{id}"), form, error).await
        }
    }
}

/// Deletes a note.
pub async fn delete(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    Key(id): Key<NoteId>,
    cookies: Cookies,
) -> Result<Response> {
    delete_note(&state, user.owner(), id).await?;
    Ok(redirect_to_list(cookies, Flash::Deleted))
}

/// Redirects to the list, with a flash message.
fn redirect_to_list(cookies: Cookies, flash: Flash) -> Response {
    (flash.add_to(cookies), Redirect::to("/notes")).into_response()
}

// ---- Parts of the pages

fn fields(title: &str, body: &str, errors: &FieldErrors) -> Markup {
    html! {
        (Field {
            name: "title", label: "Title", kind: "text", value: title,
            autocomplete: "off", hint: None, required: true,
        }.render(errors))
        (form::text_area("body", "Text", body, 10, errors))
    }
}

fn buttons() -> Markup {
    html! {
        div.actions {
            button type="submit" { "Save" }
            a.button.secondary href="/notes" data-link { "Cancel" }
        }
    }
}

fn conflict_notice(stored: &Note) -> Markup {
    html! {
        (form::alert(Some("This note was changed in the meantime. Below is your text; \
            saving it overwrites the stored version.")))
        details.stored open {
            summary { "Stored version, last changed on " (date(stored.updated_at)) }
            h2 { (stored.title.as_str()) }
            p { (stored.body.as_str()) }
        }
    }
}

fn delete_form(id: NoteId, delete: Handler) -> Markup {
    html! {
        details.danger {
            summary { "Delete this note" }
            form method="post" action={ "/notes/" (id) "/delete" } on:submit=(delete) {
                p { "This cannot be undone." }
                button.danger type="submit" { "Delete permanently" }
            }
        }
    }
}
