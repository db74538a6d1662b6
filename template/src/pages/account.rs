//! `/register`, `/login`, `/logout`.
//!
//! The pages are live: a field is checked when somebody leaves it. The forms themselves are sent as forms, because who
//! logs in gets a cookie, which only an answer to a request can set; without a script they work as well.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::{Cx, PageError};
use stack_web::{client_ip::ClientIp, cookies::Cookies};

use super::{
    context::Context,
    flash::Flash,
    layout,
    live::{self, FormErrors},
    visitor::Visitor,
};
use crate::{
    components::form::{self, Field},
    error::{Error, Result},
    http::cookies::{SESSION, session_token},
    models::{FieldErrors, Registration, SessionToken},
    state::AppState,
};

/// The fields of a registration. The password is read and never written: the state of a page can be seen.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RegisterForm {
    email: String,
    display_name: String,
    #[serde(default, skip_serializing)]
    password: String,
}

/// The fields of an attempt to log in.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LogInForm {
    email: String,
    #[serde(default, skip_serializing)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `?next=…`: where to go after logging in.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// The form to make an account.
pub async fn register_page(cx: Cx) -> stack_live::Result {
    if cx.user().is_some() {
        return Err(PageError::redirect("/notes"));
    }
    let refused = cx.extension::<FormErrors<RegisterForm>>();
    let (form, wrong) = refused.map(|it| (it.form, it.errors)).unwrap_or_default();
    let form = cx.use_state(|| form).get(&cx);
    let errors = cx.use_state(|| wrong);
    let check = cx.on(move |ctx, event| {
        let field = event.name.as_deref().unwrap_or_default();
        let password = if field == "password" {
            event.value()
        } else {
            ""
        };
        let (email, name) = (event.field("email"), event.field("display_name"));
        let wrong = Registration::parse(email, name, password).err();
        errors.update(ctx, |errors| errors.take(field, &wrong.unwrap_or_default()));
    });
    let errors = errors.read(&cx);
    let main = html! {
        section.card.narrow {
            h1 { "Register" }
            form method="post" action="/register" novalidate on:change=(check) {
                (Field {
                    name: "display_name", label: "Name", kind: "text", value: &form.display_name,
                    autocomplete: "name", hint: Some("What others see."), required: true,
                }.render(&errors))
                (Field {
                    name: "email", label: "E-mail address", kind: "email", value: &form.email,
                    autocomplete: "username", hint: None, required: true,
                }.render(&errors))
                (Field {
                    name: "password", label: "Password", kind: "password", value: "",
                    autocomplete: "new-password", hint: Some("At least 10 characters."),
                    required: true,
                }.render(&errors))
                button type="submit" { "Make my account" }
            }
            p.small { "You have an account? " a href="/login" data-link { "Log in" } }
        }
    };
    Ok(layout::live(&cx, "Register", main))
}

/// Makes an account and logs in.
pub async fn register(
    State(state): State<AppState>,
    visitor: Visitor,
    cookies: Cookies,
    Form(form): Form<RegisterForm>,
) -> Result<Response> {
    let registered = match Registration::parse(&form.email, &form.display_name, &form.password) {
        Ok(registration) => state.accounts.register(registration).await,
        Err(fields) => Err(fields.into()),
    };
    match registered {
        Ok(user) => {
            let old = session_token(&cookies);
            let token = state.accounts.start_session(user.id, old).await?;
            Ok(enter(&state, cookies, &token, Flash::Welcome, "/notes"))
        }
        Err(error) => match error.fields() {
            Some(fields) => {
                let errors = fields.clone();
                let refused = FormErrors { form, errors };
                live::show_form_errors(&state, visitor, "/register", &error, refused).await
            }
            None => Err(error),
        },
    }
}

/// The form to log in.
pub async fn log_in_page(cx: Cx) -> stack_live::Result {
    let Next { next } = cx.query()?;
    if cx.user().is_some() {
        return Err(PageError::redirect(local(&next)));
    }
    let refused = cx.extension::<FormErrors<LogInForm>>();
    let wrong = cx.use_state(|| refused.is_some()).get(&cx);
    let form = cx.use_state(|| match refused {
        Some(refused) => refused.form,
        None => LogInForm {
            next: local(&next).to_owned(),
            ..LogInForm::default()
        },
    });
    let form = form.read(&cx);
    let errors = FieldErrors::default();
    let why = "This e-mail address and this password do not belong together.";
    let main = html! {
        section.card.narrow {
            h1 { "Log in" }
            (form::alert(wrong.then_some(why)))
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
            p.small { "No account yet? " a href="/register" data-link { "Register" } }
        }
    };
    Ok(layout::live(&cx, "Log in", main))
}

/// Logs in.
pub async fn log_in(
    State(state): State<AppState>,
    visitor: Visitor,
    ClientIp(from): ClientIp,
    cookies: Cookies,
    Form(form): Form<LogInForm>,
) -> Result<Response> {
    let old = session_token(&cookies);
    match state
        .accounts
        .log_in(&form.email, &form.password, from, old)
        .await
    {
        Ok((_, token)) => Ok(enter(
            &state,
            cookies,
            &token,
            Flash::LoggedIn,
            local(&form.next),
        )),
        Err(error @ Error::WrongCredentials) => {
            let form = LogInForm {
                next: local(&form.next).to_owned(),
                ..form
            };
            let refused = FormErrors {
                form,
                errors: FieldErrors::default(),
            };
            live::show_form_errors(&state, visitor, "/login", &error, refused).await
        }
        Err(error) => Err(error),
    }
}

/// Logs out.
pub async fn log_out(State(state): State<AppState>, cookies: Cookies) -> Result<Response> {
    if let Some(token) = session_token(&cookies) {
        state.accounts.log_out(&token).await?;
        state.live.end_session(&token.to_text());
    }
    let cookies = Flash::LoggedOut.put(cookies.remove(SESSION));
    Ok((cookies, Redirect::to("/")).into_response())
}

/// Gives the browser its session and sends it on.
fn enter(
    state: &AppState,
    cookies: Cookies,
    token: &SessionToken,
    flash: Flash,
    next: &str,
) -> Response {
    let lifetime = Some(state.config.session_lifetime);
    let cookies = cookies.set(SESSION, token.to_text(), lifetime);
    (flash.put(cookies), Redirect::to(next)).into_response()
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
