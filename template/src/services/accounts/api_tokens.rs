//! Tokens of the API: made and revoked in the account, and used by programs.

use super::Accounts;
use crate::{
    error::{Error, Result},
    mails,
    models::{ApiSecret, ApiTokenDraft, ApiTokenId, ClientInfo, EventKind, Outcome, User, UserId},
    repositories::{
        api_tokens::{self, UsedToken},
        delete_all, idempotency_keys,
    },
};

/// How many valid tokens a user may have.
pub const MAX_API_TOKENS: i64 = 50;

/// The page where users make and revoke them.
pub const API_TOKENS: &str = "/account/tokens";

impl Accounts {
    /// Makes a token of `user`, who is told by mail. Its secret is returned once, and stored as its digest.
    ///
    /// # Errors
    /// [`Error::Forbidden`] if there are too many.
    pub async fn create_api_token(
        &self,
        user: &User,
        draft: &ApiTokenDraft,
        client: &ClientInfo,
    ) -> Result<ApiSecret> {
        if api_tokens::count(self.db.pool(), user.id).await? >= MAX_API_TOKENS {
            let why = format!("an account has at most {MAX_API_TOKENS} tokens; revoke one first");
            return Err(Error::Forbidden(why.into()));
        }
        let (secret, scopes) = (ApiSecret::generate(), draft.scopes.to_text());
        let (digest, id) = (secret.digest(), user.id);
        let create = self.db.run(|tx| {
            let scopes = &scopes;
            Box::pin(async move {
                api_tokens::insert(&mut **tx, id, digest, draft).await?;
                let notice = mails::api_token_made(scopes, &self.links.site.join(API_TOKENS));
                self.links.notify(&mut *tx, id, notice).await
            })
        });
        create.await?;
        self.links.outbox.wake();
        let details = format!("API token “{}”: {scopes}", draft.name.as_str());
        self.log_api_token(EventKind::MethodAdded, user.id, client, &details)
            .await;
        Ok(secret)
    }

    /// Makes a token invalid.
    ///
    /// # Errors
    /// [`Error::NotFound`] if `user` has no such token.
    pub async fn revoke_api_token(
        &self,
        user: &User,
        id: ApiTokenId,
        client: &ClientInfo,
    ) -> Result<()> {
        let deleted = api_tokens::delete(self.db.pool(), user.id, id).await?;
        let details = format!("API token “{}”", deleted.ok_or(Error::NotFound)?);
        self.log_api_token(EventKind::MethodRemoved, user.id, client, &details)
            .await;
        Ok(())
    }

    /// Makes all tokens of a user invalid.
    pub async fn revoke_api_tokens(&self, user: UserId, client: &ClientInfo) -> Result<()> {
        if api_tokens::delete_of_user(self.db.pool(), user).await? > 0 {
            self.log_api_tokens_revoked(user, client).await;
        }
        Ok(())
    }

    /// The user of a secret and what it may do, if it is valid. It is used now.
    pub async fn api_user(&self, secret: &ApiSecret) -> Result<Option<(UsedToken, User)>> {
        let found = api_tokens::user(self.db.pool(), secret.digest()).await?;
        if let Some((token, _)) = &found
            && token.touch_due
            && let Err(error) = api_tokens::touch(self.db.pool(), token.id).await
        {
            // The next request tries again; this one is not the worse for it.
            tracing::warn!(%error, "cannot store the use of an API token");
        }
        Ok(found)
    }

    /// Deletes all tokens that have expired, and returns how many there were.
    pub async fn delete_expired_api_tokens(&self) -> Result<u64> {
        let pool = self.db.pool();
        Ok(delete_all(|batch| api_tokens::delete_expired(pool, batch)).await?)
    }

    /// Deletes the keys of repeated requests whose day is over, and returns how many there were.
    pub async fn delete_expired_idempotency_keys(&self) -> Result<u64> {
        let pool = self.db.pool();
        Ok(delete_all(|batch| idempotency_keys::delete_expired(pool, batch)).await?)
    }

    /// Records that all tokens of `user` were revoked.
    pub(super) async fn log_api_tokens_revoked(&self, user: UserId, client: &ClientInfo) {
        self.log_api_token(EventKind::MethodRemoved, user, client, "All API tokens")
            .await;
    }

    async fn log_api_token(
        &self,
        kind: EventKind,
        user: UserId,
        client: &ClientInfo,
        details: &str,
    ) {
        let (log, success) = (&self.security_log, Outcome::Success);
        log.record(kind, success, Some(user), client, details).await;
    }
}
