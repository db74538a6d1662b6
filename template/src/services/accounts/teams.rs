//! Teams: who belongs to them, and what that lets them do.
//!
//! Whoever changes a team holds its row until the change is stored, and their own role is read again behind that lock. So of
//! two owners who leave at once one stays.

use std::time::Duration;

use sqlx::PgConnection;

use super::Accounts;
use crate::{
    error::{Error, Result},
    mails,
    models::{
        ClientInfo, Email, EventKind, FieldErrors, Invitation, InvitationId, InvitationToken,
        Outcome, Role, Scope, Team, TeamId, TeamName, User, UserId,
    },
    repositories::{
        delete_all, invitations, memberships, sessions,
        teams::{self, lock},
    },
    services::limits::{Key, Limit},
};

/// How long an invitation can be accepted.
pub const INVITATION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

impl Accounts {
    /// The teams of a user, their own first.
    pub async fn teams(&self, user: UserId) -> Result<Vec<Team>> {
        Ok(teams::list(self.db.pool(), user).await?)
    }

    /// The scope of a user in a team.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they do not belong to it.
    pub async fn scope(&self, user: UserId, team: TeamId) -> Result<Scope> {
        if let Some(scope) = memberships::scope(self.db.pool(), user, team).await? {
            return Ok(scope);
        }
        if team != TeamId::personal(user) {
            return Err(Error::NotFound);
        }
        // A release without teams has registered them while this one was deployed.
        let create = self.db.run(|tx| {
            Box::pin(async move {
                teams::insert_personal(&mut **tx, user).await?;
                memberships::insert(&mut **tx, team, user, Role::Owner).await?;
                Ok::<_, Error>(())
            })
        });
        create.await?;
        let found = memberships::scope(self.db.pool(), user, team).await?;
        found.ok_or(Error::NotFound)
    }

    /// Creates a team, whose owner is `user`.
    pub async fn create_team(
        &self,
        user: UserId,
        name: &TeamName,
        client: &ClientInfo,
    ) -> Result<TeamId> {
        let id = TeamId::generate();
        let create = self.db.run(|tx| {
            Box::pin(async move {
                teams::insert(&mut **tx, id, name).await?;
                memberships::insert(&mut **tx, id, user, Role::Owner).await?;
                Ok::<_, Error>(())
            })
        });
        create.await?;
        self.log_team(user, client, &format!("Created “{}”", name.as_str()))
            .await;
        Ok(id)
    }

    /// Renames a team.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for those who do not manage it.
    pub async fn rename_team(&self, scope: Scope, name: &TeamName) -> Result<()> {
        let rename = self.db.run(|tx| {
            Box::pin(async move {
                manager(&mut *tx, scope).await?;
                teams::rename(&mut **tx, scope.team(), name).await?;
                Ok::<_, Error>(())
            })
        });
        rename.await
    }

    /// Deletes a team with everything in it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for those who are no owner, and for the team that a user has to themselves.
    pub async fn delete_team(&self, scope: Scope, client: &ClientInfo) -> Result<()> {
        shared(scope)?;
        let delete = self.db.run(|tx| {
            Box::pin(async move {
                if locked(&mut *tx, scope).await?.role() != Role::Owner {
                    return Err(Error::Forbidden("only an owner deletes a team".into()));
                }
                let members = memberships::list(&mut **tx, scope).await?;
                teams::delete(&mut **tx, scope.team()).await?;
                Ok(members)
            })
        });
        for member in delete.await? {
            self.load_pages_again(member.id).await;
        }
        self.log_team(scope.user(), client, "Deleted a team").await;
        Ok(())
    }

    /// Invites somebody by mail. If that address is invited already, the link that was sent before does not work any more.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for those who do not manage the team, or may not give this role; [`Error::Invalid`] if the address
    /// is that of a member; [`Error::TooManyAttempts`]; [`Error::NotFound`] if no mails can be sent.
    pub async fn invite(
        &self,
        user: &User,
        scope: Scope,
        email: &Email,
        role: Role,
        client: &ClientInfo,
    ) -> Result<()> {
        self.links.require()?;
        shared(scope)?;
        let limits = [
            (Limit::Invitation, Key::Account(&user.email)),
            (Limit::Mail, Key::Account(email)),
        ];
        for (limit, key) in limits {
            let allowed = self.limits.check(limit, &[key]).await;
            self.log_limit(allowed, Some(user.id), client).await?;
        }
        let token = InvitationToken::generate();
        let url = self.invitation_url(&token);
        let (digest, url) = (token.digest(), &url);
        let invite = self.db.run(|tx| {
            Box::pin(async move {
                require_grant(manager(&mut *tx, scope).await?, role)?;
                let members = memberships::list(&mut **tx, scope).await?;
                if members.iter().any(|member| member.email == *email) {
                    let error = FieldErrors::one("email", "is that of a member");
                    return Err(Error::Invalid(error));
                }
                let lifetime = INVITATION_LIFETIME;
                invitations::replace(&mut **tx, scope, email, role, digest, lifetime).await?;
                let mail = mails::invitation(url, &user.email).to(email.as_str());
                self.links.outbox.add(&mut *tx, mail, lifetime).await?;
                Ok(())
            })
        });
        invite.await?;
        self.links.outbox.wake();
        self.log_team(user.id, client, &format!("Invited {email}"))
            .await;
        Ok(())
    }

