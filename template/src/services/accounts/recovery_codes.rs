//! Recovery codes: each is for one log-in without the device that is lost.

use super::Accounts;
use crate::{
    error::Result,
    models::{ClientInfo, EventKind, RECOVERY_CODES, RecoveryCode, UserId},
    repositories::recovery_codes,
};

/// What mails and the security log call them.
const METHOD: &str = "New recovery codes";

impl Accounts {
    /// New codes of `user`, in the place of those before. They are returned once, and stored as digests.
    pub async fn new_recovery_codes(
        &self,
        user: UserId,
        client: &ClientInfo,
    ) -> Result<Vec<RecoveryCode>> {
        let codes: Vec<_> = (0..RECOVERY_CODES)
            .map(|_| RecoveryCode::generate())
            .collect();
        let kind = EventKind::MethodAdded;
        let replace = self.db.run(|tx| {
            let codes = &codes;
            Box::pin(async move {
                recovery_codes::delete(&mut **tx, user).await?;
                recovery_codes::insert(&mut **tx, user, codes).await?;
                self.send_method_changed(tx, kind, user, METHOD).await
            })
        });
        replace.await?;
        self.method_changed(kind, user, client, METHOD).await;
        Ok(codes)
    }

    /// Uses up the recovery code that somebody has typed; false if `user` has no such code.
    pub(super) async fn take_recovery_code(&self, user: UserId, typed: &str) -> Result<bool> {
        match RecoveryCode::parse(typed) {
            Some(code) => Ok(recovery_codes::take(self.db.pool(), user, &code).await?),
            None => Ok(false),
        }
    }
}
