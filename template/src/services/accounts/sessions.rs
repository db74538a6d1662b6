//! Sessions: they start at a log-in, and end in one place, [`Accounts::ended`], which closes their live pages.

use std::time::Duration;

use sqlx::PgConnection;

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, EventKind, PasswordHash, Session, SessionId, SessionToken, User, UserId},
    repositories::{BATCH, delete_all, sessions, users},
};

/// How often expired sessions are deleted. They are invalid before that.
const CLEAN_UP_INTERVAL: Duration = Duration::from_secs(60 * 60);

impl Accounts {
    /// Starts a session for `user`, and ends the `old` one in the same transaction. `password` is the one that the user had
    /// when they proved who they are, if a change of it is to end what they have begun.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if they have another password by now.
    pub async fn start_session(
        &self,
        user: UserId,
        client: &ClientInfo,
        old: Option<SessionToken>,
        password: Option<&PasswordHash>,
    ) -> Result<SessionToken> {
{%- if totp %}
        self.require_code(user, None, password).await?;
        self.replace_session(user, client, old, password).await
    }

    /// [`start_session`](Self::start_session) for a user who has proved everything, the second factor too.
    pub(super) async fn replace_session(
        &self,
        user: UserId,
        client: &ClientInfo,
        old: Option<SessionToken>,
        password: Option<&PasswordHash>,
    ) -> Result<SessionToken> {
{%- endif %}
        let (id, token) = (SessionId::generate(), SessionToken::generate());
        let (digest, old) = (token.digest(), old.map(|old| old.digest()));
        let lifetime = self.session_lifetime;
        let replace = self.db.run(|tx| {
            Box::pin(async move {
                require_unchanged(&mut *tx, user, password).await?;
                let ended = match old {
                    Some(old) => sessions::delete(&mut **tx, old).await?,
                    None => None,
                };
                sessions::insert(&mut **tx, id, digest, user, client, lifetime).await?;
                Ok::<_, Error>(ended)
            })
        });
        let ended = replace.await?;
        self.ended(ended.map(|(id, _)| id));
        Ok(token)
    }

    /// The session of `token` with its user, if it is valid. `client` uses it now.
    pub async fn session(
        &self,
        token: &SessionToken,
        client: &ClientInfo,
    ) -> Result<Option<(Session, User)>> {
        let found = sessions::user(self.db.pool(), token.digest(), self.session_idle).await?;
        if let Some((session, _)) = &found
            && session.touch_due
            && let Err(error) = sessions::touch(self.db.pool(), session.id, client).await
        {
            // The next request tries again; this one is not the worse for it.
            tracing::warn!(%error, "cannot store the use of a session");
        }
        Ok(found)
    }

    /// Ends a session.
    pub async fn log_out(&self, token: &SessionToken, client: &ClientInfo) -> Result<()> {
        let ended = sessions::delete(self.db.pool(), token.digest()).await?;
        self.ended(ended.map(|(id, _)| id));
        if let Some((_, user)) = ended {
            let log = &self.security_log;
            log.succeeded(EventKind::LogOut, user, client).await;
        }
        Ok(())
    }

    /// Ends a session of `user` from another one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` has no such session.
    pub async fn end_session(&self, user: &User, id: SessionId, client: &ClientInfo) -> Result<()> {
        if !sessions::delete_one(self.db.pool(), user.owner(), id).await? {
            return Err(Error::NotFound);
        }
        self.ended([id]);
        let log = &self.security_log;
        log.succeeded(EventKind::SessionEnd, user.id, client).await;
        Ok(())
    }

    /// Ends all sessions of `user` except `kept`.
    pub async fn end_other_sessions(
        &self,
        user: UserId,
        kept: SessionId,
        client: &ClientInfo,
    ) -> Result<()> {
        let delete = self
            .db
            .run(|tx| Box::pin(delete_others(tx, user, Some(kept))));
        self.ended(delete.await?);
        let log = &self.security_log;
        log.succeeded(EventKind::SessionEnd, user, client).await;
        Ok(())
    }

    /// Closes the live pages of sessions that were deleted, at every instance. Whatever deletes sessions calls it, after
    /// the transaction.
    pub(super) fn ended(&self, sessions: impl IntoIterator<Item = SessionId>) {
        for id in sessions {
            self.live.end_session(&id.to_string());
        }
    }

    /// Deletes expired sessions and links, and old security events every hour. Never returns; a failure is logged, and retried in
    /// the next hour.
    pub async fn clean_up(&self) {
        let mut interval = tokio::time::interval(CLEAN_UP_INTERVAL);
        loop {
            interval.tick().await;
            match self.delete_expired_sessions().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "deleted expired sessions"),
                Err(error) => tracing::warn!(?error, "cannot delete expired sessions"),
            }
            match self.links.delete_expired().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "deleted expired links"),
                Err(error) => tracing::warn!(?error, "cannot delete expired links"),
            }
{%- if openapi %}
            match self.delete_expired_api_tokens().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "deleted expired API tokens"),
                Err(error) => tracing::warn!(?error, "cannot delete expired API tokens"),
            }
            match self.delete_expired_idempotency_keys().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "deleted expired idempotency keys"),
                Err(error) => tracing::warn!(?error, "cannot delete expired idempotency keys"),
            }
{%- endif %}
{%- if teams %}
            match self.delete_expired_invitations().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "deleted expired invitations"),
                Err(error) => tracing::warn!(?error, "cannot delete expired invitations"),
            }
{%- endif %}
            match self.security_log.delete_old().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "deleted old security events"),
                Err(error) => tracing::warn!(?error, "cannot delete old security events"),
            }
        }
    }

    /// Deletes all expired sessions, and returns how many there were.
    async fn delete_expired_sessions(&self) -> Result<u64> {
        let (pool, idle) = (self.db.pool(), self.session_idle);
        let delete = async |batch| {
            let ended = sessions::delete_expired(pool, idle, batch).await?;
            let count = ended.len() as u64;
            self.ended(ended);
            Ok(count)
        };
        delete_all(delete).await
    }
}

/// Refuses what somebody has begun with a password that was changed since. The change ends all sessions; it locks the row of
/// the user too, so no session begins after it.
pub(super) async fn require_unchanged(
    tx: &mut PgConnection,
    user: UserId,
    password: Option<&PasswordHash>,
) -> Result<()> {
    if password.is_some() && users::lock_password(tx, user).await?.as_ref() != password {
        return Err(Error::Unauthenticated);
    }
    Ok(())
}

/// Deletes all sessions of `user` except `kept`, and returns their ids.
pub(super) async fn delete_others(
    tx: &mut PgConnection,
    user: UserId,
    kept: Option<SessionId>,
) -> sqlx::Result<Vec<SessionId>> {
{%- if totp %}
    super::totp::forget_log_ins(&mut *tx, user).await?;
{%- endif %}
    let mut deleted = Vec::new();
    loop {
        let batch = sessions::delete_others(&mut *tx, user, kept, BATCH).await?;
        let is_last = (batch.len() as u64) < BATCH.unsigned_abs();
        deleted.extend(batch);
        if is_last {
            return Ok(deleted);
        }
    }
}
