//! The visitor of a page, who may be logged in.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use stack_web::{cookies::Cookies, settings::Secret};
{%- if teams %}

use super::{
    flash::{self, Flash},
    team_switch::{self, Teams},
};
{%- else %}

use super::flash::{self, Flash};
{%- endif %}
use crate::{
    error::{Error, Result},
{%- if teams %}
    http::cookies::{self, TEAM, VISITOR, session_token, time_zone},
{%- else %}
    http::cookies::{VISITOR, session_token, time_zone},
{%- endif %}
{%- if files %}
    models::{ClientInfo, ObjectId, Session, SessionToken, User},
    repositories::pictures,
{%- else %}
    models::{ClientInfo, Session, SessionToken, User},
{%- endif %}
    state::AppState,
};

/// The visitor of a page.
#[derive(Clone)]
pub struct Visitor {
    /// The user, if the visitor is logged in.
    pub user: Option<User>,
    /// The session, if the visitor is logged in.
    pub session: Option<Session>,
    /// The flash message to show.
    pub flash: Option<Flash>,
    /// Identifies the visitor, for the state of their pages: the id of the session, or the value of the cookie of a visitor
    /// who is not logged in.
    pub secret: Secret,
    /// Where the request comes from.
    pub client: ClientInfo,
    /// The name of the visitor's time zone, from the cookie that the client script sets.
    pub zone: Option<String>,
{%- if files %}
    /// The picture of the user, if they have one.
    pub avatar: Option<ObjectId>,
{%- endif %}
{%- if teams %}
    /// The teams of the user.
    pub teams: Teams,
{%- endif %}
}

impl Visitor {
    /// The visitor that [`visit`] added to the request.
    ///
    /// # Errors
    /// [`Error::Internal`] if the route does not have that middleware.
    pub fn from_extensions(extensions: &Extensions) -> Result<&Self> {
        extensions
            .get()
            .ok_or_else(|| Error::internal("the route lacks the middleware `visit`"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Self::from_extensions(&parts.extensions).cloned()
    }
}

/// A visitor who is logged in. Other visitors are redirected to the log-in page, and back after the log-in.
pub struct SignedIn {
    /// The user.
    pub user: User,
    /// The visitor, for the layout.
    pub visitor: Visitor,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let visitor = Visitor::from_extensions(&parts.extensions)
            .map_err(IntoResponse::into_response)?
            .clone();
        if let Some(user) = visitor.user.clone() {
            return Ok(Self { user, visitor });
        }
        // Only a page can be the target: the request of a form is not repeated after the log-in.
        let next = match parts.method {
            Method::GET | Method::HEAD => parts.uri.path(),
            _ => "/notes",
        };
        Err(Redirect::to(&log_in_url(next)).into_response())
    }
}

/// What stands for something else in the query of a URL. A slash does not.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The URL of the log-in page, which leads to the path `next` after the log-in.
pub fn log_in_url(next: &str) -> String {
    format!("/login?next={}", utf8_percent_encode(next, RESERVED))
}

/// Middleware of all pages: adds the [`Visitor`] to the request, and updates their cookies in the response.
pub async fn visit(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
    mut request: Request,
    next: Next,
) -> Response {
    let Identified { visitor, is_new } = match identify(&state, &client, &cookies).await {
        Ok(identified) => identified,
        Err(error) => return error.into_response(),
    };
{%- if teams %}
    if let (Some(user), Some((team, page))) = (&visitor.user, team_switch::of_link(&request)) {
        let cookies = cookies.set(TEAM, cookies::team_value(user.id, team), None);
        return (cookies, Redirect::to(&page)).into_response();
    }
{%- endif %}
    let secret = visitor.secret.expose().to_owned();
    let flash = Flash::from_cookies(&cookies, request.uri().path());
    request
        .extensions_mut()
        .insert(Visitor { flash, ..visitor });

    let response = next.run(request).await;
    let cookies = if is_new {
        cookies.set(VISITOR, secret, None)
    } else {
        cookies
    };
    let cookies = flash::update(cookies, flash, &response);
    (cookies, response).into_response()
}

/// The result of [`identify`].
pub struct Identified {
    /// The visitor.
    pub visitor: Visitor,
    /// Whether the visitor's secret is new, so that the response must set its cookie.
    pub is_new: bool,
}

/// Identifies the visitor by their cookies, without a flash message.
///
/// # Errors
/// Errors of the database.
pub async fn identify(
    state: &AppState,
    client: &ClientInfo,
    cookies: &Cookies,
) -> Result<Identified> {
    let token = session_token(cookies);
    let found = match &token {
        Some(token) => state.accounts.session(token, client).await?,
        None => None,
    };
    let (session, user) = found.unzip();
    let known = cookies.get(VISITOR).and_then(SessionToken::parse);
    // The token of a session changes when the user confirms who they are; its pages stay.
    let (secret, is_new) = match (&session, known) {
        (Some(session), _) => (session.id.to_string(), false),
        (None, Some(known)) => (known.to_text(), false),
        (None, None) => (SessionToken::generate().to_text(), true),
    };
{%- if teams %}
    let teams = match &user {
        Some(user) => Teams {
            all: state.accounts.teams(user.id).await?.into(),
            current: Some(cookies::team(cookies, user.id)),
        },
        None => Teams::default(),
    };
{%- endif %}
{%- if files %}
    let avatar = match &user {
        Some(user) => pictures::avatar_of(state.db.pool(), user.id).await?,
        None => None,
    };
{%- endif %}
    let visitor = Visitor {
        user,
        session,
        flash: None,
        secret: Secret::new(secret),
        client: client.clone(),
        zone: time_zone(cookies),
{%- if files %}
        avatar,
{%- endif %}
{%- if teams %}
        teams,
{%- endif %}
    };
    Ok(Identified { visitor, is_new })
}
