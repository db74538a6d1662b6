//! Sends links by mail: to confirm an address, to set a new password, to change the address, and to log in. What they do
//! when they are followed is in [`accounts`](super::accounts).
//!
//! Whoever types an address into a form is never told whether it has an account. So a form only stores a
//! [`MailRequest`], which is the same work for every address; the worker of the outbox looks up the account afterwards, and
//! only the mail says what it found.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use stack_db::Db;
use stack_mail::{MailBuilder, Outbox, Requests};
use stack_web::site_url::SiteUrl;

use crate::{
    error::{Error, Result},
    mails,
    models::{
        DisplayName, Email, Invalid, LinkPurpose, LinkToken, PasswordHash, Registration, User,
        UserId,
    },
    repositories::{
        delete_all, email_tokens,
        users::{self, addresses},
    },
    services::passwords::Passwords,
};

/// How long a notice may wait in the outbox, and an address for its confirmation.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const RESET_LIFETIME: Duration = Duration::from_secs(30 * 60);
const LOG_IN_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// The page for those who have forgotten their password.
pub const FORGOT_PASSWORD: &str = "/forgot-password";

/// Sends links by mail. Cheap to clone.
#[derive(Clone)]
pub struct MailedLinks {
    /// The database of users and tokens.
    pub db: Db,
    /// Where mails are stored.
    pub outbox: Outbox,
    /// Hashes new passwords.
    pub passwords: Passwords,
    /// Where the links lead.
    pub site: SiteUrl,
}

/// A mail that was asked for. The worker of the outbox writes it, if there is one to write.
#[derive(Serialize, Deserialize)]
pub enum MailRequest {
    /// Somebody registers.
    Register {
        /// The address to log in with.
        email: String,
        /// The public name.
        display_name: String,
        /// The hash of the password.
        password: String,
    },
    /// Somebody has forgotten the password of the account with this address.
    Reset(String),
    /// Somebody wants to log in to the account with this address.
    LogIn(String),
    /// A user wants another address.
    Change {
        /// The user.
        user: UserId,
        /// The new address.
        email: String,
    },
}

impl MailedLinks {
    /// Whether mails can be sent. If not, an account needs no confirmation.
    pub fn is_on(&self) -> bool {
        self.outbox.is_on()
    }

    /// # Errors
    /// [`Error::NotFound`] if no mails can be sent: what leads to one does not exist then.
    pub fn require(&self) -> Result<()> {
        match self.is_on() {
            true => Ok(()),
            false => Err(Error::NotFound),
        }
    }

    /// Registers an account, which can be used after its address is confirmed. If the address has an account, its owner is told
    /// so by mail.
    pub(super) async fn register(&self, registration: Registration) -> Result<()> {
        let Registration {
            email,
            display_name,
            password,
        } = registration;
        let password = self.passwords.hash(password).await?;
        let request = MailRequest::Register {
            email: email.as_str().to_owned(),
            display_name: display_name.as_str().to_owned(),
            password: password.0,
        };
        self.request(&request).await
    }

    /// Stores a request for a mail.
    pub(super) async fn request(&self, request: &MailRequest) -> Result<()> {
        self.require()?;
        let mut connection = self.db.pool().acquire().await?;
        self.outbox.request(&mut connection, request, DAY).await?;
        self.outbox.wake();
        Ok(())
    }

    /// What a link is for; `None` if it was used or has expired. Does not use it up: programs that look into mails open
    /// links, too.
    pub async fn purpose(&self, token: &LinkToken) -> Result<Option<LinkPurpose>> {
        let found = email_tokens::find(self.db.pool(), token.digest()).await?;
        Ok(found.map(|(_, purpose)| purpose))
    }

    /// Whose link it is; `None` if it was used or has expired.
    pub async fn user(&self, token: &LinkToken) -> Result<Option<User>> {
        match email_tokens::find(self.db.pool(), token.digest()).await? {
            Some((user, _)) => Ok(addresses::by_id(self.db.pool(), user).await?),
            None => Ok(None),
        }
    }

    /// Sends the notice of a new password to `user`.
    pub(super) async fn send_password_changed(
        &self,
        tx: &mut PgConnection,
        user: UserId,
    ) -> Result<()> {
        let notice = mails::password_changed(&self.site.join(FORGOT_PASSWORD));
        self.notify(tx, user, notice).await
    }

    /// Sends `notice` to `user`.
    pub(super) async fn notify(
        &self,
        tx: &mut PgConnection,
        user: UserId,
        notice: MailBuilder,
    ) -> Result<()> {
        match addresses::by_id(&mut *tx, user).await? {
            Some(user) => self.send(tx, notice, &user.email, DAY).await,
            None => Ok(()),
        }
    }

