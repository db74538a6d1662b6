//! Recovery codes: each is for one log-in without the device that is lost.

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, EventKind, Outcome, RECOVERY_CODES, RecoveryCode, UserId},
    repositories::recovery_codes,
};

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
        let replace = self.db.run(|tx| {
            let codes = &codes;
            Box::pin(async move {
                recovery_codes::delete(&mut **tx, user).await?;
                recovery_codes::insert(&mut **tx, user, codes).await?;
                Ok::<_, Error>(())
            })
        });
        replace.await?;
        let (kind, outcome) = (EventKind::MethodAdded, Outcome::Success);
        let log = &self.security_log;
        log.record(kind, outcome, Some(user), client, "New recovery codes")
            .await;
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
