//! `/register`, `/login`, `/logout`.
//!
//! The pages are live: a field is validated when the user leaves it. The forms themselves are submitted by HTTP, because
//! only an HTTP response can set the session cookie. So they work without JavaScript too.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::{Cx, PageError};
use stack_web::{cookies::Cookies, layers::CLEAR_SITE_DATA};

use super::{
    context::Context,
    flash::Flash,
    forgot_password::MAIL_SENT,
    layout,
    live::{self, FormErrors},
    visitor::Visitor,
};
use crate::{
    components::form::{self, Field},
{%- if totp %}
    error::{Error, Result},
{%- else %}
    error::Result,
{%- endif %}
{%- if teams %}
    http::cookies::{INVITATION, SESSION, invitation_page, session_token},
{%- else %}
    http::cookies::{SESSION, session_token},
{%- endif %}
    models::{ClientInfo, FieldErrors, Registration, SessionToken},
    state::AppState,
};
{%- if oidc %}

use crate::components::provider_button::provider_button;
{%- endif %}
{%- if totp %}

pub mod code;
{%- endif %}
{%- if passkeys %}

pub mod passkey;
pub mod recovery;
{%- endif %}

/// The fields of a registration. The password is never serialized, because the state of a page is not secret.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RegisterForm {
    email: String,
    display_name: String,
    #[serde(default, skip_serializing)]
    password: String,
}

/// The fields of a log-in.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LogInForm {
    email: String,
    #[serde(default, skip_serializing)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `?next=…`: the page to redirect to after the log-in.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// The registration form.
pub async fn register_page(cx: Cx) -> stack_live::Result {
    if cx.user().is_some() {
        return Err(PageError::redirect("/notes"));
    }
    let rejected = cx
        .extension::<FormErrors<RegisterForm>>()
        .unwrap_or_default();
    let form = cx.use_state(|| rejected.form).get(&cx);
    let errors = cx.use_state(|| rejected.errors);
    let check = cx.on(move |ctx, event| {
        let field = event.name.as_deref().unwrap_or_default();
        let password = if field == "password" {
            event.value()
        } else {
            ""
        };
        let (email, name) = (event.field("email"), event.field("display_name"));
        let invalid = Registration::parse(email, name, password).err();
        errors.update(ctx, |errors| {
            errors.take(field, &invalid.unwrap_or_default());
        });
    });
    let errors = errors.read(&cx);
    let main = html! {
        section.card.narrow {
            h1 { "Register" }
            form method="post" action="/register" novalidate on:change=(check) {
                (Field {
                    name: "display_name", label: "Name", kind: "text", value: &form.display_name,
                    autocomplete: "name", hint: Some("Other users see this name."), required: true,
                }.render(&errors))
                (Field {
                    name: "email", label: "E-mail address", kind: "email", value: &form.email,
                    autocomplete: "username", hint: None, required: true,
                }.render(&errors))
                (Field::new_password("Password").render(&errors))
                button type="submit" { "Create account" }
            }
            p.small { "Already have an account? " a href="/login" data-link { "Log in" } }
        }
    };
    Ok(layout::live(&cx, "Register", main))
}

/// Creates an account. Its owner logs in with a link that is sent by mail, so that the answer is the same if the address has an
/// account; without mail, at once.
pub async fn register(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<RegisterForm>,
) -> Result<Response> {
    let registered = match Registration::parse(&form.email, &form.display_name, &form.password) {
        Ok(registration) if state.links.is_on() => {
            let accounts = &state.accounts;
            let sent = accounts.register_by_mail(registration, &client).await;
            sent.map(|()| None)
        }
        Ok(registration) => {
            let accounts = &state.accounts;
            accounts.register(registration, &client).await.map(Some)
        }
        Err(fields) => Err(fields.into()),
    };
    match registered {
        Ok(None) => Ok(Redirect::to(MAIL_SENT).into_response()),
        Ok(Some(user)) => {
            let old = session_token(&cookies);
            let token = state
                .accounts
                .start_session(user.id, &client, old, None)
                .await?;
            Ok(redirect_logged_in(
                &state,
                cookies,
                &token,
                Flash::Welcome,
                "/notes",
            ))
        }
        Err(error) => live::show_form_errors(&state, visitor, "/register", form, error).await,
    }
}

