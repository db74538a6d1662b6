//! Between axum and the live pages: who visits, the first HTML, the connection, and forms without a script.

use std::error::Error as StdError;

use axum::{
    extract::{Request, State},
    http::{Extensions, Uri},
    response::{IntoResponse, Redirect, Response},
};
use stack_live::{Ctx, PageError, Visit};

use super::{layout, visitor::Visitor};
use crate::{
    error::{Error, Result, causes},
    models::FieldErrors,
    state::AppState,
};

/// What a form without a script has sent, and why it was refused: the page begins with it instead of an empty form.
#[derive(Clone)]
pub struct FormErrors<T> {
    /// The form as it was sent.
    pub form: T,
    /// What is wrong with its fields.
    pub errors: FieldErrors,
}

/// The first HTML of every live page.
pub async fn show(State(state): State<AppState>, visitor: Visitor, uri: Uri) -> Result<Response> {
    render(&state, visitor, &uri, Extensions::new()).await
}

/// The page at `uri`, in answer to a form that was refused.
pub async fn show_form_errors<T: Clone + Send + Sync + 'static>(
    state: &AppState,
    visitor: Visitor,
    uri: &str,
    why: &Error,
    refused: FormErrors<T>,
) -> Result<Response> {
    let mut extensions = Extensions::new();
    extensions.insert(refused);
    let uri: Uri = uri.parse().map_err(Error::internal)?;
    let page = render(state, visitor, &uri, extensions).await?;
    Ok((why.status(), page).into_response())
}

async fn render(
    state: &AppState,
    visitor: Visitor,
    uri: &Uri,
    extensions: Extensions,
) -> Result<Response> {
    let visit = visit(state, visitor, extensions);
    match state.live.render(visit, uri).await {
        Ok(Some(page)) => Ok(layout::document(&page.title, page.root).into_response()),
        Ok(None) => Err(Error::NotFound),
        Err(PageError::Redirect(to)) => Ok(Redirect::to(&to).into_response()),
        Err(PageError::Failed(error)) => Err(failure(error)),
        Err(PageError::Panicked(text)) => {
            Err(Error::internal(format!("a live page panicked: {text}")))
        }
    }
}

/// The connection of a live page.
pub async fn connect(
    State(state): State<AppState>,
    visitor: Visitor,
    request: Request,
) -> Response {
    let visit = visit(&state, visitor, Extensions::new());
    state.live.connect(request, visit).await
}

/// What pages get to know of a request.
pub fn visit(state: &AppState, visitor: Visitor, mut extensions: Extensions) -> Visit {
    let (secret, zone) = (visitor.secret.expose().to_owned(), visitor.zone.clone());
    let flash = visitor.flash.map(|flash| stack_live::Flash {
        bad: false,
        text: flash.text().to_owned(),
    });
    let session = visitor.user.is_some();
    extensions.insert(state.clone());
{%- if otel %}
    // What happens on the page is linked to the request that it began with.
    extensions.insert(stack_web::otel::Link::here());
{%- endif %}
    extensions.insert(visitor);
    Visit {
        extensions,
        secret,
        zone,
        flash,
        session,
    }
}

/// Says what went wrong on a page that is shown already. What is our fault is logged, and no more is said of it than the
/// id to find it by.
pub fn flash_error(ctx: &Ctx, error: Box<dyn StdError + Send + Sync>) {
    let error = failure(error);
    if error.status().is_server_error() {
        let cause = error.source().map_or_else(|| error.to_string(), causes);
        tracing::error!(error = cause, path = ctx.path(), "a live page failed");
    }
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut text: String = first.chain(letters).chain(['.']).collect();
    if let (true, Some(id)) = (error.status().is_server_error(), ctx.work_id()) {
        text.push_str(&format!(" If you report this, please name {id}."));
    }
    ctx.flash_error(text);
}

/// The error of a page as one of ours.
fn failure(error: Box<dyn StdError + Send + Sync>) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(error) => return *error,
        Err(error) => error,
    };
    match error.downcast::<sqlx::Error>() {
        Ok(error) => Error::from(*error),
        Err(error) => Error::internal(error),
    }
}
