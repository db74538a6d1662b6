//! `/account/security`: where the user is logged in, and the way to what protects the account.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use stack_live::Cx;
use stack_web::{cookies::Cookies, extract::Key};

use crate::{
    components::{date::Zone, section::section},
    error::Result,
    models::{ClientInfo, Session, SessionId},
    pages::{confirmation::RecentlyAuthenticated, context::Context, flash::Flash, layout},
    repositories::sessions,
    state::AppState,
};
{%- if oidc %}

use super::identities;
{%- endif %}

/// How many sessions the page shows at most. "End all others" ends those too that it does not show.
const MAX_SESSIONS: i64 = 100;

/// The sessions of the user, the last used first.
pub async fn page(cx: Cx) -> stack_live::Result {
    let owner = cx.signed_in()?.owner();
    let current = cx.visitor().session.map(|session| session.id);
    let found = cx
        .use_load((), |ctx| async move {
            let (app, idle) = (ctx.app(), ctx.app().config.session_idle);
            sessions::list(app.db.pool(), owner, idle, MAX_SESSIONS).await
        })
        .await?;
    let zone = Zone::of_visitor(&cx);
{%- if oidc %}
    let identities = identities::part(&cx, owner).await?;
{%- endif %}
{%- if openapi %}
    let tokens = super::tokens::part(&cx, cx.signed_in()?.id).await?;
{%- endif %}
    let main = html! {
        header.title {
            h1 { "Security" }
            a.button.secondary href="/account" data-link { "Your account" }
        }
        (section("sessions", "Where you are logged in", html! {
            div.notes {
                @for session in found.iter() { (session_card(session, Some(session.id) == current, &zone)) }
            }
            @if found.len() > 1 {
                form method="post" action="/account/security/sessions/end-others" {
                    button.secondary type="submit" { "Log out everywhere else" }
                }
            }
        }))
{%- if oidc %}
        (identities)
{%- endif %}
{%- if openapi %}
        (tokens)
{%- endif %}
        (section("protection", "Protect your account", html! {
            ul {
                li { a href="/account/activity" data-link { "What happened in your account" } }
                @if cx.app().links.is_on() {
                    li { a href="/account/email" data-link { "Change the e-mail address" } }
                }
{%- if passkeys %}
                li { a href="/account/passkeys" data-link { "Passkeys" } }
{%- endif %}
{%- if totp %}
                li { a href="/account/totp" data-link { "Codes from an app, as a second factor" } }
{%- endif %}
{%- if passkeys or totp %}
                li { a href="/account/recovery-codes" data-link { "Recovery codes" } }
{%- endif %}
                li { a href="/account/password" data-link { "Change the password" } }
                li { a href="/account/delete" data-link { "Delete the account" } }
            }
        }))
    };
    Ok(layout::live(&cx, "Security", main))
}

fn session_card(session: &Session, is_current: bool, zone: &Zone) -> Markup {
    html! {
        article.note data-key=(session.id) {
            h3 { (session.client.user_agent) @if is_current { " (this device)" } }
            p { (place(&session.client)) }
            footer {
                "Logged in " (zone.date_time(session.created_at))
                ", last used " (zone.date_time(session.last_used_at))
            }
            @if !is_current {
                form method="post" action={ "/account/security/sessions/" (session.id) "/end" } {
                    button.quiet type="submit" { "Log out there" }
                }
            }
        }
    }
}

/// The address on the network, as far as it is known.
pub(super) fn place(client: &ClientInfo) -> String {
    match client.address_text() {
        unknown if unknown.is_empty() => "Unknown address".to_owned(),
        address => format!("Address {address}"),
    }
}

/// Ends one of the user's sessions.
pub async fn end(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    Key(id): Key<SessionId>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    state.accounts.end_session(&user, id, &client).await?;
    Ok(redirect(cookies))
}

/// Ends all sessions of the user but this one.
pub async fn end_others(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, session, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    let accounts = &state.accounts;
    accounts
        .end_other_sessions(user.id, session, &client)
        .await?;
    Ok(redirect(cookies))
}

fn redirect(cookies: Cookies) -> Response {
    let cookies = Flash::SessionEnded.add_to(cookies);
    (cookies, Redirect::to("/account/security")).into_response()
}
