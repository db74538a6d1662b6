//! `/teams`: the teams of the user, and which of them they work in.

use axum::{
    Form,
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::cookies::Cookies;

use super::{
    context::Context,
    layout,
    live::{self, FormErrors},
    team_switch::title,
    visitor::{SignedIn, Visitor},
};
use crate::{
    components::{form::Field, section::section},
    error::{Error, Result},
    http::cookies::{self, TEAM},
    models::{ClientInfo, Scope, TeamId, TeamName, UserId},
    state::AppState,
};

pub mod invitation;
pub mod members;
pub mod settings;

/// A visitor who is logged in, in the team in which they work. Others are redirected, as by [`SignedIn`]; who does not belong
/// to the team any more, to [`page`].
pub struct InTeam {
    /// The user in the team.
    pub user: Scope,
    /// The visitor, for the layout.
    pub visitor: Visitor,
}

impl FromRequestParts<AppState> for InTeam {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let SignedIn { user, visitor } = SignedIn::from_request_parts(parts, state).await?;
        let team = visitor.teams.current;
        let team = team.unwrap_or_else(|| TeamId::personal(user.id));
        match state.accounts.scope(user.id, team).await {
            Ok(user) => Ok(Self { user, visitor }),
            Err(Error::NotFound) => Err(Redirect::to("/teams").into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// The name of a team.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NameForm {
    name: String,
}

/// The team to work in.
#[derive(Deserialize)]
pub struct SwitchForm {
    team: TeamId,
}

/// The teams.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let load = cx.use_load((), move |ctx| async move {
        ctx.app().accounts.teams(user.id).await
    });
    let teams = load.await?;
    let current = cx.visitor().teams.current;
    let rejected = cx.extension::<FormErrors<NameForm>>().unwrap_or_default();
    let form = cx.use_state(|| rejected.form).get(&cx);
    let errors = cx.use_state(|| rejected.errors);
    let main = html! {
        header.title { h1 { "Your teams" } }
        (section("teams", "Where you belong", html! {
            div.notes {
                @for team in teams.iter() {
                    article.note data-key=(team.id) {
                        h2 { (title(team)) }
                        @if team.is_personal { p.soft { "Only you see what is here." } }
                        @else { p { (team.role.title()) ". " a href={ "/teams/" (team.id) } data-link { "Members and settings" } } }
                        @if current == Some(team.id) { footer { "You work here." } }
                        @else {
                            form method="post" action="/teams/switch" {
                                input type="hidden" name="team" value=(team.id);
                                button.secondary type="submit" { "Work here" }
                            }
                        }
                    }
                }
            }
        }))
        (section("new-team", "Create a team", html! {
            form method="post" action="/teams" {
                (Field {
                    name: "name", label: "Name", kind: "text", value: &form.name,
                    autocomplete: "organization", hint: None, required: true,
                }.render(&errors.read(&cx)))
                button type="submit" { "Create" }
            }
        }))
    };
    Ok(layout::live(&cx, "Your teams", main))
}

/// Creates a team, in which the user works from now on.
pub async fn create(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<NameForm>,
) -> Result<Response> {
    let name = match TeamName::parse(&form.name) {
        Ok(name) => name,
        Err(invalid) => {
            let error = invalid.at("name").into();
            return live::show_form_errors(&state, visitor, "/teams", form, error).await;
        }
    };
    let team = state.accounts.create_team(user.id, &name, &client).await?;
    let cookies = working_in(&state, cookies, user.id, team);
    let page = settings::address(team);
    Ok((cookies, Redirect::to(&page)).into_response())
}

/// Changes the team in which the user works.
pub async fn switch(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    cookies: Cookies,
    Form(SwitchForm { team }): Form<SwitchForm>,
) -> Result<Response> {
    state.accounts.scope(user.id, team).await?;
    let cookies = working_in(&state, cookies, user.id, team);
    Ok((cookies, Redirect::to("/notes")).into_response())
}

/// Keeps the team in which the user works.
fn working_in(state: &AppState, cookies: Cookies, user: UserId, team: TeamId) -> Cookies {
    let lifetime = Some(state.config.session_lifetime);
    cookies.set(TEAM, cookies::team_value(user, team), lifetime)
}
