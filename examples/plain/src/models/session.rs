//! Sessions and their tokens.

use time::OffsetDateTime;

use super::{
    ClientInfo, SessionId,
    token::{Token, TokenKind},
};

/// A session of a user who is logged in, without its token.
#[derive(Clone, Debug)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The browser and the address that used it last.
    pub client: ClientInfo,
    /// When the user logged in.
    pub created_at: OffsetDateTime,
    /// When it was last used; up to a minute late.
    pub last_used_at: OffsetDateTime,
    /// Whether that is more than a minute ago, so that the use has to be stored.
    pub touch_due: bool,
    /// Whether the user proved who they are in the last ten minutes, when the session was read.
    pub recently_authenticated: bool,
}

/// The token of a session. Anybody who has it is logged in, so only the browser stores it, as a cookie.
pub type SessionToken = Token<OfSession>;

/// The kind of a [`SessionToken`].
#[derive(Clone, PartialEq, Eq)]
pub enum OfSession {}

impl TokenKind for OfSession {
    const NAME: &'static str = "SessionToken";
}
