//! Registration, log-in, log-out, and the phone number of an account.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use stack_db::Db;
use stack_live::Live;
use stack_web::{attempts::Attempts, sealed::Vault};
use time::OffsetDateTime;

use crate::{
    error::{Error, Result},
    models::{Email, Password, Phone, Registration, SessionToken, TokenDigest, User, UserId},
    repositories::{sessions, users},
    services::passwords::Passwords,
};

/// Manages accounts and their sessions.
pub struct Accounts {
    /// The database of users and sessions.
    pub db: Db,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Limits the rate of log-in attempts.
    pub attempts: Attempts<Email>,
    /// Encrypts and decrypts phone numbers.
    pub vault: Arc<Vault>,
    /// How long a user stays logged in.
    pub session_lifetime: Duration,
    /// The live pages, which end with their session.
    pub live: Live,
}

impl Accounts {
    /// Creates an account.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the address already has an account.
    pub async fn register(&self, registration: Registration) -> Result<User> {
        let Registration {
            email,
            display_name,
            password,
        } = registration;
        let hash = self.passwords.hash(password).await?;
        let id = UserId::generate();
        Ok(users::insert(self.db.pool(), id, &email, &display_name, &hash).await?)
    }

    /// Verifies address and password, and starts a session. The browser's `old` session ends, so that a token from
    /// before the log-in is never valid after it (session fixation).
    ///
    /// # Errors
    /// [`Error::WrongCredentials`]; [`Error::TooManyAttempts`], without verifying the password.
    pub async fn log_in(
        &self,
        email: &str,
        password: &str,
        from: IpAddr,
        old: Option<SessionToken>,
    ) -> Result<(User, SessionToken)> {
        let (Ok(email), Some(password)) = (Email::parse(email), Password::for_login(password))
        else {
            return Err(Error::WrongCredentials);
        };
        self.attempts
            .begin(&email, from, Instant::now())
            .map_err(Error::TooManyAttempts)?;
        let (user, stored) = users::credentials(self.db.pool(), &email).await?.unzip();
        if !self.passwords.verify(password, stored).await? {
            return Err(Error::WrongCredentials);
        }
        let user = user.ok_or(Error::WrongCredentials)?;
        self.attempts.succeeded(&email, from);
        let token = self.start_session(user.id, old).await?;
        Ok((user, token))
    }

    /// Starts a session for `user`, and ends the `old` one in the same transaction.
    pub async fn start_session(
        &self,
        user: UserId,
        old: Option<SessionToken>,
    ) -> Result<SessionToken> {
        let token = SessionToken::generate();
        let (digest, old) = (token.digest(), old.map(|old| old.digest()));
        let expires_at = OffsetDateTime::now_utc() + self.session_lifetime;
        let replace = self.db.run(|tx| {
            Box::pin(async move {
                if let Some(old) = old {
                    sessions::delete(&mut **tx, old).await?;
                }
                sessions::insert(&mut **tx, digest, user, expires_at).await
            })
        });
        replace.await?;
        if let Some(old) = old {
            self.end_pages(old);
        }
        Ok(token)
    }

    /// Ends a session.
    pub async fn log_out(&self, token: &SessionToken) -> Result<()> {
        sessions::delete(self.db.pool(), token.digest()).await?;
        self.end_pages(token.digest());
        Ok(())
    }

    /// Ends the live pages of a session that was deleted.
    fn end_pages(&self, session: TokenDigest) {
        self.live.end_session(&session.live_key());
    }

    /// The phone number of `user`, if there is one. Show it only to that user.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be decrypted.
    pub async fn phone(&self, user: UserId) -> Result<Option<Phone>> {
        let sealed = users::phone(self.db.pool(), user).await?;
        let phone = sealed.map(|sealed| self.vault.open(&user, &sealed));
        phone.transpose().map_err(Error::internal)
    }

    /// Encrypts and stores the phone number of `user`; `None` removes it.
    pub async fn set_phone(&self, user: UserId, phone: Option<&Phone>) -> Result<()> {
        let sealed = phone.map(|phone| self.vault.seal(&user, phone));
        Ok(users::set_phone(self.db.pool(), user, sealed.as_ref()).await?)
    }
}

/// How many expired sessions one statement deletes at most: a longer statement would hold its locks for longer.
const DELETE_BATCH: i64 = 1000;

/// Deletes expired sessions every hour. Never returns; a failure is logged, and retried in the next hour.
pub async fn clean_up_sessions(db: Db) {
    let mut hourly = tokio::time::interval(Duration::from_secs(60 * 60));
    loop {
        hourly.tick().await;
        match delete_expired_sessions(&db).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "deleted expired sessions"),
            Err(error) => tracing::warn!(?error, "cannot delete expired sessions"),
        }
    }
}

/// Deletes all expired sessions, and returns how many there were.
async fn delete_expired_sessions(db: &Db) -> Result<u64> {
    let mut deleted = 0;
    loop {
        let count = sessions::delete_expired(db.pool(), DELETE_BATCH).await?;
        deleted += count;
        if count < DELETE_BATCH.unsigned_abs() {
            return Ok(deleted);
        }
    }
}
