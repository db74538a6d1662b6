//! The keys of the settings.

use std::fmt;

use base64ct::{Base64, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of a key.
const LENGTH: usize = 32;

/// The keys of `ENCRYPTION_KEYS`, the current one first. `Debug` shows their ids only.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys(Vec<(String, [u8; LENGTH])>);

/// What is wrong with the keys. Never repeats one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KeysError(String);

impl Keys {
    /// The key of development, where nothing is secret: everybody can read it here.
    pub const DEVELOPMENT: &str = "development:bm90IGEgc2VjcmV0OiBkZXZlbG9wbWVudCBvbmx5ISE=";

    /// Reads `id:base64,id:base64`. An id has 1 to 32 letters of `a-z0-9_-`; a key 32 bytes in Base64.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut keys: Vec<(String, [u8; LENGTH])> = Vec::new();
        for (place, entry) in (1..).zip(text.split(',')) {
            let wrong = |what: &str| KeysError(format!("{what} (the key at place {place})"));
            let (id, key) = entry
                .trim()
                .split_once(':')
                .ok_or_else(|| wrong("must be `id:key`, and more of them after commas"))?;
            let allowed = |c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-');
            if !(1..=32).contains(&id.len()) || !id.chars().all(allowed) {
                return Err(wrong("must have ids of 1 to 32 letters of `a-z0-9_-`"));
            }
            if keys.iter().any(|(known, _)| known == id) {
                return Err(wrong("must not have the same id twice"));
            }
            let mut bytes = [0; LENGTH];
            match Base64::decode(key, &mut bytes) {
                Ok(decoded) if decoded.len() == LENGTH => keys.push((id.to_owned(), bytes)),
                _ => return Err(wrong("must have keys of 32 bytes in Base64")),
            }
        }
        Ok(Self(keys))
    }

    /// The key of development alone.
    pub fn development() -> Self {
        Self::parse(Self::DEVELOPMENT).unwrap_or(Self(Vec::new()))
    }

    /// Whether the key of development is among them.
    pub fn has_development(&self) -> bool {
        let known = Self::development();
        let is_known = |key| known.0.iter().any(|(_, known)| known == key);
        self.0.iter().any(|(_, key)| is_known(key))
    }

    /// A key for another `purpose` from each of them, the current one first: none of them tells of the others.
    pub fn derive(&self, purpose: &str) -> Vec<[u8; LENGTH]> {
        let derive = |(_, key): &(String, [u8; LENGTH])| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
            mac.update(purpose.as_bytes());
            mac.finalize().into_bytes().into()
        };
        self.0.iter().map(derive).collect()
    }

    /// Each id with its key, the current one first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u8; LENGTH])> {
        self.0.iter().map(|(id, key)| (id.as_str(), key))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(id, _)| id))
            .finish()
    }
}