    fn invitation_url(&self, token: &InvitationToken) -> String {
        let path = format!("/invitation?token={}", token.to_text());
        self.links.site.join(&path)
    }

    /// Takes an invitation back: its link does not work any more.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for those who do not manage the team; [`Error::NotFound`].
    pub async fn revoke_invitation(
        &self,
        scope: Scope,
        id: InvitationId,
        client: &ClientInfo,
    ) -> Result<()> {
        let revoke = self.db.run(|tx| {
            Box::pin(async move {
                manager(&mut *tx, scope).await?;
                Ok::<_, Error>(invitations::delete(&mut **tx, scope, id).await?)
            })
        });
        if !revoke.await? {
            return Err(Error::NotFound);
        }
        self.log_team(scope.user(), client, "Revoked an invitation")
            .await;
        Ok(())
    }

    /// The invitation of a link.
    ///
    /// # Errors
    /// [`Error::LinkExpired`] if it was accepted or revoked, or has expired.
    pub async fn invitation(&self, token: &InvitationToken) -> Result<Invitation> {
        let found = invitations::find(self.db.pool(), token.digest()).await?;
        found.ok_or(Error::LinkExpired)
    }

    /// Accepts an invitation, which is used up, and returns the team.
    ///
    /// # Errors
    /// [`Error::LinkExpired`]; [`Error::Forbidden`] if another address was invited.
    pub async fn accept_invitation(
        &self,
        user: &User,
        token: &InvitationToken,
        client: &ClientInfo,
    ) -> Result<TeamId> {
        let digest = token.digest();
        let accept = self.db.run(|tx| {
            Box::pin(async move {
                let found = invitations::find(&mut **tx, digest).await?;
                let invitation = found.ok_or(Error::LinkExpired)?;
                if invitation.email != user.email {
                    let why = "this invitation is for another address; log in with that one";
                    return Err(Error::Forbidden(why.into()));
                }
                if !lock(&mut **tx, invitation.team).await?
                    || !invitations::take(&mut **tx, digest).await?
                {
                    return Err(Error::LinkExpired);
                }
                let (team, role) = (invitation.team, invitation.role);
                memberships::insert(&mut **tx, team, user.id, role).await?;
                Ok(invitation)
            })
        });
        let Invitation {
            team, team_name, ..
        } = accept.await?;
        self.log_team(user.id, client, &format!("Joined “{}”", team_name.as_str()))
            .await;
        self.load_pages_again(user.id).await;
        Ok(team)
    }

    /// Changes the role of a member.
    ///
    /// # Errors
    /// [`Error::NotFound`] if they are no member; [`Error::Forbidden`] for those who may not give the role, or take the old one,
    /// and if the team would have no owner.
    pub async fn set_role(
        &self,
        scope: Scope,
        member: UserId,
        role: Role,
        client: &ClientInfo,
    ) -> Result<()> {
        let change = self.db.run(|tx| {
            Box::pin(async move {
                let own = manager(&mut *tx, scope).await?;
                let found = memberships::scope(&mut **tx, member, scope.team()).await?;
                let old = found.ok_or(Error::NotFound)?.role();
                require_grant(own, old)?;
                require_grant(own, role)?;
                if role != Role::Owner {
                    require_another_owner(&mut *tx, scope.team(), member, old).await?;
                }
                memberships::set_role(&mut **tx, scope.team(), member, role).await?;
                Ok::<_, Error>(())
            })
        });
        change.await?;
        self.changed(scope, member, client, &format!("Now {}", role.title()))
            .await;
        Ok(())
    }

