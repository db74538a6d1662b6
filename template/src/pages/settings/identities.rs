//! The part of `/account/security` about logging in with a provider.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use stack_live::{Cx, PageError};
use stack_web::{cookies::Cookies, extract::Key};

use crate::{
    components::{date::Zone, provider_button::provider_button, section::section},
    error::Result,
    models::{ClientInfo, IdentityId, Owner, Purpose},
    pages::{confirmation::RecentlyAuthenticated, context::Context, flash::Flash, oidc},
{%- if passkeys %}
    repositories::{identities, passkeys},
{%- else %}
    repositories::identities,
{%- endif %}
    state::AppState,
};

const PAGE: &str = "/account/security";

/// The accounts at the provider that are connected, if the settings have a provider.
pub async fn part(cx: &Cx, owner: Owner) -> Result<Markup, PageError> {
    let found = cx
        .use_load((), move |ctx| async move {
            let app = ctx.app();
            let connected = identities::list(app.db.pool(), owner).await?;
            let has_another = identities::has_password(app.db.pool(), owner).await?;
{%- if passkeys %}
            let has_another = has_another || passkeys::count(app.db.pool(), owner).await? > 0;
{%- endif %}
            Ok::<_, sqlx::Error>((connected, has_another))
        })
        .await?;
    let (connected, has_another) = &*found;
    let app = cx.app();
    let Some(provider) = &app.oidc else {
        return Ok(html! {});
    };
    let (name, zone) = (provider.name(), Zone::of_visitor(cx));
    let is_only_way = !has_another && connected.len() == 1;
    Ok(section(
        "identities",
        &format!("Log in with {name}"),
        html! {
            div.notes {
                @for identity in connected {
                    article.note data-key=(identity.id) {
                        h3 { @if identity.email.is_empty() { (name) } @else { (identity.email) } }
                        footer { "Connected " (zone.date_time(identity.created_at)) }
                        @if !is_only_way {
                            form method="post" action={ (PAGE) "/identities/" (identity.id) "/delete" } {
                                button.quiet type="submit" { "Disconnect" }
                            }
                        }
                    }
                }
            }
            @if is_only_way {
                p.soft {
                    "This is your only way to log in. "
                    a href="/account/password" data-link { "Choose a password" }
                    " before you disconnect it."
                }
            }
            (provider_button("/account/security/identities", PAGE, &format!("Connect {name}")))
        },
    ))
}

/// Sends the user to the provider, to connect an account there.
pub async fn connect(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, visitor, .. }: RecentlyAuthenticated,
    cookies: Cookies,
) -> Result<Response> {
    oidc::begin(&state, &visitor, cookies, Purpose::Connect(user.id), PAGE).await
}

/// Removes a connection.
pub async fn disconnect(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    Key(id): Key<IdentityId>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    let name = oidc::provider(&state)?.name();
    let accounts = &state.accounts;
    accounts.disconnect(&user, id, name, &client).await?;
    let cookies = Flash::Disconnected.add_to(cookies);
    Ok((cookies, Redirect::to(PAGE)).into_response())
}
