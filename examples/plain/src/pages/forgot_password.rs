//! `/forgot-password`: a link by mail, to choose a new password or to log in without one. `/mail-sent`: what comes after.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;

use super::{
    context::Context,
    layout,
    live::{self, FormErrors},
    visitor::Visitor,
};
use crate::{
    components::form::Field,
    error::Result,
    models::{ClientInfo, Email},
    services::mailed_links::MailRequest,
    state::AppState,
};

/// The page that every form leads to that asks for a mail.
pub const MAIL_SENT: &str = "/mail-sent";

/// The address, and what the link is for.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MailForm {
    email: String,
    #[serde(default)]
    link: Link,
}

/// What the link is for.
#[derive(Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Link {
    #[default]
    Reset,
    LogIn,
}

/// The form.
pub async fn page(cx: Cx) -> stack_live::Result {
    cx.app().links.require()?;
    let rejected = cx.extension::<FormErrors<MailForm>>().unwrap_or_default();
    let form = cx.use_state(|| rejected.form).get(&cx);
    let errors = cx.use_state(|| rejected.errors).get(&cx);
    let main = html! {
        section.card.narrow {
            h1 { "A link by mail" }
            p { "It lets you choose a new password, or log in without one. It also confirms your address." }
            form method="post" action="/forgot-password" {
                (Field {
                    name: "email", label: "E-mail address", kind: "email", value: &form.email,
                    autocomplete: "username", hint: None, required: true,
                }.render(&errors))
                button type="submit" name="link" value="reset" { "Choose a new password" } " "
                button.secondary type="submit" name="link" value="log-in" { "Log in by a link" }
            }
            p.small { a href="/login" data-link { "Log in with your password" } }
        }
    };
    Ok(layout::live(&cx, "A link by mail", main))
}

/// Asks for the mail. The answer is the same whether the address has an account or not.
pub async fn send(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    Form(form): Form<MailForm>,
) -> Result<Response> {
    match request(&state, &form, &client).await {
        Ok(()) => Ok(Redirect::to(MAIL_SENT).into_response()),
        Err(error) => {
            live::show_form_errors(&state, visitor, "/forgot-password", form, error).await
        }
    }
}

async fn request(state: &AppState, form: &MailForm, client: &ClientInfo) -> Result<()> {
    let email = Email::for_login(&form.email).map_err(|invalid| invalid.at("email"))?;
    let to = email.as_str().to_owned();
    let request = match form.link {
        Link::Reset => MailRequest::Reset(to),
        Link::LogIn => MailRequest::LogIn(to),
    };
    state.accounts.request_mail(&email, request, client).await
}

/// What to do after a mail was asked for.
pub async fn sent(cx: Cx) -> stack_live::Result {
    cx.app().links.require()?;
    let main = html! {
        section.card.narrow {
            h1 { "Look into your mail" }
            p {
                "A message is on its way to the address that you have entered. Open the link in it to go on; it does not work "
                "for long."
            }
            p {
                "Nothing came? Look among the spam, and at the address: did you register with it? Then "
                a href="/forgot-password" data-link { "ask for another link" } "."
            }
            @if !cx.app().config.environment.is_production() {
                p { "In development, mails are shown at " a href="/_dev/mail" data-link { "/_dev/mail" } "." }
            }
        }
    };
    Ok(layout::live(&cx, "Look into your mail", main))
}
