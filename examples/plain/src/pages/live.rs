//! Connects axum and the live pages: the first HTML, the WebSocket, and forms that are submitted by HTTP.

use std::error::Error as StdError;

use axum::{
    extract::{Request, State},
    http::{Extensions, Uri},
    response::{Html, IntoResponse, Redirect, Response},
};
use stack_live::{Ctx, FormError, PageError, Rendered, Session, Visit};
use stack_web::client_ip::ClientIp;

use super::{layout, visitor::Visitor};
use crate::{
    error::{Error, Result, error_chain},
    models::{FieldErrors, Invalid},
    repositories::sessions,
    state::AppState,
};

/// A form that was submitted by HTTP and rejected. The page shows it with its errors instead of an empty form.
#[derive(Clone, Default)]
pub struct FormErrors<T> {
    /// The form as it was submitted.
    pub form: T,
    /// The errors of its fields.
    pub errors: FieldErrors,
}

/// The first HTML of every live page.
pub async fn show(State(state): State<AppState>, visitor: Visitor, uri: Uri) -> Result<Response> {
    let visit = new_visit(&state, visitor, Extensions::new());
    document(state.live.render(visit, &uri).await)
}

/// The response to a form that was rejected with `error`: the page at `uri` with the form and the errors of its fields, and
/// the status of `error`.
///
/// # Errors
/// `error` itself, if it is not about what was entered.
pub async fn show_form_errors<T: Clone + Send + Sync + 'static>(
    state: &AppState,
    visitor: Visitor,
    uri: &str,
    form: T,
    error: Error,
) -> Result<Response> {
    let errors = match (error.fields(), &error) {
        (Some(fields), _) => fields.clone(),
        (None, Error::WrongCredentials | Error::Outdated(_)) => FieldErrors::default(),
        (None, _) => return Err(error),
    };
    let mut extensions = Extensions::new();
    extensions.insert(FormErrors { form, errors });
    let uri: Uri = uri.parse().map_err(Error::internal)?;
    let visit = new_visit(state, visitor, extensions);
    let page = document(state.live.render_answer(visit, &uri).await)?;
    Ok((error.status(), page).into_response())
}

/// The document of a page, or what came instead of it.
fn document(rendered: Result<Option<Rendered>, PageError>) -> Result<Response> {
    match rendered {
        Ok(Some(page)) => {
            let document = layout::document(&page.title, &page.head, &page.root);
            Ok(Html(page.rest.body(document)).into_response())
        }
        Ok(None) => Err(Error::NotFound),
        Err(PageError::Redirect(to)) => Ok(Redirect::to(&to).into_response()),
        Err(PageError::Failed(error)) => Err(into_app_error(error)),
        Err(PageError::Panicked(text)) => {
            Err(Error::internal(format!("a live page panicked: {text}")))
        }
    }
}

/// The connection of a live page.
pub async fn connect(
    State(state): State<AppState>,
    visitor: Visitor,
    ClientIp(address): ClientIp,
    request: Request,
) -> Response {
    let visit = Visit {
        address: Some(address),
        ..new_visit(&state, visitor, Extensions::new())
    };
    state.live.connect(request, visit).await
}

/// The data of a request that live pages can access.
pub fn new_visit(state: &AppState, visitor: Visitor, mut extensions: Extensions) -> Visit {
    let (secret, zone) = (visitor.secret.expose().to_owned(), visitor.zone.clone());
    let flash = visitor.flash.map(|flash| stack_live::Flash {
        is_error: false,
        text: flash.text().to_owned(),
    });
    let session = visitor.session.as_ref().map(|session| {
        let (db, id, idle) = (state.db.clone(), session.id, state.config.session_idle);
        Session::new(id.to_string(), move || {
            let db = db.clone();
            async move { sessions::is_valid(db.pool(), id, idle).await }
        })
    });
    extensions.insert(state.clone());
    extensions.insert(visitor);
    Visit {
        extensions,
        secret,
        zone,
        flash,
        session,
        address: None,
    }
}

/// Shows the error of a handler as a flash message. Internal errors are logged, and the message has only the id to find
/// them by.
pub fn flash_error(ctx: &Ctx, error: Box<dyn StdError + Send + Sync>) {
    let error = into_app_error(error);
    if error.status().is_server_error() {
        let cause = error
            .source()
            .map_or_else(|| error.to_string(), error_chain);
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

/// Converts the error of a page to [`Error`].
fn into_app_error(error: Box<dyn StdError + Send + Sync>) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(error) => return *error,
        Err(error) => error,
    };
    // A value that a handler has parsed, with `?`.
    let error = match error.downcast::<Invalid>() {
        Ok(invalid) => return Error::BadRequest(format!("this {invalid}").into()),
        Err(error) => error,
    };
    // A query or a form that the client has written by hand.
    let error = match error.downcast::<serde_urlencoded::de::Error>() {
        Ok(error) => return Error::BadRequest(error.to_string().into()),
        Err(error) => error,
    };
    let error = match error.downcast::<FormError>() {
        Ok(error) => return Error::BadRequest(error.to_string().into()),
        Err(error) => error,
    };
    match error.downcast::<sqlx::Error>() {
        Ok(error) => Error::from(*error),
        Err(error) => Error::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_a_handler_cannot_parse_is_told_to_the_visitor() {
        let error = into_app_error(Box::new(Invalid::new("must have 1 to 60 characters")));
        assert_eq!(error.to_string(), "this must have 1 to 60 characters");
        assert!(error.status().is_client_error());
    }
}
