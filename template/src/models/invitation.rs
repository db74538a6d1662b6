//! Invitations to teams.

use time::OffsetDateTime;

use super::{
    Email, InvitationId, Role, TeamId, TeamName,
    token::{Token, TokenKind},
};

/// An invitation that was not accepted yet.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The invitation's id.
    pub id: InvitationId,
    /// The team.
    pub team: TeamId,
    /// The name of the team.
    pub team_name: TeamName,
    /// Who is invited.
    pub email: Email,
    /// What they will be allowed to do.
    pub role: Role,
    /// Until when it can be accepted.
    pub expires_at: OffsetDateTime,
}

/// The token of an invitation: the parameter of the link in its mail.
pub type InvitationToken = Token<OfInvitation>;

/// The kind of an [`InvitationToken`].
#[derive(Clone, PartialEq, Eq)]
pub enum OfInvitation {}

impl TokenKind for OfInvitation {
    const NAME: &'static str = "InvitationToken";
}
