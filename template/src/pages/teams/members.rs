//! The forms of `/teams/{id}` about who belongs to the team.

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use stack_web::{cookies::Cookies, extract::Key};

use super::settings::{address, left};
use crate::{
    error::{Error, Result},
    models::{ClientInfo, Email, FieldErrors, InvitationId, Role, Scope, TeamId, User, UserId},
    pages::{flash::Flash, live, visitor::SignedIn},
    state::AppState,
};

/// Who is invited, and what they will be allowed to do.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InviteForm {
    pub(super) email: String,
    pub(super) role: String,
}

/// The new role of a member.
#[derive(Deserialize)]
pub struct RoleForm {
    role: String,
}

/// Sends an invitation.
pub async fn invite(
    State(state): State<AppState>,
    SignedIn { user, visitor }: SignedIn,
    Key(id): Key<TeamId>,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<InviteForm>,
) -> Result<Response> {
    let scope = state.accounts.scope(user.id, id).await?;
    match send(&state, &user, scope, &form, &client).await {
        Ok(()) => Ok(back(Flash::Invited, cookies, id)),
        Err(error) => live::show_form_errors(&state, visitor, &address(id), form, error).await,
    }
}

async fn send(
    state: &AppState,
    user: &User,
    scope: Scope,
    form: &InviteForm,
    client: &ClientInfo,
) -> Result<()> {
    let mut errors = FieldErrors::default();
    let email = errors.check("email", Email::parse(&form.email));
    let role = errors.check("role", Role::parse(&form.role));
    let (Some(email), Some(role)) = (email, role) else {
        return Err(errors.into());
    };
    let accounts = &state.accounts;
    accounts.invite(user, scope, &email, role, client).await
}

/// Takes an invitation back.
pub async fn revoke(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    Path((id, invitation)): Path<(TeamId, InvitationId)>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    let scope = state.accounts.scope(user.id, id).await?;
    let accounts = &state.accounts;
    accounts
        .revoke_invitation(scope, invitation, &client)
        .await?;
    Ok(back(Flash::Saved, cookies, id))
}

/// Changes the role of a member.
pub async fn set_role(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    Path((id, member)): Path<(TeamId, UserId)>,
    client: ClientInfo,
    cookies: Cookies,
    Form(form): Form<RoleForm>,
) -> Result<Response> {
    let scope = state.accounts.scope(user.id, id).await?;
    let role = Role::parse(&form.role).map_err(|invalid| Error::Invalid(invalid.at("role")))?;
    let accounts = &state.accounts;
    accounts.set_role(scope, member, role, &client).await?;
    Ok(back(Flash::Saved, cookies, id))
}

/// Removes a member.
pub async fn remove(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    Path((id, member)): Path<(TeamId, UserId)>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    let scope = state.accounts.scope(user.id, id).await?;
    state.accounts.remove_member(scope, member, &client).await?;
    Ok(back(Flash::Saved, cookies, id))
}

/// Ends one's own membership.
pub async fn leave(
    State(state): State<AppState>,
    SignedIn { user, .. }: SignedIn,
    Key(id): Key<TeamId>,
    client: ClientInfo,
    cookies: Cookies,
) -> Result<Response> {
    let scope = state.accounts.scope(user.id, id).await?;
    state
        .accounts
        .remove_member(scope, user.id, &client)
        .await?;
    Ok(left(Flash::Saved, cookies))
}

/// Back to the page of the team.
fn back(flash: Flash, cookies: Cookies, team: TeamId) -> Response {
    (flash.add_to(cookies), Redirect::to(&address(team))).into_response()
}
