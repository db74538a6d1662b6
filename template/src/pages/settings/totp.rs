//! `/account/totp`: codes from an app as a second factor.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use qrcode::{Color, QrCode};
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::recovery_codes;
use crate::{
    components::form::Field,
    error::{Error, Result},
    models::{ClientInfo, FieldErrors, TotpSecret, User},
    pages::{
        confirmation::RecentlyAuthenticated,
        context::Context,
        flash::Flash,
        layout,
        live::{self, FormErrors},
    },
    services::accounts::totp::TotpStatus,
    state::AppState,
};

/// White modules around a QR code, as its standard asks for.
const QUIET_ZONE: usize = 4;

/// The code that confirms the app, which is never serialized.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CodeForm {
    #[serde(default, skip_serializing)]
    secret_code: String,
}

/// The page. The secret is loaded for each rendering, because the state of a page is not secret.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.recently_authenticated().await?;
    let rejected = cx.extension::<FormErrors<CodeForm>>();
    let errors = cx.use_state(|| rejected.unwrap_or_default().errors);
    let id = user.id;
    let status = cx
        .use_load((), |ctx| async move { ctx.app().accounts.totp(id).await })
        .await?;
    let main = html! {
        section.card.narrow {
            h1 { "Codes from an app" }
            @match &*status {
                TotpStatus::Off => {
                    p.soft { "After your password you are asked for a code that an app on your phone shows." }
                    form method="post" action="/account/totp" {
                        button type="submit" { "Set up" }
                    }
                }
                TotpStatus::Pending(secret) => (enrolment(&user, secret, &errors.read(&cx))?),
                TotpStatus::On => {
                    p { "At each log-in you are asked for a code from your app." }
                    form method="post" action="/account/totp/remove" {
                        button.danger type="submit" { "Turn off" }
                    }
                }
            }
            p { a href="/account/security" data-link { "Security" } }
        }
    };
    Ok(layout::live(&cx, "Codes from an app", main))
}

fn enrolment(user: &User, secret: &TotpSecret, errors: &FieldErrors) -> Result<Markup> {
    let uri = secret.uri(user.email.as_str(), layout::SITE);
    let uri = uri.map_err(Error::internal)?;
    Ok(html! {
        p { "Scan this with your app, or enter the text below it." }
        (qr_code(&uri)?)
        (Field {
            name: "secret", label: "Secret", kind: "text", value: secret.as_str(), autocomplete: "off",
            hint: None, required: false,
        }.render(errors))
        form method="post" action="/account/totp/confirm" {
            (Field {
                name: "secret_code", label: "Code that the app shows", kind: "text", value: "",
                autocomplete: "one-time-code", hint: None, required: true,
            }.render(errors))
            button type="submit" { "Turn on" }
        }
        form method="post" action="/account/totp/remove" {
            button.secondary type="submit" { "Cancel" }
        }
    })
}

/// A QR code, black on white in any colour scheme.
fn qr_code(text: &str) -> Result<Markup> {
    let code = QrCode::new(text).map_err(Error::internal)?;
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate();
    let dark = dark.filter(|(_, color)| *color == Color::Dark);
    let squares = dark.map(|(at, _)| {
        let (x, y) = (at % width + QUIET_ZONE, at / width + QUIET_ZONE);
        format!("M{x} {y}h1v1h-1z")
    });
    let path: String = squares.collect();
    let size = width + 2 * QUIET_ZONE;
    Ok(html! {
        svg role="img" aria-label="QR code" viewBox={ "0 0 " (size) " " (size) } width="240" height="240"
            shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

/// Makes a secret for the app.
pub async fn begin(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
) -> Result<Redirect> {
    state.accounts.begin_totp(user.id).await?;
    Ok(Redirect::to("/account/totp"))
}

/// Turns the second factor on, and shows the recovery codes.
pub async fn confirm(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, visitor, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    Form(form): Form<CodeForm>,
) -> Result<Response> {
    let accounts = &state.accounts;
    let confirmed = accounts
        .confirm_totp(&user, &form.secret_code, &client)
        .await;
    match confirmed {
        Ok(codes) => Ok(recovery_codes::show(&visitor, &codes)),
        // It was turned on, or off, in another tab.
        Err(Error::NotFound) => Ok(Redirect::to("/account/totp").into_response()),
        Err(error) => live::show_form_errors(&state, visitor, "/account/totp", form, error).await,
    }
}

/// Turns the second factor off.
pub async fn remove(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    state.accounts.remove_totp(user.id, &client).await?;
    let cookies = Flash::Saved.add_to(cookies);
    Ok((cookies, Redirect::to("/account/security")).into_response())
}
