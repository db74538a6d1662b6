//! `/account/passkeys`: the user's passkeys.

use axum::{
    Form, Json,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::{cookies::Cookies, extract::Key};

use crate::{
    components::{date::Zone, form::Field, passkey, section::section},
    error::Result,
    http::passkey_challenge,
    models::{ClientInfo, Passkey, PasskeyId, PasskeyName},
    pages::{
        confirmation::RecentlyAuthenticated,
        context::Context,
        flash::Flash,
        layout,
        live::{self, FormErrors},
    },
    repositories::passkeys,
    services::accounts::passkeys::MAX_PASSKEYS,
    state::AppState,
};

/// The name of a new passkey, and what its device has signed.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PasskeyForm {
    name: String,
    #[serde(default, skip_serializing)]
    credential: String,
}

/// The passkeys, and the form that adds one.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let rejected = cx.extension::<FormErrors<PasskeyForm>>();
    let errors = cx.use_state(|| rejected.unwrap_or_default().errors);
    let owner = user.owner();
    let found = cx
        .use_load((), |ctx| async move {
            passkeys::list(ctx.app().db.pool(), owner, MAX_PASSKEYS).await
        })
        .await?;
    let zone = Zone::of_visitor(&cx);
    let main = html! {
        header.title {
            h1 { "Passkeys" }
            a.button.secondary href="/account/security" data-link { "Security" }
        }
        p.soft {
            "With a passkey you log in by your finger, face or PIN, without a password. "
            "Add one on a second device too, in case that you lose the first."
        }
        (section("passkeys", "Your passkeys", html! {
            @if found.is_empty() { p { "None yet." } }
            div.notes { @for passkey in found.iter() { (card(passkey, &zone)) } }
        }))
        (section("add", "Add a passkey", html! {
            form method="post" action="/account/passkeys" data-passkey="create"
                data-begin="/account/passkeys/begin" {
                (Field {
                    name: "name", label: "Name", kind: "text", value: "", autocomplete: "off",
                    hint: Some("Such as the name of the device."), required: true,
                }.render(&errors.read(&cx)))
                (passkey::answer())
                button type="submit" { "Add a passkey" }
            }
        }))
    };
    Ok(layout::live(&cx, "Passkeys", main))
}

fn card(passkey: &Passkey, zone: &Zone) -> Markup {
    html! {
        article.note data-key=(passkey.id) {
            h3 { (passkey.name.as_str()) }
            footer {
                "Added " (zone.date_time(passkey.created_at))
                @match passkey.last_used_at {
                    Some(time) => { ", last used " (zone.date_time(time)) }
                    None => ", not used yet",
                }
            }
            form method="post" action={ "/account/passkeys/" (passkey.id) "/delete" } {
                button.quiet type="submit" { "Remove" }
            }
        }
    }
}

/// What the browser is to be called with.
pub async fn begin(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    cookies: Cookies,
) -> Result<impl IntoResponse> {
    let (options, token) = state.accounts.begin_passkey(&user).await?;
    Ok((passkey_challenge::set(cookies, &token), Json(options)))
}

/// Adds a passkey.
pub async fn add(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, visitor, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<PasskeyForm>,
) -> Result<Response> {
    let name = match PasskeyName::parse(&form.name) {
        Ok(name) => name,
        Err(invalid) => {
            let error = invalid.at("name").into();
            return live::show_form_errors(&state, visitor, "/account/passkeys", form, error).await;
        }
    };
    let (cookies, token) = passkey_challenge::take(cookies)?;
    let accounts = &state.accounts;
    accounts
        .add_passkey(&user, &token, &name, &form.credential, &client)
        .await?;
    Ok(redirect(cookies, Flash::Saved))
}

/// Removes one of the user's passkeys.
pub async fn delete(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    Key(id): Key<PasskeyId>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    state.accounts.remove_passkey(&user, id, &client).await?;
    Ok(redirect(cookies, Flash::Deleted))
}

fn redirect(cookies: Cookies, flash: Flash) -> Response {
    (flash.add_to(cookies), Redirect::to("/account/passkeys")).into_response()
}
