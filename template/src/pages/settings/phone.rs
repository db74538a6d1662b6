//! The phone number on `/account`.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::cookies::Cookies;

use crate::{
    components::form::Field,
    error::Result,
    models::{ClientInfo, FieldErrors, Phone},
    pages::{
        confirmation::RecentlyAuthenticated,
        context::Context,
        flash::Flash,
        live::{self, FormErrors},
    },
    state::AppState,
};

/// The field of the phone number.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PhoneForm {
    phone: String,
}

/// The form. The number is loaded for each rendering, because the state of a page is not secret.
pub async fn phone(cx: Cx, (): ()) -> stack_live::Result {
    let user = cx.signed_in()?;
    let rejected = cx.extension::<FormErrors<PhoneForm>>();
    let (form, invalid) = rejected
        .map(|rejected| (rejected.form, rejected.errors))
        .unzip();
    let typed = cx.use_local(|| form.map(|form| form.phone));
    let errors = cx.use_state(|| invalid.unwrap_or_default());
    let stored = cx
        .use_load(
            (),
            |ctx| async move { ctx.app().accounts.phone(user.id).await },
        )
        .await?;
    let reload = stored.reloading();

    let save = cx.on_async(move |ctx, event| async move {
        let form: PhoneForm = event.form()?;
        let mut invalid = FieldErrors::default();
        if let Some(phone) = invalid.check("phone", Phone::parse(&form.phone)) {
            let (user, client) = (ctx.recently_authenticated().await?, ctx.visitor().client);
            let accounts = &ctx.app().accounts;
            accounts.set_phone(user.id, Some(&phone), &client).await?;
            ctx.flash(Flash::PhoneSaved.text());
            reload.reload(&ctx);
        }
        errors.set(&ctx, invalid);
        Ok(())
    });
    let remove = cx.on_async(move |ctx, _| async move {
        let (user, client) = (ctx.recently_authenticated().await?, ctx.visitor().client);
        let accounts = &ctx.app().accounts;
        accounts.set_phone(user.id, None, &client).await?;
        ctx.flash(Flash::PhoneRemoved.text());
        reload.reload(&ctx);
        Ok(())
    });
    let typed = typed.get(&cx);
    let shown = typed
        .as_deref()
        .or(stored.as_ref().map(Phone::as_str))
        .unwrap_or_default();
    Ok(html! {
        form method="post" action="/account/phone" novalidate on:submit=(save) {
            (Field {
                name: "phone", label: "Phone number", kind: "tel", value: shown,
                autocomplete: "tel", hint: Some("Only you can see it. It is stored encrypted."),
                required: true,
            }.render(&errors.read(&cx)))
            button type="submit" { "Save" }
        }
        @if stored.is_some() {
            form method="post" action="/account/phone/delete" on:submit=(remove) {
                button.secondary type="submit" { "Remove phone number" }
            }
        }
    })
}

/// Stores the phone number.
pub async fn set(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, visitor, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<PhoneForm>,
) -> Result<Response> {
    let phone = match Phone::parse(&form.phone) {
        Ok(phone) => phone,
        Err(invalid) => {
            let error = invalid.at("phone").into();
            return live::show_form_errors(&state, visitor, "/account", form, error).await;
        }
    };
    let accounts = &state.accounts;
    accounts.set_phone(user.id, Some(&phone), &client).await?;
    Ok(redirect_to_account(cookies, Flash::PhoneSaved))
}

/// Removes the phone number.
pub async fn remove(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    state.accounts.set_phone(user.id, None, &client).await?;
    Ok(redirect_to_account(cookies, Flash::PhoneRemoved))
}

/// Redirects to the account, with a flash message.
fn redirect_to_account(cookies: Cookies, flash: Flash) -> Response {
    (flash.add_to(cookies), Redirect::to("/account")).into_response()
}
