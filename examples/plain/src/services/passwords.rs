//! Hashing passwords with Argon2id, on threads that do not serve requests.
mod memory;

use std::{io, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, RECOMMENDED_SALT_LEN as SALT_BYTES, Version,
    password_hash::{self, phc},
};
use stack_web::{
    random,
    workers::{WorkError, Workers},
};

use self::memory::Memory;
use crate::{
    config::PasswordCost,
    error::{Error, Result},
    models::{Password, PasswordHash},
};

/// How many passwords wait for each processor, at most: for less than a second, since a hash takes some 20 ms.
const QUEUE: usize = 32;

/// When a password that found the queue full may be tried again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The size of a hash.
const HASH_BYTES: usize = Params::DEFAULT_OUTPUT_LEN;

/// Hashes and verifies passwords, as many at a time as there are processors.
///
/// Each takes 19 MiB, which the next one uses again and which are given back when there is none for some seconds, and
/// about 20 ms of a processor. Some more wait; beyond them a password is refused at once ([`Error::Overloaded`]).
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    workers: Workers<Memory>,
    dummy: PasswordHash,
}

impl Passwords {
    /// # Errors
    /// Only if the operating system starts no threads.
    pub fn new(cost: PasswordCost) -> io::Result<Self> {
        let params = match cost {
            PasswordCost::Standard => Params::new(19 * 1024, 2, 1, None),
            PasswordCost::Tests => Params::new(Params::MIN_M_COST, 1, 1, None),
        };
        let argon2 = Argon2::from(params.map_err(io::Error::other)?);
        let processors = std::thread::available_parallelism().map_or(1, Into::into);
        let workers = Workers::start("password-hash", processors, QUEUE * processors)?;
        // The hash of nothing: random numbers in the place of one.
        let dummy = to_text(argon2.params(), &random::bytes(), &random::bytes())
            .map_err(io::Error::other)?;
        Ok(Self {
            argon2,
            workers,
            dummy,
        })
    }

    /// The hash of a new `password`, to be stored.
    ///
    /// # Errors
    /// [`Error::Overloaded`]
    pub async fn hash(&self, password: Password) -> Result<PasswordHash> {
        self.compute(password).await
    }

    /// Another hash of a `password` that matches the `stored` one, if that has not the cost of today.
    ///
    /// # Errors
    /// [`Error::Overloaded`]
    pub async fn rehash(
        &self,
        password: Password,
        stored: &PasswordHash,
    ) -> Result<Option<PasswordHash>> {
        if cost(stored) == cost(&self.dummy) {
            return Ok(None);
        }
        self.compute(password).await.map(Some)
    }

    async fn compute(&self, password: Password) -> Result<PasswordHash> {
        let argon2 = self.argon2.clone();
        self.run(move |memory| {
            let (salt, mut hash) = (random::bytes(), [0; HASH_BYTES]);
            memory.hash(&argon2, password.as_bytes(), &salt, &mut hash)?;
            to_text(argon2.params(), &salt, &hash)
        })
        .await
    }

    /// Whether `password` matches the `stored` hash.
    ///
    /// Without a stored hash the result is false and takes the same time, so that response times do not reveal which
    /// addresses have an account.
    ///
    /// # Errors
    /// [`Error::Overloaded`]
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<bool> {
        let exists = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.clone());
        let matches = self
            .run(move |memory| {
                memory.verify(password.as_bytes(), &phc::PasswordHash::new(&stored.0)?)
            })
            .await?;
        Ok(matches && exists)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> password_hash::Result<T> + Send + 'static,
    ) -> Result<T> {
        match self.workers.run(work).await {
            Ok(result) => result.map_err(Error::internal),
            Err(WorkError::QueueFull) => Err(Error::Overloaded(RETRY_AFTER)),
            Err(error @ WorkError::Panicked) => Err(Error::internal(error)),
        }
    }
}

/// Algorithm, version and cost: what stands before the salt.
fn cost(hash: &PasswordHash) -> Option<&str> {
    hash.0.rsplitn(3, '$').nth(2)
}

/// A hash in the form in which it is stored, with algorithm, cost and salt.
fn to_text(
    params: &Params,
    salt: &[u8; SALT_BYTES],
    hash: &[u8; HASH_BYTES],
) -> password_hash::Result<PasswordHash> {
    let phc = phc::PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: params.try_into()?,
        salt: Some(phc::Salt::new(salt)?),
        hash: Some(phc::Output::new(hash)?),
    };
    Ok(PasswordHash(phc.to_string()))
}

#[cfg(test)]
mod tests;
