//! `/teams/{id}`: the members of a team, and what those do who manage it.

use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use stack_live::Cx;
use stack_web::{cookies::Cookies, extract::Key};

use super::{NameForm, members::InviteForm};
use crate::{
    components::{
{%- if files %}
        avatar::avatar,
{%- endif %}
        date::date,
        form::{Field, select},
        section::section,
    },
    error::{Error, Result},
    http::cookies::TEAM,
    models::{ClientInfo, FieldErrors, Invitation, Member, Role, Scope, Team, TeamId, TeamName},
    pages::{
        context::Context,
        flash::Flash,
        layout,
        live::{self, FormErrors},
        visitor::SignedIn,
    },
    repositories::{invitations, memberships},
    state::AppState,
};

/// The name of the team, as who deletes it has typed it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeleteForm {
    confirm: String,
}

/// The address of a team's page.
pub fn address(team: TeamId) -> String {
    format!("/teams/{team}")
}

/// The page of a team.
pub async fn page(cx: Cx) -> stack_live::Result {
    let user = cx.signed_in()?;
    let id: TeamId = cx.param("id").parse().map_err(|_| Error::NotFound)?;
    let load = cx.use_load(id, move |ctx| async move {
        let app = ctx.app();
        let scope = app.accounts.scope(user.id, id).await?;
        let team = team(&app, scope).await?;
        let members = memberships::list(app.db.pool(), scope).await?;
        let invited = match scope.role().may_manage() {
            true => invitations::list(app.db.pool(), scope).await?,
            false => Vec::new(),
        };
        Ok::<_, Error>((scope, team, members, invited))
    });
    let loaded = load.await?;
    let (scope, team, members, invited) = &*loaded;
    let rename = rejected::<NameForm>(&cx);
    let invite = rejected::<InviteForm>(&cx);
    let delete = rejected::<DeleteForm>(&cx);
    let may_manage = scope.role().may_manage();
    let is_on = cx.app().links.is_on();
    let main = html! {
        header.title {
            h1 { (team.name.as_str()) }
            a.button.secondary href="/teams" data-link { "Your teams" }
        }
        (section("members", "Members", html! {
            div.notes { @for member in members { (member_card(*scope, member)) } }
        }))
        @if may_manage && is_on {
            (section("invitations", "Invitations", html! {
                div.notes { @for invitation in invited { (invitation_card(invitation)) } }
                (invite_form(*scope, &invite))
            }))
        }
        @if may_manage { (section("name", "Name", rename_form(team, &rename))) }
        (section("end", "Leave or delete", html! {
            form method="post" action={ (address(team.id)) "/leave" } {
                button.secondary type="submit" { "Leave the team" }
            }
            @if scope.role() == Role::Owner { (delete_form(team, &delete)) }
        }))
    };
    Ok(layout::live(&cx, team.name.as_str(), main))
}

/// The team of a scope, with its name.
async fn team(app: &AppState, scope: Scope) -> Result<Team> {
    if scope.is_personal() {
        return Err(Error::NotFound);
    }
    let teams = app.accounts.teams(scope.user()).await?;
    let found = teams.into_iter().find(|team| team.id == scope.team());
    found.ok_or(Error::NotFound)
}

/// The form that was rejected, with its errors.
fn rejected<T: Clone + Default + Send + Sync + 'static>(cx: &Cx) -> FormErrors<T> {
    cx.extension::<FormErrors<T>>().unwrap_or_default()
}

fn member_card(scope: Scope, member: &Member) -> Markup {
    let path = format!("{}/members/{}", address(scope.team()), member.id);
    let may_change = scope.role().may_grant(member.role);
    let roles = scope.role().grantable();
    html! {
        article.note data-key=(member.id) {
{%- if files %}
            h3 { (avatar(&member.display_name, member.avatar)) " " (member.display_name.as_str()) }
{%- else %}
            h3 { (member.display_name.as_str()) }
{%- endif %}
            p { (member.email.as_str()) }
            footer { (member.role.title()) ", since " (date(member.joined_at)) }
            @if may_change {
                form method="post" action=(path) {
                    label.visually-hidden for={ "role-" (member.id) } { "Role of " (member.display_name.as_str()) }
                    select id={ "role-" (member.id) } name="role" autocomplete="off" {
                        @for (name, title) in &roles {
                            option value=(name) selected[*name == member.role.name()] { (title) }
                        }
                    }
                    " "
                    button.quiet type="submit" { "Change the role" }
                }
                @if member.id != scope.user() {
                    form method="post" action={ (path) "/remove" } {
                        button.quiet type="submit" { "Remove" }
                    }
                }
            }
        }
    }
}

