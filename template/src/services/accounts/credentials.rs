//! Changing the password, and deleting the account.
{%- if teams %}

use super::{Accounts, sessions::delete_others, teams::leave_teams};
{%- else %}

use super::{Accounts, sessions::delete_others};
{%- endif %}
use crate::{
    error::{Error, Result},
    mails,
    models::{ClientInfo, EventKind, Password, PasswordHash, SessionId, UserId},
{%- if openapi %}
    repositories::{api_tokens, users},
{%- else %}
    repositories::users,
{%- endif %}
};

impl Accounts {
    /// Changes the password of `user`, ends all sessions except `kept`, since somebody may have known the old one, and tells the
    /// user by mail.
{%- if openapi %}
    /// API tokens stay, unless `revoke_tokens` says otherwise.
{%- endif %}
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the account was deleted.
    pub async fn change_password(
        &self,
        user: UserId,
        kept: Option<SessionId>,
        password: Password,
{%- if openapi %}
        revoke_tokens: bool,
{%- endif %}
        client: &ClientInfo,
    ) -> Result<()> {
        let hash = self.passwords.hash(password).await?;
        let change = self.db.run(|tx| {
            let hash = &hash;
            Box::pin(async move {
                if !users::set_password(&mut **tx, user, hash).await? {
                    return Err(Error::Unauthenticated);
                }
                self.links.send_password_changed(&mut *tx, user).await?;
{%- if openapi %}
                if revoke_tokens {
                    api_tokens::delete_of_user(&mut **tx, user).await?;
                }
{%- endif %}
                Ok(delete_others(tx, user, kept).await?)
            })
        });
        self.ended(change.await?);
        self.links.outbox.wake();
        let log = &self.security_log;
        log.succeeded(EventKind::PasswordChange, user, client).await;
{%- if openapi %}
        if revoke_tokens {
            self.log_api_tokens_revoked(user, client).await;
        }
{%- endif %}
        Ok(())
    }

    /// Stores the hash of a `password` that was verified anew, if its cost is not that of today. Returns the hash that is
    /// stored then. A log-in does not fail because of it.
    pub(super) async fn renew_hash(
        &self,
        user: UserId,
        password: Password,
        stored: PasswordHash,
    ) -> Result<PasswordHash> {
        match self.passwords.rehash(password, &stored).await {
            Ok(Some(new)) if users::replace_hash(self.db.pool(), user, &stored, &new).await? => {
                Ok(new)
            }
            Ok(_) => Ok(stored),
            Err(error) => {
                tracing::warn!(%error, "cannot store the hash of a password with the cost of today");
                Ok(stored)
            }
        }
    }

    /// Deletes the account, its sessions, and everything that is theirs, and tells the user by mail. Events of the security
    /// log stay for their time.
{%- if teams %}
    ///
    /// # Errors
    /// [`Error::Forbidden`] if a team with other members would have no owner.
{%- endif %}
    pub async fn delete(&self, user: UserId, client: &ClientInfo) -> Result<()> {
        let delete = self.db.run(|tx| {
            Box::pin(async move {
                let ended = delete_others(tx, user, None).await?;
                self.links
                    .notify(&mut *tx, user, mails::account_deleted())
                    .await?;
{%- if teams %}
                leave_teams(&mut *tx, user).await?;
{%- endif %}
                users::delete(&mut **tx, user).await?;
                Ok::<_, Error>(ended)
            })
        });
        self.ended(delete.await?);
        self.links.outbox.wake();
        let log = &self.security_log;
        log.succeeded(EventKind::AccountDeletion, user, client)
            .await;
        Ok(())
    }
}
