//! Logging in with a recovery code, for whoever has lost the passkeys and does not know the password.

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, Email, EventKind, Outcome, SessionToken, UserId},
    repositories::users::addresses,
};

impl Accounts {
    /// Logs in with the address and a recovery code, which is used up.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`]; [`Error::TooManyAttempts`].
    pub async fn log_in_with_recovery_code(
        &self,
        email: &str,
        code: &str,
        client: &ClientInfo,
        old: Option<SessionToken>,
    ) -> Result<SessionToken> {
        let Ok(email) = Email::for_login(email) else {
            return Err(Error::WrongCredentials);
        };
        let allowed = self.limits.check_log_in(&email, client.address).await;
        self.log_limit(allowed, None, client).await?;
        let user = addresses::by_email(self.db.pool(), &email).await?;
        let user = user.map(|(user, _)| user.id);
        // The work is the same for every address, so that its time does not reveal whether there is an account.
        let id = user.unwrap_or_else(UserId::generate);
{%- if totp %}
        // Where a second factor is on, the codes stand beside the password, not in its place.
        let id = match self.has_totp(id).await? {
            true => UserId::generate(),
            false => id,
        };
{%- endif %}
        let matches = self.take_recovery_code(id, code).await?;
        let (log, kind) = (&self.security_log, EventKind::LogIn);
        let Some(user) = user.filter(|_| matches) else {
            log.failed(kind, user, client).await;
            return Err(Error::WrongCredentials);
        };
        let token = self.start_session(user, client, old, None).await?;
        let (outcome, details) = (Outcome::Success, "With a recovery code");
        log.record(kind, outcome, Some(user), client, details).await;
        Ok(token)
    }
}
