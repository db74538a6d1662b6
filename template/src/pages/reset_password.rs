//! `/reset-password?token=…`: chooses a new password with a link from a mail.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::Deserialize;
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::{
{%- if openapi %}
    context::Context,
{%- endif %}
    flash::Flash,
    layout,
    live::{self, FormErrors},
    mailed_link,
{%- if openapi %}
    settings::tokens,
{%- endif %}
    visitor::Visitor,
};
use crate::{
    components::form::Field,
    error::{Error, Result},
    models::{ClientInfo, LinkPurpose, LinkToken, Password},
    state::AppState,
};

/// The form.
#[derive(Deserialize)]
pub struct ResetForm {
    token: String,
    password: String,
{%- if openapi %}
    /// `true`: API tokens are revoked with it.
    #[serde(default)]
    revoke_tokens: String,
{%- endif %}
}

/// The form, if the link can be used.
pub async fn page(cx: Cx) -> stack_live::Result {
    let token = mailed_link::token(&cx)?;
    if mailed_link::purpose(&cx, &token).await? != Some(LinkPurpose::Reset) {
        return Err(Error::LinkExpired.into());
    }
{%- if openapi %}
    let rejected = cx.extension::<FormErrors<String>>().unwrap_or_default();
    let revoke = cx.use_state(|| rejected.form).get(&cx);
    let errors = cx.use_state(|| rejected.errors).get(&cx);
    let of_user = token.clone();
    let user = cx.use_load(
        (),
        |ctx| async move { ctx.app().links.user(&of_user).await },
    );
    let user = (*user.await?).as_ref().map(|user| user.id);
    let tokens = tokens::revocation(&cx, user.ok_or(Error::LinkExpired)?, &revoke).await?;
{%- else %}
    let rejected = cx.extension::<FormErrors<()>>().unwrap_or_default();
    let errors = cx.use_state(|| rejected.errors).get(&cx);
{%- endif %}
    let main = html! {
        section.card.narrow {
            h1 { "Choose a new password" }
            form method="post" action="/reset-password" {
                input type="hidden" name="token" value=(token.to_text());
                (Field::new_password("New password").render(&errors))
{%- if openapi %}
                (tokens)
{%- endif %}
                button type="submit" { "Save the password" }
            }
            p.small { "It ends your sessions on all devices." }
        }
    };
    Ok(layout::live(&cx, "Choose a new password", main))
}

/// Sets the password, and ends all sessions.
pub async fn reset(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<ResetForm>,
) -> Result<Response> {
    let token = LinkToken::parse(&form.token).ok_or(Error::LinkExpired)?;
    let user = state.links.user(&token).await?.ok_or(Error::LinkExpired)?;
    let reset = match Password::parse(&form.password, &user.own_words()) {
        Ok(password) => {
            let accounts = &state.accounts;
{%- if openapi %}
            let revoke = form.revoke_tokens == "true";
            accounts
                .reset_password(&token, password, revoke, &client)
                .await
{%- else %}
            accounts.reset_password(&token, password, &client).await
{%- endif %}
        }
        Err(invalid) => Err(invalid.at("password").into()),
    };
    if let Err(error) = reset {
        let uri = format!("/reset-password?token={}", token.to_text());
{%- if openapi %}
        let form = form.revoke_tokens;
        return live::show_form_errors(&state, visitor, &uri, form, error).await;
{%- else %}
        return live::show_form_errors(&state, visitor, &uri, (), error).await;
{%- endif %}
    }
    let cookies = Flash::PasswordChanged.add_to(cookies);
    Ok((cookies, Redirect::to("/login")).into_response())
}
