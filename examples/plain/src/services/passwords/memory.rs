//! The memory of Argon2, which is used again.

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{Error, Result, phc},
};

/// The least size of what is allocated, in blocks of 1 KiB: 33 MiB, of which only what is written to takes memory.
///
/// The allocator of glibc gives an allocation of more than 32 MiB back to the operating system when it is freed. Smaller
/// ones it learns to keep, in each thread anew.
const LEAST_CAPACITY: usize = 33 * 1024;

/// The memory for one hash at a time. It is allocated with the first.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// Writes the hash of `password` with `salt` to `hash`.
    pub(super) fn hash(
        &mut self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        hash: &mut [u8],
    ) -> Result<()> {
        let blocks = argon2.params().block_count();
        if blocks > self.0.len() {
            // Freed before, so that there are never two.
            self.0 = Vec::new();
            self.0 = Vec::with_capacity(blocks.max(LEAST_CAPACITY));
            self.0.resize(blocks, Block::new());
        }
        Ok(argon2.hash_password_into_with_memory(password, salt, hash, &mut self.0)?)
    }

    /// Whether `password` is the one of the `stored` hash, computed with its algorithm and cost.
    pub(super) fn verify(&mut self, password: &[u8], stored: &phc::PasswordHash) -> Result<bool> {
        let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
            return Err(Error::EncodingInvalid);
        };
        let version = stored.version.map(Version::try_from).transpose()?;
        let argon2 = Argon2::new(
            Algorithm::new(stored.algorithm)?,
            version.unwrap_or_default(),
            Params::try_from(stored)?,
        );
        let mut hash = [0; phc::Output::MAX_LENGTH];
        let hash = &mut hash[..expected.len()];
        self.hash(&argon2, password, salt, hash)?;
        // Compared in constant time.
        Ok(phc::Output::new(hash)? == *expected)
    }
}
