//! The phone number of an account.

use super::Accounts;
use crate::{
    error::{Error, Result},
    models::{ClientInfo, EventKind, Phone, UserId},
    repositories::users::phones,
};

impl Accounts {
    /// The phone number of `user`, if there is one. Show it only to that user.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be decrypted.
    pub async fn phone(&self, user: UserId) -> Result<Option<Phone>> {
        let sealed = phones::get(self.db.pool(), user).await?;
        let phone = sealed.map(|sealed| self.vault.open(&user, &sealed));
        phone.transpose().map_err(Error::internal)
    }

    /// Encrypts and stores the phone number of `user`; `None` removes it.
    pub async fn set_phone(
        &self,
        user: UserId,
        phone: Option<&Phone>,
        client: &ClientInfo,
    ) -> Result<()> {
        let sealed = phone.map(|phone| self.vault.seal(&user, phone));
        phones::set(self.db.pool(), user, sealed.as_ref()).await?;
        let log = &self.security_log;
        log.succeeded(EventKind::PhoneChange, user, client).await;
        Ok(())
    }
}