/// The log-in form.
pub async fn log_in_page(cx: Cx) -> stack_live::Result {
    let Next { next } = cx.query()?;
    if cx.user().is_some() {
        return Err(PageError::redirect(safe_redirect(&next)));
    }
    let rejected = cx.extension::<FormErrors<LogInForm>>();
    let is_rejected = cx.use_state(|| rejected.is_some()).get(&cx);
    let form = cx.use_state(|| match rejected {
        Some(rejected) => rejected.form,
        None => LogInForm {
            next: safe_redirect(&next).to_owned(),
            ..LogInForm::default()
        },
    });
    let form = form.read(&cx);
    let errors = FieldErrors::default();
    let message =
        "The e-mail address or the password is incorrect, or the address is not confirmed yet.";
    let main = html! {
        section.card.narrow {
            h1 { "Log in" }
            (form::alert(is_rejected.then_some(message)))
            form method="post" action="/login" {
                input type="hidden" name="next" value=(form.next);
                (Field {
                    name: "email", label: "E-mail address", kind: "email", value: &form.email,
                    autocomplete: "username", hint: None, required: true,
                }.render(&errors))
                (Field {
                    name: "password", label: "Password", kind: "password", value: "",
                    autocomplete: "current-password", hint: None, required: true,
                }.render(&errors))
                button type="submit" { "Log in" }
            }
{%- if oidc %}
            @if let Some(oidc) = &cx.app().oidc {
                (provider_button("/login/oidc", &form.next, &format!("Log in with {}", oidc.name())))
            }
{%- endif %}
            @if cx.app().links.is_on() {
                p.small {
                    a href="/forgot-password" data-link { "Forgot your password? Log in by a link, or choose a new one" }
                }
            }
{%- if passkeys %}
            (crate::components::passkey::ask("/login/passkey", "Log in with a passkey", &form.next))
            p.small { a href="/login/recovery" data-link { "Log in with a recovery code" } }
{%- endif %}
            p.small { "No account yet? " a href="/register" data-link { "Register" } }
        }
    };
    Ok(layout::live(&cx, "Log in", main))
}

/// Logs in.
pub async fn log_in(
    State(state): State<AppState>,
    visitor: Visitor,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<LogInForm>,
) -> Result<Response> {
    let old = session_token(&cookies);
    match state
        .accounts
        .log_in(&form.email, &form.password, &client, old)
        .await
    {
        Ok((_, token)) => Ok(redirect_logged_in(
            &state,
            cookies,
            &token,
            Flash::LoggedIn,
            safe_redirect(&form.next),
        )),
{%- if totp %}
        Err(Error::CodeRequired(request)) => {
            let next = safe_redirect(&form.next);
            Err(Error::CodeRequired(request.leading_to(next)))
        }
{%- endif %}
        Err(error) => {
            let form = LogInForm {
                next: safe_redirect(&form.next).to_owned(),
                ..form
            };
            live::show_form_errors(&state, visitor, "/login", form, error).await
        }
    }
}

/// Logs out.
pub async fn log_out(
    State(state): State<AppState>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    if let Some(token) = session_token(&cookies) {
        state.accounts.log_out(&token, &client).await?;
    }
    let cookies = Flash::LoggedOut.add_to(cookies.remove(SESSION));
    Ok((cookies, CLEAR_SITE_DATA, Redirect::to("/")).into_response())
}
{%- if teams %}

/// Sets the session cookie and redirects to `next`, or to the invitation that the visitor came by.
{%- else %}

/// Sets the session cookie and redirects to `next`.
{%- endif %}
pub(super) fn redirect_logged_in(
    state: &AppState,
    cookies: Cookies,
    token: &SessionToken,
    flash: Flash,
    next: &str,
) -> Response {
{%- if teams %}
    let invitation = invitation_page(&cookies);
    let next = invitation.as_deref().unwrap_or(next);
    let cookies = match invitation {
        Some(_) => cookies.remove(INVITATION),
        None => cookies,
    };
{%- endif %}
    let lifetime = Some(state.config.session_lifetime);
    let cookies = cookies.set(SESSION, token.to_text(), lifetime);
    (flash.add_to(cookies), Redirect::to(next)).into_response()
}

/// `next` if it is a path of this site, otherwise `/notes`: prevents open redirects to other sites.
pub(super) fn safe_redirect(next: &str) -> &str {
    let is_safe = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if next.starts_with('/') && !next.starts_with("//") && is_safe {
        next
    } else {
        "/notes"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_redirects_only_to_pages_of_this_site() {
        assert_eq!(safe_redirect("/notes/new"), "/notes/new");
        for next in [
            "",
            "notes",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\nb",
        ] {
            assert_eq!(safe_redirect(next), "/notes", "`{next}` was accepted");
        }
    }
}