fn invitation_card(invitation: &Invitation) -> Markup {
    let path = format!("{}/invitations", address(invitation.team));
    html! {
        article.note data-key=(invitation.id) {
            h3 { (invitation.email) }
            footer { (invitation.role.title()) ", until " (date(invitation.expires_at)) }
            form method="post" action=(path) {
                input type="hidden" name="email" value=(invitation.email);
                input type="hidden" name="role" value=(invitation.role.name());
                button.quiet type="submit" { "Send it again" }
            }
            form method="post" action={ (path) "/" (invitation.id) "/revoke" } {
                button.quiet type="submit" { "Revoke" }
            }
        }
    }
}

fn invite_form(scope: Scope, rejected: &FormErrors<InviteForm>) -> Markup {
    let FormErrors { form, errors } = rejected;
    html! {
        form method="post" action={ (address(scope.team())) "/invitations" } {
            (Field {
                name: "email", label: "E-mail address", kind: "email", value: &form.email,
                autocomplete: "off", hint: None, required: true,
            }.render(errors))
            (select("role", "Role", &form.role, &scope.role().grantable(), errors))
            button type="submit" { "Invite" }
        }
    }
}

fn rename_form(team: &Team, rejected: &FormErrors<NameForm>) -> Markup {
    let value = match rejected.errors.is_empty() {
        true => team.name.as_str(),
        false => &rejected.form.name,
    };
    html! {
        form method="post" action={ (address(team.id)) "/rename" } {
            (Field {
                name: "name", label: "Name", kind: "text", value,
                autocomplete: "organization", hint: None, required: true,
            }.render(&rejected.errors))
            button.secondary type="submit" { "Rename" }
        }
    }
}

fn delete_form(team: &Team, rejected: &FormErrors<DeleteForm>) -> Markup {
    html! {
        details.danger open[!rejected.errors.is_empty()] {
            summary { "Delete this team" }
            form method="post" action={ (address(team.id)) "/delete" } {
                p { "Everything in it is deleted. This cannot be undone." }
                (Field {
                    name: "confirm", label: "The name of the team", kind: "text", value: "",
                    autocomplete: "off", hint: None, required: true,
                }.render(&rejected.errors))
                button.danger type="submit" { "Delete permanently" }
            }
        }
    }
}

/// Renames the team.
pub async fn rename(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    Key(id): Key<TeamId>,
    cookies: Cookies,
    Form(form): Form<NameForm>,
) -> Result<Response> {
    let scope = state.accounts.scope(user.id, id).await?;
    let name = match TeamName::parse(&form.name) {
        Ok(name) => name,
        Err(invalid) => {
            let error = invalid.at("name").into();
            return live::show_form_errors(&state, visitor, &address(id), form, error).await;
        }
    };
    state.accounts.rename_team(scope, &name).await?;
    Ok((Flash::Saved.add_to(cookies), Redirect::to(&address(id))).into_response())
}

/// Deletes the team, if its name was typed.
pub async fn delete(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    Key(id): Key<TeamId>,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<DeleteForm>,
) -> Result<Response> {
    let scope = state.accounts.scope(user.id, id).await?;
    let team = team(&state, scope).await?;
    if form.confirm.trim() != team.name.as_str() {
        let error = FieldErrors::one("confirm", "is not the name of the team").into();
        return live::show_form_errors(&state, visitor, &address(id), form, error).await;
    }
    state.accounts.delete_team(scope, &client).await?;
{%- if pgvector %}
    state.search.changed_all(scope.owner());
{%- endif %}
    Ok(left(Flash::Deleted, cookies))
}

/// Back to the user's teams, without the one that they do not belong to any more.
pub(super) fn left(flash: Flash, cookies: Cookies) -> Response {
    let cookies = flash.add_to(cookies.remove(TEAM));
    (cookies, Redirect::to("/teams")).into_response()
}
