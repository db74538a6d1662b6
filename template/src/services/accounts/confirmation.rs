//! Asking again who somebody is, before what matters: a browser that was left open, or a stolen session, must not be
//! enough to change the password or to delete the account. A confirmation lasts for ten minutes
//! ([`Session::recently_authenticated`](crate::models::Session)).

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, EventKind, FieldErrors, Password, SessionId, SessionToken, User},
    repositories::{sessions, users},
};

impl Accounts {
    /// Confirms with the password who the user of the session is, and returns the session's new token.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not the password; [`Error::TooManyAttempts`], as for log-ins.
    pub async fn confirm_password(
        &self,
        user: &User,
        session: SessionId,
        password: &str,
        client: &ClientInfo,
    ) -> Result<SessionToken> {
        let (log, from) = (&self.security_log, client.address);
        let allowed = self.limits.check_log_in(&user.email, from).await;
        self.log_limit(allowed, Some(user.id), client).await?;
        let stored = users::credentials(self.db.pool(), &user.email, false).await?;
        let stored = stored.map(|(_, hash)| hash);
        let matches = match Password::for_login(password) {
            Some(password) => self.passwords.verify(password, stored).await?,
            None => false,
        };
        if !matches {
            log.failed(EventKind::Confirmation, Some(user.id), client)
                .await;
            return Err(FieldErrors::one("password", "is not your password").into());
        }
        self.limits.logged_in(&user.email, from).await?;
{%- if totp %}
        self.require_code(user.id, Some(session), None).await?;
{%- endif %}
        let token = self.authenticated(session).await?;
        log.succeeded(EventKind::Confirmation, user.id, client)
            .await;
        Ok(token)
    }

    /// Records that the user of the session has just proved who they are, in whatever way. Returns the session's new token:
    /// one from before is not valid any more.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the session has ended.
    pub async fn authenticated(&self, session: SessionId) -> Result<SessionToken> {
        let token = SessionToken::generate();
        if sessions::authenticate(self.db.pool(), session, token.digest()).await? {
            Ok(token)
        } else {
            Err(Error::Unauthenticated)
        }
    }

    /// Whether the user of the session has proved in the last ten minutes who they are, for pages that stay open for
    /// longer than a request.
    pub async fn recently_authenticated(&self, session: SessionId) -> Result<bool> {
        Ok(sessions::recently_authenticated(self.db.pool(), session).await?)
    }
}
