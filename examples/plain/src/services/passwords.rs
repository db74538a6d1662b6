//! Hashing passwords with Argon2id, off the threads that serve requests.

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

/// Makes and checks hashes, as many at a time as there are processors.
///
/// Each takes 19 MiB and some 20 ms of a processor; the rest wait their turn, up to the request's deadline.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    decoy: PasswordHash,
}

impl Passwords {
    /// # Errors
    /// Only if the operating system has no random numbers for a salt.
    pub fn new(cost: PasswordCost) -> Result<Self, password_hash::Error> {
        let params = match cost {
            PasswordCost::Standard => Params::new(19 * 1024, 2, 1, None),
            PasswordCost::Tests => Params::new(Params::MIN_M_COST, 1, 1, None),
        };
        let argon2 = Argon2::from(params.map_err(|_| password_hash::Error::ParamsInvalid)?);
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        let decoy = hash(&argon2, b"nobody has this password")?;
        Ok(Self {
            argon2,
            turns: Arc::new(Semaphore::new(processors)),
            decoy,
        })
    }

    /// What to store of `password`.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash> {
        let argon2 = self.argon2.clone();
        self.in_turn(move || hash(&argon2, password.as_bytes()))
            .await?
            .map_err(Error::internal)
    }

    /// Whether `password` is the one that was stored.
    ///
    /// Without a stored one the answer is no and takes as long, so that the time of an answer does not tell
    /// which addresses have an account.
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<bool> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let argon2 = self.argon2.clone();
        let fits = self
            .in_turn(move || {
                let stored = phc::PasswordHash::new(&stored.0)?;
                match argon2.verify_password(password.as_bytes(), &stored) {
                    Ok(()) => Ok(true),
                    Err(password_hash::Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(error),
                }
            })
            .await?
            .map_err(Error::internal)?;
        Ok(fits && exists)
    }

    /// Runs `work` on a thread for blocking work. The turn ends with the work, also if nobody waits any more.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let work = move || {
            let _turn = turn;
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
        Password::attempt(text).unwrap()
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
    async fn no_password_fits_where_none_is_stored_not_even_the_decoys() {
        let passwords = Passwords::new(PasswordCost::Tests).unwrap();
        assert!(
            !passwords
                .verify(password("nobody has this password"), None)
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn a_stored_hash_that_cannot_be_read_is_a_fault_and_not_a_wrong_password() {
        let passwords = Passwords::new(PasswordCost::Tests).unwrap();
        let broken = Some(PasswordHash("plain".to_owned()));
        assert!(passwords.verify(password("plain"), broken).await.is_err());
    }
}
