//! The notice of another way to log in.

use sqlx::PgConnection;

use super::{DAY, MailedLinks};
use crate::{error::Result, mails, models::UserId, repositories::users::addresses};

impl MailedLinks {
    /// Tells `user` that their account can be logged in to with `provider`.
    pub(in crate::services) async fn send_connected(
        &self,
        tx: &mut PgConnection,
        user: UserId,
        provider: &str,
    ) -> Result<()> {
        let notice = mails::connected(provider, &self.site.join("/account/security"));
        match addresses::by_id(&mut *tx, user).await? {
            Some(user) => self.send(tx, notice, &user.email, DAY).await,
            None => Ok(()),
        }
    }
}
