//! Hashing passwords with Argon2id, on threads that do not serve requests.

use std::sync::Arc;

use argon2::{
    Argon2, Params,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc},
};
use tokio::sync::Semaphore;

use crate::{
    config::PasswordCost,
    error::{Error, Result},
    models::{Password, PasswordHash},
};

/// Hashes and verifies passwords, as many at a time as there are processors.
///
/// Each hash takes 19 MiB and about 20 ms of a processor. Further ones wait, up to the time-out of the request.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    dummy: PasswordHash,
}

impl Passwords {
    /// # Errors
    /// Only if the operating system provides no random numbers for a salt.
    pub fn new(cost: PasswordCost) -> Result<Self, password_hash::Error> {
        let params = match cost {
            PasswordCost::Standard => Params::new(19 * 1024, 2, 1, None),
            PasswordCost::Tests => Params::new(Params::MIN_M_COST, 1, 1, None),
        };
        let argon2 = Argon2::from(params.map_err(|_| password_hash::Error::ParamsInvalid)?);
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        let dummy = hash(&argon2, b"nobody has this password")?;
        Ok(Self {
            argon2,
            permits: Arc::new(Semaphore::new(processors)),
            dummy,
        })
    }

    /// The hash of `password`, to be stored.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash> {
        let argon2 = self.argon2.clone();
        self.run_blocking(move || hash(&argon2, password.as_bytes()))
            .await?
            .map_err(Error::internal)
    }

    /// Whether `password` matches the `stored` hash.
    ///
    /// Without a stored hash the result is false and takes the same time, so that response times do not reveal which
    /// addresses have an account.
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<bool> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.clone());
        let argon2 = self.argon2.clone();
        let matches = self
            .run_blocking(move || {
                let stored = phc::PasswordHash::new(&stored.0)?;
                match argon2.verify_password(password.as_bytes(), &stored) {
                    Ok(()) => Ok(true),
                    Err(password_hash::Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(error),
                }
            })
            .await?
            .map_err(Error::internal)?;
        Ok(matches && exists)
    }

    /// Runs `work` on a blocking thread. It keeps its permit until it ends, even if the request was cancelled.
    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> Result<PasswordHash, password_hash::Error> {
    let hash: phc::PasswordHash = argon2.hash_password(password)?;
    Ok(PasswordHash(hash.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::for_login(text).unwrap()
    }

    #[tokio::test]
    async fn only_the_password_that_was_hashed_fits() {
        let passwords = Passwords::new(PasswordCost::Tests).unwrap();
        let stored = passwords.hash(password("correct horse")).await.unwrap();
        assert!(stored.0.starts_with("$argon2id$"));
        assert!(
            passwords
                .verify(password("correct horse"), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify(password("correct house"), Some(stored))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn no_password_matches_an_unknown_account_not_even_that_of_the_dummy_hash() {
        let passwords = Passwords::new(PasswordCost::Tests).unwrap();
        assert!(
            !passwords
                .verify(password("nobody has this password"), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_malformed_stored_hash_is_an_error_and_not_a_wrong_password() {
        let passwords = Passwords::new(PasswordCost::Tests).unwrap();
        let broken = Some(PasswordHash("plain".to_owned()));
        assert!(passwords.verify(password("plain"), broken).await.is_err());
    }
}
