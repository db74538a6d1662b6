//! `/account`: what somebody can see and change of their account.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::{
    context::Context,
    flash::Flash,
    layout,
    live::{self, FormErrors},
    visitor::SignedIn,
};
use crate::{
    components::form::Field,
    error::{Error, Result},
    models::{FieldErrors, Phone},
    state::AppState,
};

/// The field of a number.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PhoneForm {
    phone: String,
}

/// The account. The number is loaded anew each time and is no part of the page's state, which can be seen.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let refused = cx.extension::<FormErrors<PhoneForm>>();
    let (form, wrong) = refused.map(|it| (it.form, it.errors)).unzip();
    let typed = cx.use_local(|| form.map(|form| form.phone));
    let errors = cx.use_state(|| wrong.unwrap_or_default());
    let stored = cx
        .use_load(
            (),
            |ctx| async move { ctx.app().accounts.phone(user.id).await },
        )
        .await?;
    let reload = stored.reloading();

    let save = cx.on_async(move |ctx, event| async move {
        let form: PhoneForm = event.form()?;
        let mut wrong = FieldErrors::default();
        if let Some(phone) = wrong.check("phone", Phone::parse(&form.phone)) {
            ctx.app().accounts.set_phone(user.id, Some(&phone)).await?;
            ctx.flash(Flash::PhoneSaved.text());
            reload.reload(&ctx);
        }
        errors.set(&ctx, wrong);
        Ok(())
    });
    let remove = cx.on_async(move |ctx, _| async move {
        ctx.app().accounts.set_phone(user.id, None).await?;
        ctx.flash(Flash::PhoneRemoved.text());
        reload.reload(&ctx);
        Ok(())
    });
    let typed = typed.get(&cx);
    let shown = typed
        .as_deref()
        .or(stored.as_ref().map(Phone::as_str))
        .unwrap_or_default();
    let main = html! {
        section.card.narrow {
            h1 { "Your account" }
            p { (user.display_name.as_str()) br; (user.email.as_str()) }
            form method="post" action="/account/phone" novalidate on:submit=(save) {
                (Field {
                    name: "phone", label: "Phone number", kind: "tel", value: shown,
                    autocomplete: "tel", hint: Some("Nobody else sees it. It is stored encrypted."),
                    required: true,
                }.render(&errors.read(&cx)))
                button type="submit" { "Save" }
            }
            @if stored.is_some() {
                form method="post" action="/account/phone/delete" on:submit=(remove) {
                    button.secondary type="submit" { "Remove the number" }
                }
            }
        }
    };
    Ok(layout::live(&cx, "Your account", main))
}

/// Stores a number.
pub async fn set_phone(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    cookies: Cookies,
    Form(form): Form<PhoneForm>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let Some(phone) = errors.check("phone", Phone::parse(&form.phone)) else {
        let error = Error::Invalid(errors.clone());
        return live::show_form_errors(
            &state,
            visitor,
            "/account",
            &error,
            FormErrors { form, errors },
        )
        .await;
    };
    state.accounts.set_phone(user.id, Some(&phone)).await?;
    Ok(done(cookies, Flash::PhoneSaved))
}

/// Removes the number.
pub async fn remove_phone(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    cookies: Cookies,
) -> Result<Response> {
    state.accounts.set_phone(user.id, None).await?;
    Ok(done(cookies, Flash::PhoneRemoved))
}

/// Back to the account, with a message.
fn done(cookies: Cookies, flash: Flash) -> Response {
    (flash.put(cookies), Redirect::to("/account")).into_response()
}
