//! `/account/password`: changing the password.

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
    models::{ClientInfo, Password},
    pages::{
        confirmation::RecentlyAuthenticated,
        context::Context,
        flash::Flash,
        layout,
        live::{self, FormErrors},
    },
    state::AppState,
};

/// The new password, which is never serialized.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PasswordForm {
    #[serde(default, skip_serializing)]
    password: String,
{%- if openapi %}
    /// `true`: API tokens are revoked with it.
    #[serde(default)]
    revoke_tokens: String,
{%- endif %}
}

/// The form. Who has come here has just proved to know the old password.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.recently_authenticated().await?;
{%- if openapi %}
    let rejected = cx.extension::<FormErrors<PasswordForm>>();
    let rejected = rejected.unwrap_or_default();
    let revoke = cx.use_state(|| rejected.form.revoke_tokens).get(&cx);
    let errors = cx.use_state(|| rejected.errors);
    let tokens = super::tokens::revocation(&cx, user.id, &revoke).await?;
{%- else %}
    let rejected = cx.extension::<FormErrors<PasswordForm>>();
    let errors = cx.use_state(|| rejected.unwrap_or_default().errors);
{%- endif %}
    let main = html! {
        section.card.narrow {
            h1 { "Change the password" }
            p.soft { "You stay logged in here. Everywhere else you are logged out." }
            form method="post" action="/account/password" novalidate {
                // For password managers.
                input type="hidden" name="email" autocomplete="username" value=(user.email.as_str());
                (Field::new_password("New password").render(&errors.read(&cx)))
{%- if openapi %}
                (tokens)
{%- endif %}
                div.actions {
                    button type="submit" { "Change" }
                    a.button.secondary href="/account/security" data-link { "Cancel" }
                }
            }
        }
    };
    Ok(layout::live(&cx, "Change the password", main))
}

/// Changes the password.
pub async fn change(
    State(state): State<AppState>,
    RecentlyAuthenticated {
        user,
        session,
        visitor,
    }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<PasswordForm>,
) -> Result<Response> {
    let changed = match Password::parse(&form.password, &user.own_words()) {
        Ok(password) => {
            let (accounts, kept) = (&state.accounts, Some(session));
{%- if openapi %}
            let revoke = form.revoke_tokens == "true";
            accounts
                .change_password(user.id, kept, password, revoke, &client)
                .await
{%- else %}
            accounts
                .change_password(user.id, kept, password, &client)
                .await
{%- endif %}
        }
        Err(invalid) => Err(invalid.at("password").into()),
    };
    if let Err(error) = changed {
        return live::show_form_errors(&state, visitor, "/account/password", form, error).await;
    }
    let cookies = Flash::PasswordChanged.add_to(cookies);
    Ok((cookies, Redirect::to("/account/security")).into_response())
}
