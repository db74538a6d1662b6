//! The password of an account that has none.

use base64ct::{Base64Unpadded, Encoding};
use stack_web::random;

use super::PasswordHash;

/// What all these hashes begin with: Argon2id with the usual cost, so that a log-in takes as long as elsewhere, and `no
/// password` as its salt. No other hash has it, since salts are random.
const UNUSABLE: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8gcGFzc3dvcmQ$";

impl PasswordHash {
    /// For an account without a password: random bytes instead of a hash, so that no password fits.
    pub fn unusable() -> Self {
        let bytes: [u8; 32] = random::bytes();
        Self(format!(
            "{UNUSABLE}{}",
            Base64Unpadded::encode_string(&bytes)
        ))
    }

    /// Whether the account has a password.
    pub fn is_usable(&self) -> bool {
        !self.0.starts_with(UNUSABLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::PasswordCost, models::Password, services::passwords::Passwords};

    #[tokio::test]
    async fn no_password_fits_an_unusable_hash_and_it_is_verified_like_any_other() {
        let passwords = Passwords::new(PasswordCost::Tests).unwrap();
        let hash = PasswordHash::unusable();
        let tried = Password::for_login("").unwrap();
        assert!(!passwords.verify(tried, Some(hash.clone())).await.unwrap());
        assert!(!hash.is_usable());
        assert_ne!(hash.0, PasswordHash::unusable().0);
    }

    #[tokio::test]
    async fn the_hash_of_a_password_is_usable() {
        let passwords = Passwords::new(PasswordCost::Tests).unwrap();
        let password = Password::for_login("correct horse battery").unwrap();
        assert!(passwords.hash(password).await.unwrap().is_usable());
    }
}
