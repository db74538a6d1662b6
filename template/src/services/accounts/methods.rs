//! Ways to log in that are added or removed: the user is told by mail, and the security log has it.

use sqlx::PgConnection;

use super::Accounts;
use crate::{
    error::Result,
    mails,
    models::{ClientInfo, EventKind, Outcome, UserId},
};

impl Accounts {
    /// Tells `user` in the transaction that adds or removes the `method`, which is no text of theirs: somebody else may
    /// have written it.
    pub(super) async fn send_method_changed(
        &self,
        tx: &mut PgConnection,
        kind: EventKind,
        user: UserId,
        method: &str,
    ) -> Result<()> {
        let security = self.links.site.join("/account/security");
        let notice = mails::method_changed(kind.title(), method, &security);
        self.links.notify(tx, user, notice).await
    }

    /// Sends the mail and records the event, after the transaction. `details` are for the user.
    pub(super) async fn method_changed(
        &self,
        kind: EventKind,
        user: UserId,
        client: &ClientInfo,
        details: &str,
    ) {
        self.links.outbox.wake();
        let (log, outcome) = (&self.security_log, Outcome::Success);
        log.record(kind, outcome, Some(user), client, details).await;
    }
}
