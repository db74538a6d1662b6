//! `/account/email`: changes the address of the account.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;

use crate::{
    components::form::Field,
    error::Result,
    models::{ClientInfo, Email, User},
    pages::{
        confirmation::RecentlyAuthenticated,
        context::Context,
        forgot_password::MAIL_SENT,
        layout,
        live::{self, FormErrors},
    },
    services::mailed_links::MailRequest,
    state::AppState,
};

/// The new address.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EmailForm {
    email: String,
}

/// The form.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.recently_authenticated().await?;
    cx.app().links.require()?;
    let rejected = cx.extension::<FormErrors<EmailForm>>().unwrap_or_default();
    let form = cx.use_state(|| rejected.form).get(&cx);
    let errors = cx.use_state(|| rejected.errors).get(&cx);
    let main = html! {
        section.card.narrow {
            h1 { "Change your e-mail address" }
            p { "Your address is " strong { (user.email.as_str()) } ". It changes when you open the link that is sent to the new one." }
            form method="post" action="/account/email" {
                (Field {
                    name: "email", label: "New e-mail address", kind: "email", value: &form.email,
                    autocomplete: "email", hint: None, required: true,
                }.render(&errors))
                button type="submit" { "Send the link" }
            }
        }
    };
    Ok(layout::live(&cx, "Change your e-mail address", main))
}

/// Asks for the link. The answer is the same whether the new address has an account or not.
pub async fn send(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, visitor, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    Form(form): Form<EmailForm>,
) -> Result<Response> {
    match request(&state, &user, &form, &client).await {
        Ok(()) => Ok(Redirect::to(MAIL_SENT).into_response()),
        Err(error) => live::show_form_errors(&state, visitor, "/account/email", form, error).await,
    }
}

async fn request(
    state: &AppState,
    user: &User,
    form: &EmailForm,
    client: &ClientInfo,
) -> Result<()> {
    let email = Email::parse(&form.email).map_err(|invalid| invalid.at("email"))?;
    let request = MailRequest::Change {
        user: user.id,
        email: email.as_str().to_owned(),
    };
    state.accounts.request_mail(&email, request, client).await
}
