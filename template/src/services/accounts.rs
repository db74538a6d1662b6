//! Registration, log-in and log-out.

use std::{sync::Arc, time::Duration};

use stack_db::Db;
use stack_live::Live;
{%- if phone or totp %}
use stack_web::sealed::Vault;
{%- endif %}

use crate::{
    error::{Error, Result},
    models::{ClientInfo, Email, EventKind, Password, Registration, SessionToken, User, UserId},
    repositories::users,
    services::{
        limits::{Key, Limit, Limits},
        mailed_links::MailedLinks,
        passwords::Passwords,
        security_log::SecurityLog,
    },
};
{%- if openapi %}

pub mod api_tokens;
mod confirmation;
{%- else %}

mod confirmation;
{%- endif %}
mod credentials;
{%- if oidc %}
mod identities;
{%- endif %}
mod links;
{%- if oidc or passkeys or totp %}
mod methods;
{%- endif %}
{%- if passkeys %}
pub mod passkeys;
{%- endif %}
{%- if phone %}
mod phone;
{%- endif %}
{%- if passkeys or totp %}
mod recovery_codes;
{%- endif %}
{%- if passkeys %}
mod recovery_log_in;
{%- endif %}
mod sessions;
{%- if teams %}
mod teams;
{%- endif %}
{%- if totp %}
pub mod totp;
{%- endif %}

/// Manages accounts and their sessions.
pub struct Accounts {
    /// The database of users and sessions.
    pub db: Db,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Limits how often somebody registers and logs in.
    pub limits: Arc<Limits>,
{%- if phone or totp %}
    /// Encrypts and decrypts columns of the database.
    pub vault: Arc<Vault>,
{%- endif %}
    /// Links by mail. If mails are sent, only users with a confirmed address may log in.
    pub links: MailedLinks,
    /// How long a user stays logged in.
    pub session_lifetime: Duration,
    /// How long a user stays logged in without a request.
    pub session_idle: Duration,
    /// Records what concerns security.
    pub security_log: SecurityLog,
    /// The live pages, which close when their session ends.
    pub live: Live,
}

impl Accounts {
    /// Creates an account at once, without a confirmation of its address: if no mails are sent, and for demo data.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the address already has an account; [`Error::TooManyAttempts`].
    pub async fn register(&self, registration: Registration, client: &ClientInfo) -> Result<User> {
        let keys = [Key::Address(client.address)];
        let allowed = self.limits.check(Limit::Registration, &keys).await;
        self.log_limit(allowed, None, client).await?;
        let Registration {
            email,
            display_name,
            password,
        } = registration;
        let hash = self.passwords.hash(password).await?;
        let id = UserId::generate();
        let user = users::insert(self.db.pool(), id, &email, &display_name, &hash).await?;
        let log = &self.security_log;
        log.succeeded(EventKind::Registration, id, client).await;
        Ok(user)
    }

    /// Verifies address and password, and starts a session. The browser's `old` session ends, so that a token from
    /// before the log-in is never valid after it (session fixation).
    ///
    /// # Errors
    /// [`Error::WrongCredentials`]; [`Error::TooManyAttempts`], without verifying the password; as
    /// [`start_session`](Self::start_session).
    pub async fn log_in(
        &self,
        email: &str,
        password: &str,
        client: &ClientInfo,
        old: Option<SessionToken>,
    ) -> Result<(User, SessionToken)> {
        let (Ok(email), Some(password)) = (Email::for_login(email), Password::for_login(password))
        else {
            return Err(Error::WrongCredentials);
        };
        let allowed = self.limits.check_log_in(&email, client.address).await;
        self.log_limit(allowed, None, client).await?;
        let (user, stored) = users::credentials(self.db.pool(), &email, self.links.is_on())
            .await?
            .unzip();
        let matches = self
            .passwords
            .verify(password.clone(), stored.clone())
            .await?;
        let id = user.as_ref().map(|user| user.id);
        let (Some(user), Some(stored), true) = (user, stored, matches) else {
            self.security_log.failed(EventKind::LogIn, id, client).await;
            return Err(Error::WrongCredentials);
        };
        self.limits.logged_in(&email, client.address).await?;
        let stored = self.renew_hash(user.id, password, stored).await?;
        let token = self
            .start_session(user.id, client, old, Some(&stored))
            .await?;
        self.security_log
            .succeeded(EventKind::LogIn, user.id, client)
            .await;
        Ok((user, token))
    }

    /// Records it if a limit is reached, and returns `allowed` as it is.
    async fn log_limit(
        &self,
        allowed: Result<()>,
        user: Option<UserId>,
        client: &ClientInfo,
    ) -> Result<()> {
        if let Err(Error::TooManyAttempts(_)) = &allowed {
            let log = &self.security_log;
            log.failed(EventKind::Limit, user, client).await;
        }
        allowed
    }
}
