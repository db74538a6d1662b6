//! `/login/oidc`: logging in with a provider. `/login/oidc/callback`: where it sends people back to.
//!
//! The way to the provider begins with a form, so that no other site can send somebody on it. The answer is a page that
//! goes on to the provider by itself, and not a redirect: browsers apply `form-action 'self'` to redirects too.

use axum::{
    Form,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use stack_web::{cookies::Cookies, random};

use super::{
    account::{Next, redirect_logged_in, safe_redirect},
    flash::Flash,
    layout,
    visitor::{SignedIn, Visitor},
};
use crate::{
    error::{Error, Result},
    http::cookies::{SESSION, session_token},
    models::{ClientInfo, EventKind, Outcome, Purpose, UserId},
    services::oidc::{ATTEMPT_LIFETIME, Callback, Failure, Oidc, OidcError, Returned},
    state::AppState,
};

pub mod failed;

/// The cookie that binds an attempt to the browser in which it was begun.
const BROWSER: &str = "oidc";

const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// Sends a visitor to the provider, to log in.
pub async fn log_in(
    State(state): State<AppState>,
    visitor: Visitor,
    cookies: Cookies,
    Form(Next { next }): Form<Next>,
) -> Result<Response> {
    let next = safe_redirect(&next);
    if visitor.user.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    begin(&state, &visitor, cookies, Purpose::LogIn, next).await
}

/// Sends a user to the provider, to confirm who they are.
pub async fn confirm(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    cookies: Cookies,
    Form(Next { next }): Form<Next>,
) -> Result<Response> {
    let purpose = Purpose::Confirm(user.id);
    begin(&state, &visitor, cookies, purpose, safe_redirect(&next)).await
}

/// The page that goes on to the provider.
pub(in crate::pages) async fn begin(
    state: &AppState,
    visitor: &Visitor,
    cookies: Cookies,
    purpose: Purpose,
    next: &str,
) -> Result<Response> {
    let oidc = provider(state)?;
    state.accounts.limit_provider(&visitor.client).await?;
    let browser = match cookies.get(BROWSER) {
        // Another attempt is under way, in another tab.
        Some(known) if !known.is_empty() => known.to_owned(),
        _ => hex::encode(random::bytes::<32>()),
    };
    let url = match oidc.begin(purpose, next.to_owned(), &browser).await {
        Ok(url) => url,
        Err(OidcError::Failed(failure)) => return Ok(failed::redirect(failure)),
        Err(OidcError::Other(error)) => return Err(error),
    };
    let refresh = HeaderValue::try_from(format!("0; url={url}")).map_err(Error::internal)?;
    let title = format!("On to {}", oidc.name());
    let main = html! {
        section.card.narrow {
            h1 { (title) }
            p { "You are being sent to " (oidc.name()) ", and come back here afterwards." }
            p { a.button href=(url) rel="noreferrer" { "Go on" } }
        }
    };
    let cookies = cookies.set(BROWSER, browser, Some(ATTEMPT_LIFETIME));
    let page = layout::page(visitor, &title, main);
    Ok((cookies, [(REFRESH, refresh)], page).into_response())
}

/// Does what somebody was sent to the provider for.
pub async fn callback(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    cookies: Cookies,
    query: Result<Query<Callback>, QueryRejection>,
) -> Result<Response> {
    let oidc = provider(&state)?;
    let Query(callback) = query.map_err(|error| Error::BadRequest(error.body_text().into()))?;
    let browser = cookies.get(BROWSER).unwrap_or_default().to_owned();
    let user = visitor.user.as_ref().map(|user| user.id);
    let finished = match oidc.finish(callback, &browser).await {
{%- if totp %}
        Ok(returned) => {
            let next = safe_redirect(&returned.next).to_owned();
            let finished = finish(&state, oidc, &visitor, &client, cookies, returned).await;
            finished.map_err(|error| leading_to(error, &next))
        }
{%- else %}
        Ok(returned) => finish(&state, oidc, &visitor, &client, cookies, returned).await,
{%- endif %}
        Err(error) => Err(error),
    };
    match finished {
        Ok(response) => Ok(response),
        Err(OidcError::Failed(failure)) => {
            record(&state, oidc, user, &client, failure).await;
            Ok(failed::redirect(failure))
        }
        Err(OidcError::Other(error)) => Err(error),
    }
}

async fn finish(
    state: &AppState,
    oidc: &Oidc,
    visitor: &Visitor,
    client: &ClientInfo,
    cookies: Cookies,
    returned: Returned,
) -> Result<Response, OidcError> {
    let Returned {
        purpose,
        next,
        account,
    } = returned;
    let (accounts, name) = (&state.accounts, oidc.name());
    let next = safe_redirect(&next);
    let is_user = |user| visitor.user.as_ref().is_some_and(|found| found.id == user);
    let cookies = cookies.remove(BROWSER);
    match purpose {
        Purpose::LogIn => {
            let old = session_token(&cookies);
            let logged_in = accounts.log_in_with_provider(&account, name, client, old);
            let (token, is_new) = logged_in.await?;
            let flash = match is_new {
                true => Flash::Welcome,
                false => Flash::LoggedIn,
            };
            Ok(redirect_logged_in(state, cookies, &token, flash, next))
        }
        Purpose::Connect(user) if is_user(user) => {
            accounts.connect(user, &account, name, client).await?;
            let cookies = Flash::Connected.add_to(cookies);
            Ok((cookies, Redirect::to(next)).into_response())
        }
        Purpose::Confirm(user) if is_user(user) => {
            let session = visitor.session.as_ref();
            let session = session.ok_or(Error::Unauthenticated)?.id;
            let confirmed = accounts.confirm_with_provider(user, session, &account, name, client);
            let token = confirmed.await?;
            let lifetime = Some(state.config.session_lifetime);
            let cookies = cookies.set(SESSION, token.to_text(), lifetime);
            Ok((cookies, Redirect::to(next)).into_response())
        }
        // The user has logged out in the meantime.
        Purpose::Connect(_) | Purpose::Confirm(_) => Err(Failure::UnknownAttempt.into()),
    }
}
{%- if totp %}

/// Adds the page to go to after the code of the second factor, if one is asked for.
fn leading_to(error: OidcError, next: &str) -> OidcError {
    match error {
        OidcError::Other(Error::CodeRequired(request)) => {
            OidcError::Other(Error::CodeRequired(request.leading_to(next)))
        }
        other => other,
    }
}
{%- endif %}

async fn record(
    state: &AppState,
    oidc: &Oidc,
    user: Option<UserId>,
    client: &ClientInfo,
    failure: Failure,
) {
    let details = format!("With {}: {failure}", oidc.name());
    let (log, kind) = (&state.security_log, EventKind::LogIn);
    log.record(kind, Outcome::Failure, user, client, &details)
        .await;
}

/// The provider.
///
/// # Errors
/// [`Error::NotFound`] if the settings have none.
pub(in crate::pages) fn provider(state: &AppState) -> Result<&Oidc> {
    state.oidc.as_ref().ok_or(Error::NotFound)
}
