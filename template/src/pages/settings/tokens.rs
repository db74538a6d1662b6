//! `/account/tokens`: the tokens by which programs use the API for the user.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::{Cx, Loaded, PageError};
use stack_web::{cookies::Cookies, extract::Key};

use crate::{
    components::{
        date::Zone,
        form::{Field, checkbox, select},
        section::section,
    },
    error::Result,
    models::{
        ApiSecret, ApiToken, ApiTokenDraft, ApiTokenId, ClientInfo, FieldErrors, TokenScope, UserId,
    },
    pages::{
        confirmation::RecentlyAuthenticated,
        context::Context,
        flash::Flash,
        layout,
        live::{self, FormErrors},
        visitor::Visitor,
    },
    repositories::api_tokens,
    services::accounts::api_tokens::{API_TOKENS as PAGE, MAX_API_TOKENS},
    state::AppState,
};

/// The choices of [`LIFETIMES`](crate::models::LIFETIMES).
const DAYS: [(&str, &str); 4] = [
    ("7", "A week"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "A year"),
];

/// The fields of the form. Each scope is a checkbox with its name.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenForm(Vec<(String, String)>);

impl TokenForm {
    fn value(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

/// The tokens, and the form that makes one.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?.id;
    let rejected = cx.extension::<FormErrors<TokenForm>>().unwrap_or_default();
    let form = cx.use_state(|| rejected.form).get(&cx);
    let errors = cx.use_state(|| rejected.errors);
    let found = load(&cx, user).await?;
    let zone = Zone::of_visitor(&cx);
    let main = html! {
        header.title {
            h1 { "API tokens" }
            a.button.secondary href="/account" data-link { "Your account" }
        }
        p.soft {
            "A program that has a token may do for you what its scopes say, until it expires. "
            a href="/api/docs" data-link { "How programs use the API" }
        }
        (section("tokens", "Your tokens", html! {
            @if found.is_empty() { p { "None yet." } }
            div.notes { @for token in found.iter() { (card(token, &zone)) } }
            @if found.len() > 1 { (revoke_all_button()) }
        }))
        (section("new", "Make a token", fields(&form, &errors.read(&cx))))
    };
    Ok(layout::live(&cx, "API tokens", main))
}

async fn load(cx: &Cx, user: UserId) -> Result<Loaded<Vec<ApiToken>>, PageError> {
    cx.use_load((), move |ctx| async move {
        api_tokens::list(ctx.app().db.pool(), user, MAX_API_TOKENS).await
    })
    .await
}

/// The part of `/account/security` about tokens; nothing where there are none.
pub async fn part(cx: &Cx, user: UserId) -> Result<Markup, PageError> {
    let found = load(cx, user).await?;
    if found.is_empty() {
        return Ok(html! {});
    }
    let content = html! {
        p { (names(&found)) }
        p { a href=(PAGE) data-link { "What they may do" } }
        (revoke_all_button())
    };
    Ok(section("tokens", "Programs that act for you", content))
}

/// The part of a form for a new password that revokes all tokens with it; nothing where there are none.
pub async fn revocation(cx: &Cx, user: UserId, value: &str) -> Result<Markup, PageError> {
    let found = load(cx, user).await?;
    if found.is_empty() {
        return Ok(html! {});
    }
    let label = format!("Revoke the API tokens, too: {}", names(&found));
    Ok(checkbox(
        "revoke_tokens",
        &label,
        value,
        &FieldErrors::default(),
    ))
}

fn names(tokens: &[ApiToken]) -> String {
    let names: Vec<_> = tokens.iter().map(|token| token.name.as_str()).collect();
    names.join(", ")
}

fn revoke_all_button() -> Markup {
    html! {
        form method="post" action={ (PAGE) "/revoke-all" } {
            button.secondary type="submit" { "Revoke all API tokens" }
        }
    }
}

fn fields(form: &TokenForm, errors: &FieldErrors) -> Markup {
    let days = Some(form.value("days")).filter(|days| !days.is_empty());
    html! {
        form method="post" action=(PAGE) {
            (Field {
                name: "name", label: "Name", kind: "text", value: form.value("name"), autocomplete: "off",
                hint: Some("Such as the program that gets it."), required: true,
            }.render(errors))
            @for scope in TokenScope::ALL {
                (checkbox(scope.name(), scope.title(), form.value(scope.name()), errors))
            }
            (select("days", "Valid for", days.unwrap_or("30"), &DAYS, errors))
            button type="submit" { "Make a token" }
        }
    }
}

fn card(token: &ApiToken, zone: &Zone) -> Markup {
    html! {
        article.note data-key=(token.id) {
            h3 { (token.name.as_str()) }
            p { code { (token.scopes.to_text()) } }
            footer {
                "Made " (zone.date_time(token.created_at))
                @match token.last_used_at {
                    Some(time) => { ", last used " (zone.date_time(time)) }
                    None => ", not used yet",
                }
                ", expires " (zone.date_time(token.expires_at))
            }
            form method="post" action={ (PAGE) "/" (token.id) "/revoke" } {
                button.quiet type="submit" { "Revoke" }
            }
        }
    }
}

/// Makes a token, and shows its secret.
pub async fn create(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, visitor, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    Form(form): Form<TokenForm>,
) -> Result<Response> {
    let chosen = |scope: TokenScope| form.value(scope.name()) == "true";
    let draft = match ApiTokenDraft::parse(form.value("name"), form.value("days"), chosen) {
        Ok(draft) => draft,
        Err(errors) => {
            return live::show_form_errors(&state, visitor, PAGE, form, errors.into()).await;
        }
    };
    let accounts = &state.accounts;
    let created = accounts.create_api_token(&user, &draft, &client);
    Ok(show(&visitor, &created.await?))
}

/// The only page that shows a secret. It is not live: a live page would have it in its state.
fn show(visitor: &Visitor, secret: &ApiSecret) -> Response {
    let main = html! {
        section.card.narrow {
            h1 { "Your new token" }
            p { "Copy it to the program that uses it: it is not shown again." }
            pre { code { (secret.to_bearer()) } }
            p { a.button href=(PAGE) { "I have copied it" } }
        }
    };
    layout::page(visitor, "Your new token", main).into_response()
}

/// Makes a token of the user invalid.
pub async fn revoke(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    Key(id): Key<ApiTokenId>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    let accounts = &state.accounts;
    accounts.revoke_api_token(&user, id, &client).await?;
    Ok((Flash::Deleted.add_to(cookies), Redirect::to(PAGE)).into_response())
}

/// Makes all tokens of the user invalid.
pub async fn revoke_all(
    State(state): State<AppState>,
    RecentlyAuthenticated { user, .. }: RecentlyAuthenticated,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    let accounts = &state.accounts;
    accounts.revoke_api_tokens(user.id, &client).await?;
    Ok((Flash::Deleted.add_to(cookies), Redirect::to(PAGE)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::LIFETIMES;

    #[test]
    fn the_form_offers_the_lifetimes_that_are_accepted() {
        assert_eq!(
            DAYS.map(|(days, _)| days.to_owned()),
            LIFETIMES.map(|days| days.to_string())
        );
    }
}