    /// Changes the address of `user`, and tells both addresses.
    pub(super) async fn change_email(
        &self,
        tx: &mut PgConnection,
        user: UserId,
        new: &Email,
    ) -> Result<()> {
        let user = addresses::by_id(&mut *tx, user).await?;
        let user = user.ok_or(Error::LinkExpired)?;
        addresses::change_email(&mut *tx, user.id, new).await?;
        // Links that were sent to the old address end with it.
        email_tokens::delete_of_user(&mut *tx, user.id).await?;
        for address in [&user.email, new] {
            self.send(tx, mails::email_changed(new), address, DAY)
                .await?;
        }
        Ok(())
    }

    /// Deletes all expired tokens, and returns how many there were.
    pub(super) async fn delete_expired(&self) -> Result<u64> {
        Ok(delete_all(|batch| email_tokens::delete_expired(self.db.pool(), batch)).await?)
    }

    async fn send(
        &self,
        tx: &mut PgConnection,
        mail: MailBuilder,
        to: &Email,
        lifetime: Duration,
    ) -> Result<()> {
        Ok(self.outbox.add(tx, mail.to(to.as_str()), lifetime).await?)
    }

    /// Stores a token, and sends its link to `to`.
    async fn send_link(
        &self,
        tx: &mut PgConnection,
        user: UserId,
        purpose: LinkPurpose,
        to: &Email,
    ) -> Result<()> {
        type Template = fn(&str) -> MailBuilder;
        let (path, mail, lifetime): (_, Template, _) = match purpose {
            LinkPurpose::Confirm => ("/link", mails::confirm, DAY),
            LinkPurpose::Reset => ("/reset-password", mails::reset, RESET_LIFETIME),
            LinkPurpose::Change(_) => ("/link", mails::change_email, DAY),
            LinkPurpose::LogIn => ("/link", mails::log_in, LOG_IN_LIFETIME),
        };
        let token = LinkToken::generate();
        email_tokens::insert(&mut *tx, token.digest(), user, &purpose, lifetime).await?;
        let url = self.site.join(&format!("{path}?token={}", token.to_text()));
        self.send(tx, mail(&url), to, lifetime).await
    }

    /// Creates an account, or tells its owner that there is one.
    async fn create(
        &self,
        tx: &mut PgConnection,
        email: &Email,
        display_name: &DisplayName,
        password: &PasswordHash,
    ) -> Result<()> {
        let id = match addresses::by_email(&mut *tx, email).await? {
            Some((_, true)) => return self.send_already_registered(tx, email).await,
            Some((user, false)) => {
                addresses::replace_unconfirmed(&mut *tx, user.id, display_name, password).await?;
                email_tokens::delete_of_user(&mut *tx, user.id).await?;
                user.id
            }
            None => {
                let id = UserId::generate();
                users::insert(&mut *tx, id, email, display_name, password).await?;
                id
            }
        };
        self.send_link(tx, id, LinkPurpose::Confirm, email).await
    }

    async fn send_already_registered(&self, tx: &mut PgConnection, to: &Email) -> Result<()> {
        let (log_in, forgot) = (self.site.join("/login"), self.site.join(FORGOT_PASSWORD));
        let mail = mails::already_registered(&log_in, &forgot);
        self.send(tx, mail, to, DAY).await
    }
}

impl Requests for MailedLinks {
    type Request = MailRequest;
    type Error = Error;

    async fn carry_out(&self, tx: &mut PgConnection, request: &MailRequest) -> Result<()> {
        let parse = |email: &str| Email::parse(email).map_err(malformed);
        match request {
            MailRequest::Register {
                email,
                display_name,
                password,
            } => {
                let name = DisplayName::parse(display_name).map_err(malformed)?;
                let password = PasswordHash(password.clone());
                self.create(tx, &parse(email)?, &name, &password).await
            }
            MailRequest::Reset(email) | MailRequest::LogIn(email) => {
                let purpose = match request {
                    MailRequest::Reset(_) => LinkPurpose::Reset,
                    _ => LinkPurpose::LogIn,
                };
                let email = Email::for_login(email).map_err(malformed)?;
                match addresses::by_email(&mut *tx, &email).await? {
                    Some((user, _)) => self.send_link(tx, user.id, purpose, &user.email).await,
                    None => Ok(()),
                }
            }
            MailRequest::Change { user, email } => {
                let new = parse(email)?;
                let Some(user) = addresses::by_id(&mut *tx, *user).await? else {
                    return Ok(());
                };
                if addresses::by_email(&mut *tx, &new).await?.is_some() {
                    return self.send_already_registered(tx, &new).await;
                }
                let forgot = self.site.join(FORGOT_PASSWORD);
                let notice = mails::change_email_requested(&new, &forgot);
                self.send(tx, notice, &user.email, DAY).await?;
                let purpose = LinkPurpose::Change(new.clone());
                self.send_link(tx, user.id, purpose, &new).await
            }
        }
    }
}

/// A request that the rules of another version have accepted.
fn malformed(error: Invalid) -> Error {
    Error::internal(error)
}
