//! `/account`: what somebody can see and change of their account.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    account::NoFields,
    flash::Flash,
    layout,
    visitor::{SignedIn, Visitor},
};
use crate::{
    app::AppState,
    components::form::{self, Field},
    error::Result,
    http::csrf::CsrfForm,
    models::{FieldErrors, Phone, User},
    services::accounts,
};

/// The field of a number.
#[derive(Deserialize)]
pub struct PhoneForm {
    phone: String,
}

/// The account.
pub async fn show(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
) -> Result<Markup> {
    let phone = accounts::phone(&state, user.id).await?;
    let stored = phone.as_ref().map_or("", Phone::as_str);
    Ok(page(
        &visitor,
        &user,
        stored,
        phone.is_some(),
        &FieldErrors::default(),
    ))
}

/// Stores a number.
pub async fn set_phone(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    CsrfForm(form): CsrfForm<PhoneForm>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let Some(phone) = errors.check("phone", Phone::parse(&form.phone)) else {
        let stored = accounts::phone(&state, user.id).await?.is_some();
        let page = page(&visitor, &user, &form.phone, stored, &errors);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    accounts::set_phone(&state, user.id, Some(&phone)).await?;
    Ok(done(&state, Flash::PhoneSaved))
}

/// Removes the number.
pub async fn remove_phone(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    CsrfForm(NoFields {}): CsrfForm<NoFields>,
) -> Result<Response> {
    accounts::set_phone(&state, user.id, None).await?;
    Ok(done(&state, Flash::PhoneRemoved))
}

/// Back to the account, with a message.
fn done(state: &AppState, flash: Flash) -> Response {
    let cookie = flash.cookie(state.config.environment.is_production());
    ([(header::SET_COOKIE, cookie)], Redirect::to("/account")).into_response()
}

/// `phone` is what stands in the field; `stored` says whether there is a number to remove.
fn page(visitor: &Visitor, user: &User, phone: &str, stored: bool, errors: &FieldErrors) -> Markup {
    let main = html! {
        section.card.narrow {
            h1 { "Your account" }
            p { (user.display_name.as_str()) br; (user.email.as_str()) }
            form method="post" action="/account/phone" novalidate {
                (form::token(&visitor.csrf))
                (Field {
                    name: "phone", label: "Phone number", kind: "tel", value: phone,
                    autocomplete: "tel", hint: Some("Nobody else sees it. It is stored encrypted."),
                    required: true,
                }.render(errors))
                button type="submit" { "Save" }
            }
            @if stored {
                form method="post" action="/account/phone/delete" {
                    (form::token(&visitor.csrf))
                    button.secondary type="submit" { "Remove the number" }
                }
            }
        }
    };
    layout::page(visitor, "Your account", main)
}
