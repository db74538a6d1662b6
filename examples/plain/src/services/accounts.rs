//! Making an account, logging in and out.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use stack_db::Db;
use stack_web::{attempts::Attempts, sealed::Vault};
use time::OffsetDateTime;

use crate::{
    error::{Error, Result},
    models::{Email, Password, Phone, Registration, SessionToken, User, UserId},
    repositories::{sessions, users},
    services::passwords::Passwords,
};

/// What accounts are made, checked and kept with.
pub struct Accounts {
    /// Users and sessions.
    pub db: Db,
    /// Makes and checks hashes of passwords.
    pub passwords: Passwords,
    /// Slows down whoever guesses them.
    pub attempts: Attempts<Email>,
    /// Seals and opens phone numbers.
    pub vault: Arc<Vault>,
    /// How long somebody stays logged in.
    pub session_lifetime: Duration,
}

impl Accounts {
    /// Makes an account.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the address has one already.
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

    /// Checks address and password and starts a session. `old` is the session that the browser had, which ends:
    /// a token from before never becomes that of somebody logged in.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`], or [`Error::TooManyAttempts`] before the password is looked at.
    pub async fn log_in(
        &self,
        email: &str,
        password: &str,
        from: IpAddr,
        old: Option<SessionToken>,
    ) -> Result<(User, SessionToken)> {
        let (Ok(email), Some(password)) = (Email::parse(email), Password::attempt(password)) else {
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

    /// Starts a session of `user`; ends the `old` one in the same transaction.
    pub async fn start_session(
        &self,
        user: UserId,
        old: Option<SessionToken>,
    ) -> Result<SessionToken> {
        let token = SessionToken::generate();
        let (digest, old) = (token.digest(), old.map(|old| old.digest()));
        let expires_at = OffsetDateTime::now_utc() + self.session_lifetime;
        let exchange = self.db.run(|tx| {
            Box::pin(async move {
                if let Some(old) = old {
                    sessions::delete(&mut **tx, old).await?;
                }
                sessions::insert(&mut **tx, digest, user, expires_at).await
            })
        });
        exchange.await?;
        Ok(token)
    }

    /// Ends a session.
    pub async fn log_out(&self, token: &SessionToken) -> Result<()> {
        Ok(sessions::delete(self.db.pool(), token.digest()).await?)
    }

    /// The number of `user`, if they have given one. For their own eyes.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be opened, which is no fault of theirs.
    pub async fn phone(&self, user: UserId) -> Result<Option<Phone>> {
        let sealed = users::phone(self.db.pool(), user).await?;
        let phone = sealed.map(|sealed| self.vault.open(&user, &sealed));
        phone.transpose().map_err(Error::internal)
    }

    /// Stores the number of `user`, sealed, or that they have none.
    pub async fn set_phone(&self, user: UserId, phone: Option<&Phone>) -> Result<()> {
        let sealed = phone.map(|phone| self.vault.seal(&user, phone));
        Ok(users::set_phone(self.db.pool(), user, sealed.as_ref()).await?)
    }
}

/// How many expired sessions one statement removes at most: more would lock for long, and undo much if it is cut off.
const SWEPT_AT_ONCE: i64 = 1000;

/// Removes expired sessions, once an hour, for as long as it is polled. A failure is logged and tried again.
pub async fn sweep_sessions(db: Db) {
    let mut hourly = tokio::time::interval(Duration::from_secs(60 * 60));
    loop {
        hourly.tick().await;
        match sweep(&db).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed expired sessions"),
            Err(error) => tracing::warn!(?error, "cannot remove expired sessions"),
        }
    }
}

/// Removes all that have expired, and says how many.
async fn sweep(db: &Db) -> Result<u64> {
    let mut swept = 0;
    loop {
        let count = sessions::delete_expired(db.pool(), SWEPT_AT_ONCE).await?;
        swept += count;
        if count < SWEPT_AT_ONCE.unsigned_abs() {
            return Ok(swept);
        }
    }
}
