//! `/login/code`: the second factor, after the password.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::{Next, redirect_logged_in, safe_redirect};
use crate::{
    components::form::Field,
    error::{Error, Result},
    http::{
        code::{LOG_IN, log_in_token},
        cookies::session_token,
    },
    models::ClientInfo,
    pages::{
        flash::Flash,
        layout,
        live::{self, FormErrors},
        visitor::Visitor,
    },
    state::AppState,
};

/// The code, which is never serialized, and the page to redirect to.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CodeForm {
    #[serde(default, skip_serializing)]
    secret_code: String,
    #[serde(default)]
    next: String,
}

/// The form that asks for a code.
pub async fn page(cx: Cx) -> stack_live::Result {
    let Next { next } = cx.query()?;
    let rejected = cx.extension::<FormErrors<CodeForm>>();
    let (form, errors) = rejected
        .map(|rejected| (rejected.form, rejected.errors))
        .unzip();
    let next = cx.use_state(|| form.map_or(next, |form| form.next));
    let errors = cx.use_state(|| errors.unwrap_or_default());
    let next = next.get(&cx);
    let main = html! {
        section.card.narrow {
            h1 { "Enter the code" }
            p.soft { "Your account is protected by a second factor. Please enter the code that your app shows." }
            form method="post" action="/login/code" {
                input type="hidden" name="next" value=(safe_redirect(&next));
                (Field {
                    name: "secret_code", label: "Code", kind: "text", value: "",
                    autocomplete: "one-time-code",
                    hint: Some("Without your device, enter one of your recovery codes."), required: true,
                }.render(&errors.read(&cx)))
                button type="submit" { "Continue" }
            }
        }
    };
    Ok(layout::live(&cx, "Enter the code", main))
}

/// Verifies the code, and logs in.
pub async fn check(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let completed = match log_in_token(&cookies) {
        Ok(token) => {
            let (accounts, old) = (&state.accounts, session_token(&cookies));
            accounts
                .complete_log_in(&token, &form.secret_code, &client, old)
                .await
        }
        Err(error) => Err(error),
    };
    let next = safe_redirect(&form.next);
    match completed {
        Ok((_, token)) => {
            let cookies = cookies.remove(LOG_IN);
            let flash = Flash::LoggedIn;
            Ok(redirect_logged_in(&state, cookies, &token, flash, next))
        }
        // Ten minutes have passed: the password is asked for again.
        Err(Error::Unauthenticated) => {
            let query = serde_urlencoded::to_string([("next", next)]).map_err(Error::internal)?;
            Ok(Redirect::to(&format!("/login?{query}")).into_response())
        }
        Err(error) => live::show_form_errors(&state, visitor, "/login/code", form, error).await,
    }
}
