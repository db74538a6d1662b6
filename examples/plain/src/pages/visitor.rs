//! Who looks at a page.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use stack_web::{cookies::Cookies, settings::Secret};

use super::flash::Flash;
use crate::{
    error::{Error, Result},
    http::cookies::{FLASH, VISITOR, session_token, time_zone},
    models::{SessionToken, User},
    repositories::sessions,
    state::AppState,
};

/// What a page knows about who looks at it.
#[derive(Clone)]
pub struct Visitor {
    /// Who it is, if they are logged in.
    pub user: Option<User>,
    /// What the page before left to say.
    pub flash: Option<Flash>,
    /// The value of the cookie that makes this visitor known, of the session or of somebody who is not logged in.
    pub secret: Secret,
    /// The name of the visitor's time zone, as the script of live pages has left it in a cookie.
    pub zone: Option<String>,
}

impl Visitor {
    /// The visitor that [`visit`] found.
    ///
    /// # Errors
    /// [`Error::Internal`] if the route is not inside of [`visit`].
    pub fn of(extensions: &Extensions) -> Result<&Self> {
        extensions
            .get()
            .ok_or_else(|| Error::internal("the route is not inside of `visit`"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Self::of(&parts.extensions).cloned()
    }
}

/// A visitor who is logged in. Everybody else is sent to log in, and back afterwards.
pub struct SignedIn {
    /// Who it is.
    pub user: User,
    /// The same person, for the layout.
    pub visitor: Visitor,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let visitor = Visitor::of(&parts.extensions)
            .map_err(IntoResponse::into_response)?
            .clone();
        if let Some(user) = visitor.user.clone() {
            return Ok(Self { user, visitor });
        }
        // Back to a page, but not to what a form wanted to do.
        let next = match parts.method {
            Method::GET | Method::HEAD => parts.uri.path(),
            _ => "/notes",
        };
        Err(Redirect::to(&format!("/login?next={next}")).into_response())
    }
}

/// The layer around all pages: finds out who looks at them, once, before the handler runs.
pub async fn visit(
    State(state): State<AppState>,
    cookies: Cookies,
    mut request: Request,
    next: Next,
) -> Response {
    let Found { visitor, new } = match find(&state, &cookies).await {
        Ok(found) => found,
        Err(error) => return error.into_response(),
    };
    let (secret, flash) = (visitor.secret.expose().to_owned(), visitor.flash);
    request.extensions_mut().insert(visitor);

    let response = next.run(request).await;
    let cookies = if new {
        cookies.set(VISITOR, secret, None)
    } else {
        cookies
    };
    // A redirect shows nothing, so what there is to say waits for the page after it.
    let cookies = if flash.is_some() && !response.status().is_redirection() {
        cookies.remove(FLASH)
    } else {
        cookies
    };
    (cookies, response).into_response()
}

/// A visitor, and whether they come for the first time.
pub struct Found {
    /// Who it is.
    pub visitor: Visitor,
    /// Whether the visitor's secret is one that their browser does not have yet.
    pub new: bool,
}

/// Who sends these cookies.
///
/// # Errors
/// If the database does not say.
pub async fn find(state: &AppState, cookies: &Cookies) -> Result<Found> {
    let token = session_token(cookies);
    let user = match &token {
        Some(token) => sessions::user(state.db.pool(), token.digest()).await?,
        None => None,
    };
    let known = cookies.get(VISITOR).and_then(SessionToken::parse);
    let (secret, new) = match (token.filter(|_| user.is_some()), known) {
        (Some(session), _) => (session, false),
        (None, Some(known)) => (known, false),
        (None, None) => (SessionToken::generate(), true),
    };
    let secret = secret.to_text();
    let visitor = Visitor {
        user,
        flash: Flash::read(cookies),
        secret: Secret::new(secret),
        zone: time_zone(cookies),
    };
    Ok(Found { visitor, new })
}