    /// Ends a membership: that of another one, or one's own.
    ///
    /// # Errors
    /// As [`set_role`](Self::set_role).
    pub async fn remove_member(
        &self,
        scope: Scope,
        member: UserId,
        client: &ClientInfo,
    ) -> Result<()> {
        shared(scope)?;
        let remove = self.db.run(|tx| {
            Box::pin(async move {
                let own = locked(&mut *tx, scope).await?;
                let found = memberships::scope(&mut **tx, member, scope.team()).await?;
                let old = found.ok_or(Error::NotFound)?.role();
                if member != scope.user() {
                    require_grant(own.role(), old)?;
                }
                require_another_owner(&mut *tx, scope.team(), member, old).await?;
                memberships::delete(&mut **tx, scope.team(), member).await?;
                Ok::<_, Error>(())
            })
        });
        remove.await?;
        self.changed(scope, member, client, "Not a member any more")
            .await;
        Ok(())
    }

    /// Deletes all invitations that have expired, and returns how many there were.
    pub(super) async fn delete_expired_invitations(&self) -> Result<u64> {
        let pool = self.db.pool();
        Ok(delete_all(|batch| invitations::delete_expired(pool, batch)).await?)
    }

    /// Records a change of a membership for both, and has the pages of the member load again, without what they may not see.
    async fn changed(&self, scope: Scope, member: UserId, client: &ClientInfo, what: &str) {
        self.load_pages_again(member).await;
        self.log_team(member, client, what).await;
        if member != scope.user() {
            let what = format!("Changed a member: {what}");
            self.log_team(scope.user(), client, &what).await;
        }
    }

    /// The live pages of all sessions of the user load again.
    async fn load_pages_again(&self, user: UserId) {
        match sessions::of_user(self.db.pool(), user).await {
            Ok(sessions) => self.ended(sessions),
            Err(error) => tracing::warn!(%error, "cannot close the pages of a member"),
        }
    }

    async fn log_team(&self, user: UserId, client: &ClientInfo, details: &str) {
        let log = &self.security_log;
        let details: String = details.chars().take(200).collect();
        log.record(
            EventKind::Team,
            Outcome::Success,
            Some(user),
            client,
            &details,
        )
        .await;
    }
}

/// Takes a user out of all teams, before their account is deleted. A team without another member is deleted.
///
/// # Errors
/// [`Error::Forbidden`] if a team with other members would have no owner.
pub(super) async fn leave_teams(tx: &mut PgConnection, user: UserId) -> Result<()> {
    for team in teams::list(&mut *tx, user).await? {
        lock(&mut *tx, team.id).await?;
        let (has_others, has_owner) = memberships::others(&mut *tx, team.id, user).await?;
        if !has_others {
            teams::delete(&mut *tx, team.id).await?;
        } else if !has_owner {
            let why = format!(
                "“{}” would have no owner; make somebody else one first, at `/teams/{}`",
                team.name.as_str(),
                team.id
            );
            return Err(Error::Forbidden(why.into()));
        }
    }
    Ok(())
}

/// The scope as it is now, while the team is locked.
async fn locked(tx: &mut PgConnection, scope: Scope) -> Result<Scope> {
    lock(&mut *tx, scope.team()).await?;
    let found = memberships::scope(tx, scope.user(), scope.team()).await?;
    found.ok_or(Error::NotFound)
}

/// The role of somebody who says who is in the team, while it is locked.
async fn manager(tx: &mut PgConnection, scope: Scope) -> Result<Role> {
    let role = locked(tx, scope).await?.role();
    match role.may_manage() {
        true => Ok(role),
        false => Err(Error::Forbidden(
            "your role does not let you do this".into(),
        )),
    }
}

fn require_grant(own: Role, role: Role) -> Result<()> {
    match own.may_grant(role) {
        true => Ok(()),
        false => Err(Error::Forbidden(
            "your role does not let you do this".into(),
        )),
    }
}

/// Refuses what nobody does with the team that they have to themselves.
fn shared(scope: Scope) -> Result<()> {
    match scope.is_personal() {
        true => Err(Error::Forbidden(
            "nobody joins or leaves the team that you have to yourself".into(),
        )),
        false => Ok(()),
    }
}

async fn require_another_owner(
    tx: &mut PgConnection,
    team: TeamId,
    member: UserId,
    role: Role,
) -> Result<()> {
    let (_, has_owner) = memberships::others(tx, team, member).await?;
    if role == Role::Owner && !has_owner {
        let why = "a team has at least one owner; make somebody else one first";
        return Err(Error::Forbidden(why.into()));
    }
    Ok(())
}
