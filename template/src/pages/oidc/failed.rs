//! `/login/oidc/failed`: why logging in with the provider failed, and what to do.

use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use stack_live::Cx;

use crate::{
    error::Error,
    pages::{context::Context, layout},
    services::oidc::Failure,
};

/// `?reason=…`
#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

/// Leads to the page. Its address has neither the code nor the `state` of the provider.
pub fn redirect(failure: Failure) -> Response {
    Redirect::to(&format!("/login/oidc/failed?reason={failure}")).into_response()
}

/// The page.
pub async fn page(cx: Cx) -> stack_live::Result {
    let Reason { reason } = cx.query()?;
    let failure = Failure::parse(&reason).ok_or(Error::NotFound)?;
    let app = cx.app();
    let name = app.oidc.as_ref().ok_or(Error::NotFound)?.name();
    let (title, advice) = text(failure);
    let main = html! {
        section.card.narrow {
            h1 { (title.replace("{name}", name)) }
            p { (advice.replace("{name}", name)) }
            div.actions {
                @if cx.user().is_some() {
                    a.button href="/account/security" data-link { "Security" }
                } @else {
                    a.button href="/login" data-link { "Log in" }
                    @if failure == Failure::EmailNotConfirmed {
                        a.button.secondary href="/register" data-link { "Register" }
                    }
                    @if failure == Failure::AccountNotConfirmed && app.links.is_on() {
                        a.button.secondary href="/forgot-password" data-link { "Get a link by mail" }
                    }
                }
            }
        }
    };
    Ok(layout::live(&cx, "That did not work", main))
}

/// The title, and what to do. `{name}` is the provider.
fn text(failure: Failure) -> (&'static str, &'static str) {
    match failure {
        Failure::Denied => (
            "You have cancelled it",
            "{name} has told us nothing, and nothing was changed. Try again, or log in in another way.",
        ),
        Failure::Unreachable => (
            "{name} does not respond",
            "Try again in a minute. If it still does not work, log in in another way.",
        ),
        Failure::UnknownAttempt => (
            "Please start again",
            "It took more than ten minutes, was begun in another browser, or was already used. Start again, and stay in one \
             browser.",
        ),
        Failure::Misconfigured => (
            "{name} does not work here",
            "{name} and this site are not set up for each other. Log in in another way, and tell whoever runs this site: \
             the log says what is wrong.",
        ),
        Failure::Untrusted => (
            "We cannot trust this answer",
            "What came back from {name} was not made for this log-in. Nothing was changed. Start again; if it happens again, \
             tell whoever runs this site.",
        ),
        Failure::Clock => (
            "A clock is wrong",
            "The answer of {name} had already expired, or is from the future. The clock of this site or that of {name} is \
             wrong. Log in in another way, and tell whoever runs this site.",
        ),
        Failure::EmailNotConfirmed => (
            "{name} does not know your address for sure",
            "Confirm your e-mail address at {name}, and try again. Or log in here with your password, or register, and then \
             connect {name} on the page Security of your account.",
        ),
        Failure::AccountNotConfirmed => (
            "There is an account with your address",
            "Its address is not confirmed, so it may be somebody else who has registered with it. Log in with its password \
             or by a link, and then connect {name} on the page Security of your account.",
        ),
        Failure::Taken => (
            "It is connected with another account",
            "Your account at {name} already belongs to another account here. Log in to that one and disconnect it there, or \
             take another account at {name}.",
        ),
        Failure::NotConnected => (
            "That was another account",
            "You have logged in to an account at {name} that is not connected with yours. Try again with the one that is.",
        ),
        Failure::NotRecent => (
            "{name} did not ask who you are",
            "It does not say that you have logged in there just now. Confirm with your password instead; if you have none, \
             log out, log in again with {name}, and go on within ten minutes.",
        ),
    }
}
