//! `/register`, `/login`, `/logout`.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{flash::Flash, layout, visitor::Visitor};
use crate::{
    app::AppState,
    components::form::{self, Field},
    error::{Error, Result},
    http::{client_ip::ClientIp, cookies::Cookie, csrf::CsrfForm, current_user::session_token},
    models::{FieldErrors, Registration, SessionToken},
    services::accounts,
};

/// The fields of a registration.
#[derive(Default, Deserialize)]
pub struct RegisterForm {
    email: String,
    display_name: String,
    password: String,
}

/// The fields of an attempt to log in.
#[derive(Default, Deserialize)]
pub struct LogInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// A form that is only a button.
#[derive(Deserialize)]
pub struct NoFields {}

/// `?next=…`: where to go after logging in.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// The form to make an account.
pub async fn register_form(visitor: Visitor) -> Response {
    if visitor.user.is_some() {
        return Redirect::to("/notes").into_response();
    }
    register_page(&visitor, &RegisterForm::default(), &FieldErrors::default()).into_response()
}

/// Makes an account and logs in.
pub async fn register(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    CsrfForm(form): CsrfForm<RegisterForm>,
) -> Result<Response> {
    let registered = match Registration::parse(&form.email, &form.display_name, &form.password) {
        Ok(registration) => accounts::register(&state, registration).await,
        Err(fields) => Err(fields.into()),
    };
    match registered {
        Ok(user) => {
            let old = session_token(&headers, state.config.environment.is_production());
            let token = accounts::start_session(&state, user.id, old).await?;
            Ok(enter(&state, &token, Flash::Welcome, "/notes"))
        }
        Err(error) => match error.fields() {
            Some(fields) => {
                let page = register_page(&visitor, &form, fields);
                Ok((error.status(), page).into_response())
            }
            None => Err(error),
        },
    }
}

/// The form to log in.
pub async fn log_in_form(visitor: Visitor, Query(query): Query<Next>) -> Response {
    let next = local(&query.next);
    if visitor.user.is_some() {
        return Redirect::to(next).into_response();
    }
    let form = LogInForm {
        next: next.to_owned(),
        ..LogInForm::default()
    };
    log_in_page(&visitor, &form, None).into_response()
}

/// Logs in.
pub async fn log_in(
    State(state): State<AppState>,
    visitor: Visitor,
    ClientIp(from): ClientIp,
    headers: HeaderMap,
    CsrfForm(form): CsrfForm<LogInForm>,
) -> Result<Response> {
    let old = session_token(&headers, state.config.environment.is_production());
    match accounts::log_in(&state, &form.email, &form.password, from, old).await {
        Ok((_, token)) => Ok(enter(&state, &token, Flash::LoggedIn, local(&form.next))),
        Err(error @ Error::WrongCredentials) => {
            let why = "This e-mail address and this password do not belong together.";
            let page = log_in_page(&visitor, &form, Some(why));
            Ok((error.status(), page).into_response())
        }
        Err(error) => Err(error),
    }
}

/// Logs out.
pub async fn log_out(
    State(state): State<AppState>,
    headers: HeaderMap,
    CsrfForm(NoFields {}): CsrfForm<NoFields>,
) -> Result<Response> {
    let production = state.config.environment.is_production();
    if let Some(token) = session_token(&headers, production) {
        accounts::log_out(&state, &token).await?;
    }
    let cookies = AppendHeaders([
        (header::SET_COOKIE, Cookie::Session.remove(production)),
        (header::SET_COOKIE, Flash::LoggedOut.cookie(production)),
    ]);
    Ok((cookies, Redirect::to("/")).into_response())
}

/// Gives the browser its session and sends it on.
fn enter(state: &AppState, token: &SessionToken, flash: Flash, next: &str) -> Response {
    let production = state.config.environment.is_production();
    let lifetime = Some(state.config.session_lifetime);
    let cookies = AppendHeaders([
        (
            header::SET_COOKIE,
            Cookie::Session.set(&token.to_text(), lifetime, production),
        ),
        (header::SET_COOKIE, flash.cookie(production)),
    ]);
    (cookies, Redirect::to(next)).into_response()
}

/// `next` if it is a path on this site, else the notes: a link must not send people elsewhere.
fn local(next: &str) -> &str {
    let harmless = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if next.starts_with('/') && !next.starts_with("//") && harmless {
        next
    } else {
        "/notes"
    }
}

fn register_page(visitor: &Visitor, form: &RegisterForm, errors: &FieldErrors) -> Markup {
    let main = html! {
        section.card.narrow {
            h1 { "Register" }
            form method="post" action="/register" novalidate {
                (form::token(&visitor.csrf))
                (Field {
                    name: "display_name", label: "Name", kind: "text", value: &form.display_name,
                    autocomplete: "name", hint: Some("What others see."), required: true,
                }.render(errors))
                (Field {
                    name: "email", label: "E-mail address", kind: "email", value: &form.email,
                    autocomplete: "username", hint: None, required: true,
                }.render(errors))
                (Field {
                    name: "password", label: "Password", kind: "password", value: "",
                    autocomplete: "new-password", hint: Some("At least 10 characters."),
                    required: true,
                }.render(errors))
                button type="submit" { "Make my account" }
            }
            p.small { "You have an account? " a href="/login" { "Log in" } }
        }
    };
    layout::page(visitor, "Register", main)
}

fn log_in_page(visitor: &Visitor, form: &LogInForm, wrong: Option<&str>) -> Markup {
    let errors = FieldErrors::default();
    let main = html! {
        section.card.narrow {
            h1 { "Log in" }
            (form::alert(wrong))
            form method="post" action="/login" {
                (form::token(&visitor.csrf))
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
            p.small { "No account yet? " a href="/register" { "Register" } }
        }
    };
    layout::page(visitor, "Log in", main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logging_in_leads_only_to_pages_of_this_site() {
        assert_eq!(local("/notes/new"), "/notes/new");
        for next in [
            "",
            "notes",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\nb",
        ] {
            assert_eq!(local(next), "/notes", "`{next}` was followed");
        }
    }
}
