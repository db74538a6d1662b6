//! Accounts at a provider, with which users log in: whose they are, and how they are connected.
//!
//! An account there belongs to the account here with the same address only if the provider says that the address is the
//! person's, and a mail has proved it here. Otherwise somebody could register here with a stranger's address and wait for
//! them, or claim a stranger's address there. Then the person logs in first, and connects the two.

use sqlx::PgConnection;

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{
        ClientInfo, DisplayName, Email, EventKind, IdentityId, Outcome, PasswordHash,
        ProviderAccount, SessionId, SessionToken, User, UserId,
    },
    repositories::{
        identities::{self, MAX_IDENTITIES},
{%- if passkeys %}
        passkeys,
{%- endif %}
        users::{self, addresses},
    },
    services::{
        limits::{Key, Limit},
        oidc::{Failure, OidcError},
    },
};

/// How the account of somebody who logs in with the provider was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It was connected before.
    Known,
    /// It has the same address.
    Connected,
    /// There was none.
    Created,
}

impl Accounts {
    /// Counts a client that goes to the provider, as a log-in.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]
    pub async fn limit_provider(&self, client: &ClientInfo) -> Result<()> {
        let keys = [Key::Address(client.address)];
        let allowed = self.limits.check(Limit::LogIn, &keys).await;
        self.log_limit(allowed, None, client).await
    }

    /// Logs in with an account at `provider`, and starts a session in the place of `old`. If the account there is not
    /// connected yet, it is with the account here that has its address; or one is created, without a password. Returns the
    /// token of the session, and whether the account is new.
    ///
    /// # Errors
    /// [`Failure::EmailNotConfirmed`], [`Failure::AccountNotConfirmed`]; [`Error::TooManyAttempts`], as for registrations.
    pub async fn log_in_with_provider(
        &self,
        account: &ProviderAccount,
        provider: &str,
        client: &ClientInfo,
        old: Option<SessionToken>,
    ) -> Result<(SessionToken, bool), OidcError> {
        if identities::user(self.db.pool(), account).await?.is_none() {
            let keys = [Key::Address(client.address)];
            let allowed = self.limits.check(Limit::Registration, &keys).await;
            self.log_limit(allowed, None, client).await?;
        }
        let with = &log_in_with(provider);
        let find = self.db.run(|tx| {
            Box::pin(async move {
                let found = find_or_create(tx, account).await?;
                if let (user, Found::Connected) = found {
                    self.send_method_changed(tx, EventKind::MethodAdded, user, with)
                        .await?;
                }
                Ok::<_, OidcError>(found)
            })
        });
        let (user, found) = find.await?;
        self.links.outbox.wake();
        match found {
            Found::Known => {}
            Found::Connected => {
                self.record(EventKind::MethodAdded, user, client, provider)
                    .await;
            }
            Found::Created => {
                self.record(EventKind::Registration, user, client, provider)
                    .await;
            }
        }
        let token = self.start_session(user, client, old, None).await?;
        self.record(EventKind::LogIn, user, client, provider).await;
        Ok((token, found == Found::Created))
    }

    /// Connects an account at `provider` with that of `user`, who is told by mail.
    ///
    /// # Errors
    /// [`Failure::Taken`] if it is connected with another account here.
    pub async fn connect(
        &self,
        user: UserId,
        account: &ProviderAccount,
        provider: &str,
        client: &ClientInfo,
    ) -> Result<(), OidcError> {
        let with = &log_in_with(provider);
        let connect = self.db.run(|tx| {
            Box::pin(async move {
                match identities::user(&mut **tx, account).await? {
                    Some(owner) if owner == user => return Ok(false),
                    Some(_) => return Err(Failure::Taken.into()),
                    None => {}
                }
                if identities::count(&mut **tx, user).await? >= MAX_IDENTITIES {
                    let why = format!("an account has at most {MAX_IDENTITIES} of these");
                    return Err(Error::Forbidden(why.into()).into());
                }
                identities::insert(&mut **tx, user, account).await?;
                self.send_method_changed(tx, EventKind::MethodAdded, user, with)
                    .await?;
                Ok::<_, OidcError>(true)
            })
        });
        if connect.await? {
            self.method_changed(EventKind::MethodAdded, user, client, &details(provider))
                .await;
        }
        Ok(())
    }

