//! Teams, and what their members may do.

use time::OffsetDateTime;

{%- if files %}

use super::{DisplayName, Email, Invalid, ObjectId, TeamId, UserId, text};
{%- else %}

use super::{DisplayName, Email, Invalid, TeamId, UserId, text};
{%- endif %}

/// A team of a user.
#[derive(Clone, Debug)]
pub struct Team {
    /// The team's id.
    pub id: TeamId,
    /// The name.
    pub name: TeamName,
    /// Whether a user has it to themselves: nobody joins it, and it goes with its user.
    pub is_personal: bool,
    /// What the user may do there.
    pub role: Role,
}

/// The name of a team: one line of 1 to 60 characters, none of them invisible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamName(String);

impl TeamName {
    /// Trims `text`, and checks its length and characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::name(text, 1..=60).map(Self)
    }

    /// A name of the database, which may be older than a rule of [`parse`](Self::parse).
    pub fn stored(name: String) -> Self {
        Self(name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a member may do. The constraint `memberships_role_check` has the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads and writes the records of the team.
    Member,
    /// Invites and removes others too, and renames the team.
    Admin,
    /// Makes others owners too, and deletes the team, which has at least one.
    Owner,
}

impl Role {
    /// Every role with its stored name, and its title.
    const ALL: [(Self, &str, &str); 3] = [
        (Self::Member, "member", "Member"),
        (Self::Admin, "admin", "Admin"),
        (Self::Owner, "owner", "Owner"),
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        self.texts().0
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        self.texts().1
    }

    /// The role of a stored name.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == name);
        found
            .map(|(role, ..)| *role)
            .ok_or(Invalid::new("is not a role"))
    }

    /// The stored names and titles of the roles that somebody with this role may give to others, and take from them.
    pub fn grantable(self) -> Vec<(&'static str, &'static str)> {
        let roles = Self::ALL.iter().filter(|(role, ..)| self.may_grant(*role));
        roles.map(|(_, name, title)| (*name, *title)).collect()
    }

    /// Whether somebody with this role may give it to others, and take it from them.
    pub fn may_grant(self, role: Self) -> bool {
        self.may_manage() && role <= self
    }

    /// Whether somebody with this role says who is in the team.
    pub fn may_manage(self) -> bool {
        self >= Self::Admin
    }

    fn texts(self) -> (&'static str, &'static str) {
        let found = Self::ALL.iter().find(|(role, ..)| *role == self);
        found.map_or(("", ""), |(_, name, title)| (name, title))
    }
}

/// Who asks for records: a user in a team, with what they may do there. It is made of a membership that was just read, so
/// that nobody is in the scope of a team that they do not belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    user: UserId,
    team: TeamId,
    role: Role,
}

impl Scope {
    /// The scope of a stored membership.
    pub(crate) fn of_membership(user: UserId, team: TeamId, role: Role) -> Self {
        Self { user, team, role }
    }

    /// The user.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The team.
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// What the user may do there.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether the user has the team to themselves.
    pub fn is_personal(&self) -> bool {
        self.team == TeamId::personal(self.user)
    }
}

/// A member of a team, as the others see them.
#[derive(Clone, Debug)]
pub struct Member {
    /// The user.
    pub id: UserId,
    /// The public name.
    pub display_name: DisplayName,
    /// The address, which the members of a team see.
    pub email: Email,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub joined_at: OffsetDateTime,
{%- if files %}
    /// Their picture, if they have one.
    pub avatar: Option<ObjectId>,
{%- endif %}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_a_role_that_is_above_their_own() {
        assert!(Role::Owner.may_grant(Role::Owner));
        assert!(Role::Admin.may_grant(Role::Admin) && !Role::Admin.may_grant(Role::Owner));
        assert!(!Role::Member.may_grant(Role::Member));
        assert_eq!(
            Role::Admin.grantable(),
            [("member", "Member"), ("admin", "Admin")]
        );
    }

    #[test]
    fn a_role_is_found_by_its_stored_name() {
        for (role, name, _) in Role::ALL {
            assert_eq!(Role::parse(name), Ok(role));
        }
        assert!(Role::parse("root").is_err());
    }
}
