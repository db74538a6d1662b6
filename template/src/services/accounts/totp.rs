//! Codes from an app as a second factor beside the password.
//!
//! [`Accounts::start_session`] asks for a code where the user has chosen so, whatever was proved before: the password, or
//! a link from a mail. So no way to log in can forget it. Until the code is right there is no session, only a row of
//! `pending_log_ins`.

use std::time::{Duration, SystemTime};

use sqlx::PgConnection;

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{
        ClientInfo, CodeRequest, EventKind, FieldErrors, LogInToken, Outcome, RecoveryCode,
        SessionId, SessionToken, TotpSecret, User, UserId,
    },
    repositories::{pending_log_ins, recovery_codes, totp_secrets},
    services::limits::{Key, Limit},
};

/// How long a code may be entered after the password.
pub const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How many expired rows are deleted whenever one is added.
const DELETE_BATCH: i64 = 100;

/// How far a user has come.
#[derive(Clone, Debug)]
pub enum TotpStatus {
    /// There is no second factor.
    Off,
    /// The app is to read this secret, and a code to confirm that it has.
    Pending(TotpSecret),
    /// A code is asked for at each log-in.
    On,
}

impl Accounts {
    /// Whether `user` has codes as a second factor. Show a secret only to that user.
    ///
    /// # Errors
    /// [`Error::Internal`] if the secret cannot be decrypted.
    pub async fn totp(&self, user: UserId) -> Result<TotpStatus> {
        Ok(match totp_secrets::find(self.db.pool(), user).await? {
            None => TotpStatus::Off,
            Some((_, true)) => TotpStatus::On,
            Some((sealed, false)) => {
                let secret = self.vault.open(&user, &sealed).map_err(Error::internal)?;
                TotpStatus::Pending(secret)
            }
        })
    }

    /// Makes a secret for the app of `user`. Nothing else changes before [`confirm_totp`](Self::confirm_totp); a secret
    /// that is confirmed stays.
    pub async fn begin_totp(&self, user: UserId) -> Result<()> {
        let sealed = self.vault.seal(&user, &TotpSecret::generate());
        totp_secrets::insert(self.db.pool(), user, &sealed).await?;
        Ok(())
    }

    /// Turns the second factor on, with a code that the app shows. Returns the recovery codes.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is not the code; [`Error::TooManyAttempts`].
    pub async fn confirm_totp(
        &self,
        user: &User,
        code: &str,
        client: &ClientInfo,
    ) -> Result<Vec<RecoveryCode>> {
        self.limit_codes(user, client).await?;
        let found = totp_secrets::find(self.db.pool(), user.id).await?;
        let Some((sealed, false)) = found else {
            return Err(Error::NotFound);
        };
        let secret = self
            .vault
            .open(&user.id, &sealed)
            .map_err(Error::internal)?;
        let Some(step) = secret.step_of(code, now()) else {
            return Err(wrong_code());
        };
        if !totp_secrets::confirm(self.db.pool(), user.id, &sealed, step).await? {
            return Err(Error::NotFound);
        }
        let (kind, outcome) = (EventKind::MethodAdded, Outcome::Success);
        let log = &self.security_log;
        log.record(kind, outcome, Some(user.id), client, "Codes from an app")
            .await;
        self.new_recovery_codes(user.id, client).await
    }

    /// Turns the second factor off, or forgets a secret that no code has confirmed.
    pub async fn remove_totp(&self, user: UserId, client: &ClientInfo) -> Result<()> {
        let remove = self.db.run(|tx| {
            Box::pin(async move {
                let was_on = totp_secrets::is_on(&mut **tx, user).await?;
                totp_secrets::delete(&mut **tx, user).await?;
                if was_on {
                    recovery_codes::delete(&mut **tx, user).await?;
                }
                Ok::<_, Error>(was_on)
            })
        });
        if remove.await? {
            let (kind, outcome) = (EventKind::MethodRemoved, Outcome::Success);
            let log = &self.security_log;
            log.record(kind, outcome, Some(user), client, "Codes from an app")
                .await;
        }
        Ok(())
    }

    /// Whether `user` is asked for codes.
    pub(super) async fn has_totp(&self, user: UserId) -> Result<bool> {
        Ok(totp_secrets::is_on(self.db.pool(), user).await?)
    }

    /// Asks for a code if `user` has them as a second factor: for `session`, which is confirmed, or for a new one.
    ///
    /// # Errors
    /// [`Error::CodeRequired`]
    pub(super) async fn require_code(
        &self,
        user: UserId,
        session: Option<SessionId>,
    ) -> Result<()> {
        if !self.has_totp(user).await? {
            return Ok(());
        }
        let pool = self.db.pool();
        let token = LogInToken::generate();
        pending_log_ins::delete_expired(pool, DELETE_BATCH).await?;
        pending_log_ins::insert(pool, token.digest(), user, session, CODE_LIFETIME).await?;
        let next = String::new();
        Err(Error::CodeRequired(CodeRequest { token, next }))
    }

    /// Completes a log-in or a confirmation with a code from the app, or with a recovery code. Returns the token of the
    /// session.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the log-in has expired or is used up; [`Error::Invalid`] if the code is wrong or was
    /// used before; [`Error::TooManyAttempts`].
    pub async fn complete_log_in(
        &self,
        token: &LogInToken,
        code: &str,
        client: &ClientInfo,
        old: Option<SessionToken>,
    ) -> Result<(User, SessionToken)> {
        let (pool, log) = (self.db.pool(), &self.security_log);
        let found = pending_log_ins::find(pool, token.digest()).await?;
        let (user, session) = found.ok_or(Error::Unauthenticated)?;
        let id = user.id;
        self.limit_codes(&user, client).await?;
        let kind = match session {
            Some(_) => EventKind::Confirmation,
            None => EventKind::LogIn,
        };
        let details = if self.accept_code(id, code).await? {
            "With a code from an app"
        } else if self.take_recovery_code(id, code).await? {
            "With a recovery code"
        } else {
            let (outcome, details) = (Outcome::Failure, "The code was wrong");
            log.record(kind, outcome, Some(id), client, details).await;
            return Err(wrong_code());
        };
        if !pending_log_ins::delete(pool, token.digest()).await? {
            return Err(Error::Unauthenticated);
        }
        let token = match session {
            Some(session) => self.authenticated(session).await?,
            None => self.replace_session(id, client, old).await?,
        };
        log.record(kind, Outcome::Success, Some(id), client, details)
            .await;
        Ok((user, token))
    }

    async fn limit_codes(&self, user: &User, client: &ClientInfo) -> Result<()> {
        let keys = [Key::Account(&user.email)];
        let allowed = self.limits.check(Limit::Code, &keys).await;
        self.log_limit(allowed, Some(user.id), client).await
    }

    /// Whether `code` is one that the app of `user` shows now, and neither it nor a later one was accepted before.
    async fn accept_code(&self, user: UserId, code: &str) -> Result<bool> {
        let Some((sealed, true)) = totp_secrets::find(self.db.pool(), user).await? else {
            return Ok(false);
        };
        let secret = self.vault.open(&user, &sealed).map_err(Error::internal)?;
        match secret.step_of(code, now()) {
            Some(step) => Ok(totp_secrets::accept(self.db.pool(), user, step).await?),
            None => Ok(false),
        }
    }
}

/// Ends the log-ins of `user` that lack the second factor: the password is another one now.
pub(super) async fn forget_log_ins(tx: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    pending_log_ins::delete_of_user(tx, user).await
}

/// Seconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn wrong_code() -> Error {
    FieldErrors::one("secret_code", "is not the code, or was used already").into()
}