    /// Removes a connection of `user`.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] if they could not log in any more.
    pub async fn disconnect(
        &self,
        user: &User,
        id: IdentityId,
        provider: &str,
        client: &ClientInfo,
    ) -> Result<()> {
        let with = &log_in_with(provider);
        let disconnect = self.db.run(|tx| {
            Box::pin(async move {
                if !identities::delete(&mut **tx, user.owner(), id).await? {
                    return Err(Error::NotFound);
                }
                require_way_to_log_in(&mut *tx, user).await?;
                self.send_method_changed(tx, EventKind::MethodRemoved, user.id, with)
                    .await
            })
        });
        disconnect.await?;
        self.method_changed(
            EventKind::MethodRemoved,
            user.id,
            client,
            &details(provider),
        )
        .await;
        Ok(())
    }

    /// Confirms who the user of the session is by a log-in at the provider just now, and returns the session's new token.
    ///
    /// # Errors
    /// [`Failure::NotConnected`] if it was with an account that is not theirs.
    pub async fn confirm_with_provider(
        &self,
        user: UserId,
        session: SessionId,
        account: &ProviderAccount,
        provider: &str,
        client: &ClientInfo,
    ) -> Result<SessionToken, OidcError> {
        if identities::user(self.db.pool(), account).await? != Some(user) {
            return Err(Failure::NotConnected.into());
        }
{%- if totp %}
        self.require_code(user, Some(session), None).await?;
{%- endif %}
        let token = self.authenticated(session).await?;
        self.record(EventKind::Confirmation, user, client, provider)
            .await;
        Ok(token)
    }

    async fn record(&self, kind: EventKind, user: UserId, client: &ClientInfo, provider: &str) {
        let (log, details) = (&self.security_log, details(provider));
        log.record(kind, Outcome::Success, Some(user), client, &details)
            .await;
    }
}

/// What the security log says of it.
fn details(provider: &str) -> String {
    format!("With {provider}")
}

/// What mails call it.
fn log_in_with(provider: &str) -> String {
    format!("log-in with {provider}")
}

/// Refuses to remove the only way to log in. The row of the user is locked: of two removals the second one sees what the
/// first one has left.
pub(super) async fn require_way_to_log_in(tx: &mut PgConnection, user: &User) -> Result<()> {
    let password = users::lock_password(&mut *tx, user.id).await?;
    let has_password = password.is_some_and(|hash| hash.is_usable());
    if has_password || identities::count(&mut *tx, user.id).await? > 0 {
        return Ok(());
    }
{%- if passkeys %}
    if passkeys::count(tx, user.owner()).await? > 0 {
        return Ok(());
    }
{%- endif %}
    let why = "this is your only way to log in; choose a password first, at `/account/password`";
    Err(Error::Forbidden(why.into()))
}

async fn find_or_create(
    tx: &mut PgConnection,
    account: &ProviderAccount,
) -> Result<(UserId, Found), OidcError> {
    if let Some(user) = identities::user(&mut *tx, account).await? {
        return Ok((user, Found::Known));
    }
    let email = account.confirmed_email();
    let email = email.ok_or(Failure::EmailNotConfirmed)?;
    let (user, found) = match addresses::by_email(&mut *tx, email).await? {
        Some((user, true)) => (user.id, Found::Connected),
        Some((_, false)) => return Err(Failure::AccountNotConfirmed.into()),
        None => {
            let (id, name) = (UserId::generate(), display_name(account, email)?);
            users::insert(&mut *tx, id, email, &name, &PasswordHash::unusable()).await?;
            addresses::confirm_email(&mut *tx, id).await?;
            (id, Found::Created)
        }
    };
    identities::insert(&mut *tx, user, account).await?;
    Ok((user, found))
}

/// The name that the provider says, or what comes before the `@` of the address.
fn display_name(account: &ProviderAccount, email: &Email) -> Result<DisplayName> {
    if let Some(name) = &account.display_name {
        return Ok(name.clone());
    }
    let local: String = email
        .as_str()
        .chars()
        .take_while(|c| *c != '@')
        .take(60)
        .collect();
    let name = DisplayName::parse(&local).or_else(|_| DisplayName::parse("Somebody"));
    name.map_err(Error::internal)
}
