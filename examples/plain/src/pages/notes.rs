//! `/notes`: reading, writing and deleting notes.
//!
//! Three live pages, and below them what their forms do without a script. The list searches while somebody types,
//! grows while they scroll, and shows what another window or another person's program writes.

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
    visitor::SignedIn,
};
use crate::{
    components::{
        date::date,
        form::{self, Field},
        note_card::note_card,
    },
    error::{Error, Result},
    models::{FieldErrors, Note, NoteDraft, NoteId, UserId, Version},
    repositories::notes,
    services,
    state::AppState,
};

/// The fields of a new note.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NoteForm {
    title: String,
    body: String,
}

/// The fields of an edit.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct EditForm {
    title: String,
    body: String,
    version: Version,
}

/// `?q=`: what is searched for.
#[derive(Default, Serialize, Deserialize)]
struct Search {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    q: String,
}

/// How many notes the list grows to; whoever looks for an older one searches.
const MOST: i64 = 1000;

/// All notes, newest first.
pub async fn index(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let page = PageQuery::<NoteId>::parse(&cx.query()?).map_err(Error::from)?;
    let Search { q } = cx.query()?;
    let query = cx.use_state(|| q);
    let shown = cx.use_state(|| page.limit);
    let wanted = (query.get(&cx), shown.get(&cx));
    let found = cx
        .use_load(wanted.clone(), |ctx| find(ctx, user.id, wanted, page.after))
        .await?;
    let reload = found.reloading();
    cx.subscribe(&services::notes::topic(user.id), move |ctx, ()| {
        reload.reload(ctx);
    });

    let search = cx.on(move |ctx, event| {
        let text = event.value().trim().to_owned();
        ctx.set_query(&Search { q: text.clone() });
        shown.set(ctx, page.limit);
        query.set(ctx, text);
    });
    let more = cx.on(move |ctx, _| {
        shown.update(ctx, |shown| *shown = (*shown + pagination::USUAL).min(MOST));
    });
    let (notes, next) = &*found;
    let text = query.get(&cx);
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
                p { "Notes are for you alone. The first one can be as short as a word." }
                a.button href="/notes/new" data-link { "Write the first one" }
            }
        }
        @if page.after.is_some() || next.is_some() {
            nav.pages aria-label="Pages" {
                @if page.after.is_some() { a href="/notes" data-link { "Newest" } }
                @if let Some(next) = next {
                    // Without a script a link; with one, what makes the list grow when it comes into view.
                    a rel="next" href={ "/notes?limit=" (page.limit) "&after=" (next) } on:visible=(more) {
                        "Older"
                    }
                }
            }
        }
    };
    Ok(layout::live(&cx, "Notes", main))
}

/// The notes to show, and where those after them begin.
async fn find(
    ctx: Ctx,
    owner: UserId,
    (text, limit): (String, i64),
    after: Option<NoteId>,
) -> Result<(Vec<Note>, Option<NoteId>)> {
    let app = ctx.app();
    let found = match text.as_str() {
        "" => notes::list(app.db.pool(), owner, after, limit + 1).await?,
        text => notes::containing(app.db.pool(), owner, text, limit + 1).await?,
    };
    Ok(pagination::split(found, limit, |note| note.id))
}

