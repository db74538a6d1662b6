//! Whose records a statement is about.

use super::{User, UserId};

/// The owner of records. The repositories take it instead of an id, which may be anybody's: it is made only of a [`User`],
/// such as the one of a session (of others, handlers know only ids and profiles), or read from rows, by jobs over all users.
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
pub struct Owner(UserId);

impl Owner {
    /// The owner's id.
    pub fn id(self) -> UserId {
        self.0
    }
}

impl User {
    /// The user as the owner of records.
    pub fn owner(&self) -> Owner {
        Owner(self.id)
    }
}
