//! `/confirm-password`: asks again for the password before what matters, and the guard that leads here.

use axum::{
    Form,
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::{
    account::{Next, safe_redirect},
    context::{Context, confirmation_address},
    layout,
    live::{self, FormErrors},
    visitor::{SignedIn, Visitor},
};
use crate::{
    components::form::Field,
    error::{Error, Result},
    http::cookies::SESSION,
    models::{ClientInfo, SessionId, User},
    state::AppState,
};

/// A user who has proved in the last ten minutes who they are, for what matters: address, password,
/// deletion. Others are asked for their password first.
pub struct RecentlyAuthenticated {
    /// The user.
    pub user: User,
    /// The session of this request.
    pub session: SessionId,
    /// The visitor, for the layout.
    pub visitor: Visitor,
}

impl FromRequestParts<AppState> for RecentlyAuthenticated {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let SignedIn { user, visitor } = SignedIn::from_request_parts(parts, state).await?;
        let session = visitor.session.as_ref();
        if let Some(session) = session.filter(|session| session.recently_authenticated) {
            return Ok(Self {
                user,
                session: session.id,
                visitor,
            });
        }
        let page = page_of(parts.uri.path(), state);
        Err(Redirect::to(&confirmation_address(page)).into_response())
    }
}

/// The page that the form with this action is on: the form itself is not sent again. It is the longest part of the path
/// that is a page.
fn page_of<'a>(action: &'a str, state: &AppState) -> &'a str {
    let mut path = action;
    while let Some((above, _)) = path.rsplit_once('/') {
        if state.live.patterns().any(|page| page == path) {
            return path;
        }
        path = above;
    }
    "/"
}

/// The password, which is never serialized, and the page to redirect to.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfirmationForm {
    #[serde(default, skip_serializing)]
    password: String,
    #[serde(default)]
    next: String,
}

/// The form that asks for the password.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let Next { next } = cx.query()?;
    let rejected = cx.extension::<FormErrors<ConfirmationForm>>();
    let (form, errors) = rejected
        .map(|rejected| (rejected.form, rejected.errors))
        .unzip();
    let next = cx.use_state(|| form.map_or(next, |form| form.next));
    let errors = cx.use_state(|| errors.unwrap_or_default());
    let next = next.get(&cx);
    let main = html! {
        section.card.narrow {
            h1 { "Confirm that it is you" }
            p.soft { "What you are about to do matters, so please enter your password again." }
            form method="post" action="/confirm-password" {
                // For password managers.
                input type="hidden" name="email" autocomplete="username" value=(user.email.as_str());
                input type="hidden" name="next" value=(safe_redirect(&next));
                (Field {
                    name: "password", label: "Password", kind: "password", value: "",
                    autocomplete: "current-password", hint: None, required: true,
                }.render(&errors.read(&cx)))
                button type="submit" { "Confirm" }
            }
        }
    };
    Ok(layout::live(&cx, "Confirm that it is you", main))
}

/// Verifies the password, and redirects to the page that asked for it.
pub async fn confirm(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<ConfirmationForm>,
) -> Result<Response> {
    let session = visitor.session.as_ref().ok_or(Error::Unauthenticated)?;
    let confirmed = state
        .accounts
        .confirm_password(&user, session.id, &form.password, &client)
        .await;
    match confirmed {
        Ok(token) => {
            let lifetime = Some(state.config.session_lifetime);
            let cookies = cookies.set(SESSION, token.to_text(), lifetime);
            Ok((cookies, Redirect::to(safe_redirect(&form.next))).into_response())
        }
        Err(error) => {
            live::show_form_errors(&state, visitor, "/confirm-password", form, error).await
        }
    }
}
