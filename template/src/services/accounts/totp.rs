//! Codes from an app as a second factor beside the password.
//!
//! [`Accounts::start_session`] asks for a code where the user has chosen so, whatever was proved before: the password, or
//! a link from a mail. So no way to log in can forget it. Until the code is right there is no session, only a row of
//! `pending_log_ins`.

use std::time::{Duration, SystemTime};

use sqlx::PgConnection;

use super::{Accounts, sessions::require_unchanged};
use crate::{
    error::{Error, Result},
    models::{
        ClientInfo, CodeRequest, EventKind, FieldErrors, LogInToken, Outcome, PasswordHash,
        RecoveryCode, SessionId, SessionToken, TotpSecret, User, UserId,
    },
    repositories::{pending_log_ins, recovery_codes, totp_secrets, users},
    services::limits::{Key, Limit},
};

/// How long a code may be entered after the password.
pub const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// What mails and the security log call them.
const METHOD: &str = "Codes from an app";
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
        let kind = EventKind::MethodAdded;
        let confirm = self.db.run(|tx| {
            let sealed = &sealed;
            Box::pin(async move {
                if !totp_secrets::confirm(&mut **tx, user.id, sealed, step).await? {
                    return Err(Error::NotFound);
                }
                self.send_method_changed(tx, kind, user.id, METHOD).await
            })
        });
        confirm.await?;
        self.method_changed(kind, user.id, client, METHOD).await;
        self.new_recovery_codes(user.id, client).await
    }

    /// Turns the second factor off, or forgets a secret that no code has confirmed.
    pub async fn remove_totp(&self, user: UserId, client: &ClientInfo) -> Result<()> {
        let kind = EventKind::MethodRemoved;
        let remove = self.db.run(|tx| {
            Box::pin(async move {
                let was_on = totp_secrets::is_on(&mut **tx, user).await?;
                totp_secrets::delete(&mut **tx, user).await?;
                if was_on {
                    recovery_codes::delete(&mut **tx, user).await?;
                    self.send_method_changed(tx, kind, user, METHOD).await?;
                }
                Ok::<_, Error>(was_on)
            })
        });
        if remove.await? {
            self.method_changed(kind, user, client, METHOD).await;
        }
        Ok(())
    }

    /// Whether `user` is asked for codes.
    pub(super) async fn has_totp(&self, user: UserId) -> Result<bool> {
        Ok(totp_secrets::is_on(self.db.pool(), user).await?)
    }

    /// Asks for a code if `user` has them as a second factor: for `session`, which is confirmed, or for a new one. `password`
    /// is that of [`start_session`](Self::start_session).
    ///
    /// # Errors
    /// [`Error::CodeRequired`]; [`Error::Unauthenticated`] if the password is another one by now.
    pub(super) async fn require_code(
        &self,
        user: UserId,
        session: Option<SessionId>,
        password: Option<&PasswordHash>,
    ) -> Result<()> {
        if !self.has_totp(user).await? {
            return Ok(());
        }
        let pool = self.db.pool();
        let token = LogInToken::generate();
        pending_log_ins::delete_expired(pool, DELETE_BATCH).await?;
        let digest = token.digest();
        let insert = self.db.run(|tx| {
            Box::pin(async move {
                require_unchanged(&mut *tx, user, password).await?;
                let lifetime = CODE_LIFETIME;
                pending_log_ins::insert(&mut **tx, digest, user, session, lifetime).await?;
                Ok::<_, Error>(())
            })
        });
        insert.await?;
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
        let password = users::lock_password(pool, id).await?;
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
            None => {
                self.replace_session(id, client, old, password.as_ref())
                    .await?
            }
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
