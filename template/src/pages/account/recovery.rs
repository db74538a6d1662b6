//! `/login/recovery`: a recovery code in the place of a passkey that is lost.

use axum::{Form, extract::State, response::Response};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::redirect_logged_in;
use crate::{
    components::form::{self, Field},
    error::Result,
    http::cookies::session_token,
    models::{ClientInfo, FieldErrors},
    pages::{
        flash::Flash,
        layout,
        live::{self, FormErrors},
        visitor::Visitor,
    },
    state::AppState,
};

/// The address and the code, which is never serialized.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RecoveryForm {
    email: String,
    #[serde(default, skip_serializing)]
    secret_code: String,
}

/// The form.
pub async fn page(cx: Cx) -> stack_live::Result {
    let rejected = cx.extension::<FormErrors<RecoveryForm>>();
    let is_rejected = cx.use_state(|| rejected.is_some()).get(&cx);
    let typed = cx.use_state(|| rejected.map(|rejected| rejected.form).unwrap_or_default());
    let typed = typed.read(&cx);
    let errors = FieldErrors::default();
    let message = "The e-mail address or the code is incorrect.";
    let main = html! {
        section.card.narrow {
            h1 { "Log in with a recovery code" }
            p.soft { "Each of your recovery codes can be used once. Add a new passkey afterwards." }
            (form::alert(is_rejected.then_some(message)))
            form method="post" action="/login/recovery" {
                (Field {
                    name: "email", label: "E-mail address", kind: "email", value: &typed.email,
                    autocomplete: "username", hint: None, required: true,
                }.render(&errors))
                (Field {
                    name: "secret_code", label: "Recovery code", kind: "text", value: "",
                    autocomplete: "off", hint: None, required: true,
                }.render(&errors))
                button type="submit" { "Log in" }
            }
        }
    };
    Ok(layout::live(&cx, "Log in with a recovery code", main))
}

/// Logs in.
pub async fn log_in(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<RecoveryForm>,
) -> Result<Response> {
    let (accounts, old) = (&state.accounts, session_token(&cookies));
    let logged_in = accounts
        .log_in_with_recovery_code(&form.email, &form.secret_code, &client, old)
        .await;
    match logged_in {
        Ok(token) => {
            let (flash, next) = (Flash::LoggedIn, "/account/passkeys");
            Ok(redirect_logged_in(&state, cookies, &token, flash, next))
        }
        Err(error) => live::show_form_errors(&state, visitor, "/login/recovery", form, error).await,
    }
}
