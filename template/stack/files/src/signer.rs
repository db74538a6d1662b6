//! Signatures that let everybody see a file who has its address, until a time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Makes and checks signatures, by HMAC-SHA256.
#[derive(Clone)]
pub struct Signer(Vec<[u8; 32]>);

impl Signer {
    /// With these keys: the first one signs, all of them are accepted.
    pub fn new(keys: Vec<[u8; 32]>) -> Self {
        Self(keys)
    }

    /// The signature of `name`, valid until `until`, in seconds since 1970.
    ///
    /// # Panics
    /// If there is no key.
    pub fn sign(&self, name: &str, until: u64) -> String {
        hex::encode(mac(&self.0[0], name, until).finalize().into_bytes())
    }

    /// Whether `signature` is one of `name` and `until`. Whether `until` has passed is the caller's to ask.
    pub fn accepts(&self, name: &str, until: u64, signature: &str) -> bool {
        let Ok(signature) = hex::decode(signature) else {
            return false;
        };
        let mut keys = self.0.iter();
        keys.any(|key| mac(key, name, until).verify_slice(&signature).is_ok())
    }
}

fn mac(key: &[u8; 32], name: &str, until: u64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
    // The number has a fixed length, so no two pairs have the same bytes.
    mac.update(&until.to_be_bytes());
    mac.update(name.as_bytes());
    mac
}
