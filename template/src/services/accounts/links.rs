//! What links from mails do: confirm or change an address, log in, and set a new password.

use super::{Accounts, sessions::delete_others};
use crate::{
    error::{Error, Result},
    models::{
        ClientInfo, Email, EventKind, LinkPurpose, LinkToken, Outcome, Password, Registration,
        SessionToken, UserId,
    },
{%- if openapi %}
    repositories::{
        api_tokens, email_tokens,
{%- else %}
    repositories::{
        email_tokens,
{%- endif %}
        users::{self, addresses},
    },
    services::{
        limits::{Key, Limit},
        mailed_links::MailRequest,
    },
};

impl Accounts {
    /// Registers an account by mail, see [`MailedLinks::register`](crate::services::mailed_links::MailedLinks::register).
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]
    pub async fn register_by_mail(
        &self,
        registration: Registration,
        client: &ClientInfo,
    ) -> Result<()> {
        let from = [Key::Address(client.address)];
        let allowed = self.limits.check(Limit::Registration, &from).await;
        self.log_limit(allowed, None, client).await?;
        self.check_mail(Limit::Mail, &registration.email, client)
            .await?;
        self.links.register(registration).await
    }

    /// Asks for a mail to this address, as far as the limits allow. They are those of the address, whether it has an account
    /// or not.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]
    pub async fn request_mail(
        &self,
        to: &Email,
        request: MailRequest,
        client: &ClientInfo,
    ) -> Result<()> {
        if matches!(request, MailRequest::Reset(_)) {
            self.check_mail(Limit::Reset, to, client).await?;
        }
        self.check_mail(Limit::Mail, to, client).await?;
        self.links.request(&request).await
    }

    async fn check_mail(&self, limit: Limit, to: &Email, client: &ClientInfo) -> Result<()> {
        let keys = [Key::Address(client.address), Key::Account(to)];
        let allowed = self.limits.check(limit, &keys).await;
        self.log_limit(allowed, None, client).await
    }

    /// Uses up a link to confirm or change an address, or to log in. Returns the token of a new session, in the place of `old`,
    /// and whether it is the first one; `None` after a change of the address, whose link is no proof that one may log in.
    ///
    /// # Errors
    /// [`Error::LinkExpired`]; also for a change to an address that has an account by now.
    pub async fn follow_link(
        &self,
        token: &LinkToken,
        client: &ClientInfo,
        old: Option<SessionToken>,
    ) -> Result<Option<(SessionToken, bool)>> {
        let digest = token.digest();
        let followed = self.db.run(|tx| {
            Box::pin(async move {
                let found = email_tokens::take(&mut **tx, digest).await?;
                let (user, purpose) = found.ok_or(Error::LinkExpired)?;
                match &purpose {
                    LinkPurpose::Confirm | LinkPurpose::LogIn => {
                        addresses::confirm_email(&mut **tx, user).await?;
                    }
                    LinkPurpose::Change(new) => {
                        self.links.change_email(&mut *tx, user, new).await?;
                    }
                    LinkPurpose::Reset => return Err(Error::LinkExpired),
                }
                let password = users::lock_password(&mut **tx, user).await?;
                Ok((user, purpose, password))
            })
        });
        let log = &self.security_log;
        let (user, purpose, password) = match followed.await {
            Err(Error::LinkExpired | Error::Conflict(_)) => {
                log.failed(EventKind::LogIn, None, client).await;
                return Err(Error::LinkExpired);
            }
            other => other?,
        };
        let is_first = purpose == LinkPurpose::Confirm;
        match purpose {
            LinkPurpose::Change(_) => {
                self.links.outbox.wake();
                log.succeeded(EventKind::EmailChange, user, client).await;
                return Ok(None);
            }
            LinkPurpose::Confirm => {
                let kind = EventKind::EmailConfirmation;
                log.succeeded(kind, user, client).await;
            }
            LinkPurpose::LogIn | LinkPurpose::Reset => {}
        }
        let token = self
            .start_session(user, client, old, password.as_ref())
            .await?;
        let (success, how) = (Outcome::Success, "With a link from a mail");
        log.record(EventKind::LogIn, success, Some(user), client, how)
            .await;
        Ok(Some((token, is_first)))
    }

    /// Sets a new password with a link, and ends all sessions and all other links of the user, who is told by mail.
{%- if openapi %}
    /// API tokens stay, unless `revoke_tokens` says otherwise.
{%- endif %}
    ///
    /// # Errors
    /// [`Error::LinkExpired`].
    pub async fn reset_password(
        &self,
        token: &LinkToken,
        password: Password,
{%- if openapi %}
        revoke_tokens: bool,
{%- endif %}
        client: &ClientInfo,
    ) -> Result<UserId> {
        // An unknown token does not cost a hash.
        if self.links.purpose(token).await? != Some(LinkPurpose::Reset) {
            let kind = EventKind::PasswordReset;
            self.security_log.failed(kind, None, client).await;
            return Err(Error::LinkExpired);
        }
        let hash = self.passwords.hash(password).await?;
        let (digest, hash) = (token.digest(), &hash);
        let reset = self.db.run(|tx| {
            Box::pin(async move {
                let found = email_tokens::take(&mut **tx, digest).await?;
                let (user, _) = found.ok_or(Error::LinkExpired)?;
                users::set_password(&mut **tx, user, hash).await?;
                addresses::confirm_email(&mut **tx, user).await?;
                email_tokens::delete_of_user(&mut **tx, user).await?;
{%- if openapi %}
                if revoke_tokens {
                    api_tokens::delete_of_user(&mut **tx, user).await?;
                }
{%- endif %}
                self.links.send_password_changed(&mut *tx, user).await?;
                let ended = delete_others(tx, user, None).await?;
                Ok::<_, Error>((user, ended))
            })
        });
        let (user, ended) = reset.await?;
        self.ended(ended);
        self.links.outbox.wake();
        let log = &self.security_log;
        log.succeeded(EventKind::PasswordChange, user, client).await;
{%- if openapi %}
        if revoke_tokens {
            self.log_api_tokens_revoked(user, client).await;
        }
{%- endif %}
        Ok(user)
    }
}