/// The form for a new note.
pub async fn new(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let refused = cx.extension::<FormErrors<NoteForm>>();
    let (form, wrong) = refused.map(|it| (it.form, it.errors)).unwrap_or_default();
    let form = cx.use_state(|| form).get(&cx);
    let errors = cx.use_state(|| wrong);

    let check = cx.on(move |ctx, event| {
        let wrong = NoteDraft::parse(event.field("title"), event.field("body")).err();
        let field = event.name.unwrap_or_default();
        errors.update(ctx, |errors| {
            errors.take(&field, &wrong.unwrap_or_default());
        });
    });
    let save = cx.on_async(move |ctx, event| async move {
        let form: NoteForm = event.form()?;
        match NoteDraft::parse(&form.title, &form.body) {
            Ok(draft) => {
                let app = ctx.app();
                notes::insert(app.db.pool(), NoteId::generate(), user.id, &draft).await?;
                services::notes::changed(app.live.hub(), user.id);
                done(&ctx, Flash::Saved);
            }
            Err(wrong) => show_errors(&ctx, wrong, |wrong| errors.set(&ctx, wrong)),
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

/// The form to edit a note. If the note is changed elsewhere meanwhile, both texts are shown, and the person decides.
pub async fn edit(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let id: NoteId = cx.param("id").parse().map_err(|_| Error::NotFound)?;
    let stored = cx
        .use_load(id, |ctx| async move {
            let app = ctx.app();
            let note = notes::find(app.db.pool(), user.id, id).await?;
            note.ok_or(Error::NotFound)
        })
        .await?;
    let reload = stored.reloading();
    cx.subscribe(&services::notes::topic(user.id), move |ctx, ()| {
        reload.reload(ctx);
    });

    let refused = cx.extension::<FormErrors<EditForm>>();
    let conflict = refused.as_ref().is_some_and(|it| it.errors.is_empty());
    let (form, wrong) = refused.map(|it| (it.form, it.errors)).unzip();
    let form = cx
        .use_state(|| {
            form.unwrap_or_else(|| EditForm {
                title: stored.title.as_str().to_owned(),
                body: stored.body.as_str().to_owned(),
                version: stored.version,
            })
        })
        .get(&cx);
    let errors = cx.use_state(|| wrong.unwrap_or_default());
    // The version that the form was made from, in the eyes of who looks at it.
    let begun = cx.use_state(|| if conflict { None } else { Some(form.version) });
    let outdated = begun.get(&cx) != Some(stored.version);

    let check = cx.on(move |ctx, event| {
        let wrong = NoteDraft::parse(event.field("title"), event.field("body")).err();
        let field = event.name.unwrap_or_default();
        errors.update(ctx, |errors| {
            errors.take(&field, &wrong.unwrap_or_default());
        });
    });
    let save = cx.on_async(move |ctx, event| async move {
        let form: EditForm = event.form()?;
        let app = ctx.app();
        match write(&app, user.id, id, &form).await {
            Ok(_) => done(&ctx, Flash::Saved),
            Err(Error::Invalid(wrong)) => show_errors(&ctx, wrong, |wrong| errors.set(&ctx, wrong)),
            Err(Error::Outdated(_)) => reload.reload(&ctx),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    });
    let delete = cx.on_async(move |ctx, _| async move {
        remove(&ctx.app(), user.id, id).await?;
        done(&ctx, Flash::Deleted);
        Ok(())
    });
    let main = html! {
        section.card.text {
            h1 { "Edit note" }
            @if outdated { (both(&stored)) }
            form method="post" action={ "/notes/" (id) } novalidate on:change=(check) on:submit=(save) {
                // Sent once more, the form writes over what the person has now seen.
                input type="hidden" name="version" value=(stored.version);
                (fields(&form.title, &form.body, &errors.read(&cx)))
                (buttons())
            }
            (deletion(id, delete))
        }
    };
    Ok(layout::live(&cx, "Edit note", main))
}

/// Marks what is wrong, and takes the person to the first of it.
fn show_errors(ctx: &Ctx, wrong: FieldErrors, set: impl FnOnce(FieldErrors)) {
    set(wrong);
    ctx.browser().focus("[aria-invalid=true]");
}

/// Back to the list, with a message.
fn done(ctx: &Ctx, flash: Flash) {
    ctx.flash(flash.text());
    ctx.navigate("/notes");
}

async fn write(app: &AppState, owner: UserId, id: NoteId, form: &EditForm) -> Result<Note> {
    let draft = NoteDraft::parse(&form.title, &form.body)?;
    let note = services::notes::update(&app.db, owner, id, form.version, &draft).await?;
    services::notes::changed(app.live.hub(), owner);
    Ok(note)
}

async fn remove(app: &AppState, owner: UserId, id: NoteId) -> Result<()> {
    if !notes::delete(app.db.pool(), owner, id).await? {
        return Err(Error::NotFound);
    }
    services::notes::changed(app.live.hub(), owner);
    Ok(())
}

// ---- Without a script

/// Writes a new note.
pub async fn create(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    cookies: Cookies,
    Form(form): Form<NoteForm>,
) -> Result<Response> {
    match NoteDraft::parse(&form.title, &form.body) {
        Ok(draft) => {
            notes::insert(state.db.pool(), NoteId::generate(), user.id, &draft).await?;
            services::notes::changed(state.live.hub(), user.id);
            Ok(back(cookies, Flash::Saved))
        }
        Err(wrong) => {
            let error = Error::Invalid(wrong.clone());
            let refused = FormErrors {
                form,
                errors: wrong,
            };
            live::show_form_errors(&state, visitor, "/notes/new", &error, refused).await
        }
    }
}

/// Writes over a note; if it was changed since, shows both texts and lets the person decide.
pub async fn update(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    Key(id): Key<NoteId>,
    cookies: Cookies,
    Form(form): Form<EditForm>,
) -> Result<Response> {
    let error = match write(&state, user.id, id, &form).await {
        Ok(_) => return Ok(back(cookies, Flash::Saved)),
        Err(error @ (Error::Invalid(_) | Error::Outdated(_))) => error,
        Err(error) => return Err(error),
    };
    let errors = error.fields().cloned().unwrap_or_default();
    let refused = FormErrors { form, errors };
    live::show_form_errors(&state, visitor, &format!("/notes/{id}"), &error, refused).await
}

/// Deletes a note.
pub async fn delete(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    Key(id): Key<NoteId>,
    cookies: Cookies,
) -> Result<Response> {
    remove(&state, user.id, id).await?;
    Ok(back(cookies, Flash::Deleted))
}

/// Back to the list, with a message.
fn back(cookies: Cookies, flash: Flash) -> Response {
    (flash.put(cookies), Redirect::to("/notes")).into_response()
}

// ---- Pieces

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

fn both(stored: &Note) -> Markup {
    html! {
        (form::alert(Some("This note was changed in the meantime. Below is your text; \
            saving it writes over what is stored now.")))
        details.stored open {
            summary { "What is stored now, since " (date(stored.updated_at)) }
            h2 { (stored.title.as_str()) }
            p { (stored.body.as_str()) }
        }
    }
}

fn deletion(id: NoteId, delete: Handler) -> Markup {
    html! {
        details.danger {
            summary { "Delete this note" }
            form method="post" action={ "/notes/" (id) "/delete" } on:submit=(delete) {
                p { "There is no way back." }
                button.danger type="submit" { "Delete for good" }
            }
        }
    }
}
