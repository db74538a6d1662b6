//! Whose records a statement is about.
{%- if teams %}

use super::{Scope, TeamId, User};
{%- else %}

use super::{User, UserId};
{%- endif %}
{%- if teams %}

/// The owner of records: a team. The repositories take it instead of an id, which may be anybody's: it is made only of a
/// [`Scope`], a user in a team, or of a [`User`], for the team that they have to themselves, or read from rows, by jobs over
/// all teams.
{%- else %}

/// The owner of records. The repositories take it instead of an id, which may be anybody's: it is made only of a [`User`],
/// such as the one of a session (of others, handlers know only ids and profiles), or read from rows, by jobs over all users.
{%- endif %}
///
/// So a statement without an owner, or with an id from a request, does not compile:
///
/// ```compile_fail
/// use app::{models::{NoteId, UserId}, repositories::notes};
///
/// async fn read(db: &sqlx::PgPool, user: UserId, id: NoteId) {
///     notes::find(db, user, id).await;
/// }
/// ```
///
/// And this does:
///
/// ```no_run
/// use app::{models::{NoteId, User}, repositories::notes};
///
/// async fn read(db: &sqlx::PgPool, user: &User, id: NoteId) {
///     notes::find(db, user.owner(), id).await;
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(transparent)]
{%- if teams %}
pub struct Owner(TeamId);
{%- else %}
pub struct Owner(UserId);
{%- endif %}

impl Owner {
    /// The owner's id.
{%- if teams %}
    pub fn id(self) -> TeamId {
{%- else %}
    pub fn id(self) -> UserId {
{%- endif %}
        self.0
    }
}

impl User {
{%- if teams %}
    /// The user as the owner of records: their account, and what is in the team that they have to themselves.
{%- else %}
    /// The user as the owner of records.
{%- endif %}
    pub fn owner(&self) -> Owner {
{%- if teams %}
        Owner(TeamId::personal(self.id))
{%- else %}
        Owner(self.id)
{%- endif %}
    }
}
{%- if teams %}

impl Scope {
    /// The team as the owner of records.
    pub fn owner(&self) -> Owner {
        Owner(self.team())
    }
}
{%- endif %}
