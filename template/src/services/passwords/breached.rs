//! New passwords that are known from a breach of another site are refused.

use stack_web::{StartError, breached_passwords::BreachedPasswords};

use super::Passwords;
use crate::{
    config::Config,
    error::Result,
    models::{FieldErrors, Password},
};

impl Passwords {
    /// The same with the service of `BREACHED_PASSWORDS_URL`, if there is one.
    ///
    /// # Errors
    /// If the URL is none of HTTP.
    pub fn with_breached(self, config: &Config) -> std::result::Result<Self, StartError> {
        let url = config.breached_passwords_url.as_ref();
        let service = url.map(|url| BreachedPasswords::new(url.expose()));
        let breached = service.transpose().map_err(|error| {
            StartError(format!("`BREACHED_PASSWORDS_URL` cannot be used: {error}"))
        })?;
        Ok(Self { breached, ..self })
    }

    /// A service that does not answer keeps nobody from choosing a password.
    pub(super) async fn refuse_breached(&self, password: &Password) -> Result<()> {
        let Some(breached) = &self.breached else {
            return Ok(());
        };
        match breached.contains(password.as_bytes()).await {
            Ok(true) => {
                let message = "is known from a breach of another site; choose another one";
                Err(FieldErrors::one("password", message).into())
            }
            Ok(false) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "a new password could not be compared with breached ones");
                Ok(())
            }
        }
    }
}
