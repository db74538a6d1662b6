//! Encrypted columns, which only the application can read: not the administrator of the database, and not from a backup.
//!
//! [`Sealed<C>`] is an encrypted value of the column `C`. It can only come from the database or from [`Vault::seal`], so a
//! repository that takes a `Sealed` cannot store plain text by accident. A value is bound to its row and column: copied to
//! another place, it cannot be decrypted.
//!
//! The cipher is XChaCha20-Poly1305, whose nonces are long enough to be random. The bytes of a column are
//!
//! ```text
//! 1 (version of this format) · length of the key's id · the key's id · nonce (24) · ciphertext and tag
//! ```
//!
//! and everything before the nonce, the table, the column and the row's id are authenticated with it. What is not hidden:
//! whether there is a value, its length to the byte, and when it was written. A sealed column cannot be searched or
//! sorted by.

use std::fmt::Display;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use crate::random;

mod column;
mod keys;

pub use column::Sealed;
pub use keys::{Keys, KeysError};

/// The version of the format, the first byte of every sealed value.
const VERSION: u8 = 1;
/// Bytes of a nonce.
const NONCE: usize = 24;

/// An encrypted column: its place, and the type of its values. The names of table and column are authenticated with each value,
/// so a change requires re-encrypting all values.
pub trait SealedColumn {
    /// The type of a decrypted value.
    type Value;
    /// The type of the row's id.
    type Row: Display;
    /// The table.
    const TABLE: &'static str;
    /// The column.
    const COLUMN: &'static str;

    /// The text to encrypt.
    fn text(value: &Self::Value) -> &str;

    /// Parses a decrypted text; `None` if it violates a current rule.
    fn parse(text: &str) -> Option<Self::Value>;
}

/// Encrypts and decrypts values with the keys of the settings.
pub struct Vault {
    /// The first one is current.
    ciphers: Vec<(String, XChaCha20Poly1305)>,
}

/// Why a value cannot be decrypted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its key is not in the settings.
    #[error("a value of `{place}` is under the key `{key}`, which is not in `ENCRYPTION_KEYS`")]
    UnknownKey {
        /// Table and column.
        place: String,
        /// The key's id.
        key: String,
    },
    /// It was altered, comes from another place, or another key has the same id.
    #[error("a value of `{0}` was altered, or comes from another row or column")]
    Refused(String),
    /// The bytes are not from [`Vault::seal`], or the text violates a current rule.
    #[error("a value of `{0}` is not what was once sealed there")]
    Malformed(String),
}

impl Vault {
    /// A vault with these keys.
    pub fn new(keys: &Keys) -> Self {
        let ciphers = keys.iter().map(|(id, key)| {
            let cipher = XChaCha20Poly1305::new(key.into());
            (id.to_owned(), cipher)
        });
        Self {
            ciphers: ciphers.collect(),
        }
    }

    /// Encrypts `value` for the row `row` of its column, with the current key.
    ///
    /// # Panics
    /// If the operating system provides no random numbers.
    pub fn seal<C: SealedColumn>(&self, row: &C::Row, value: &C::Value) -> Sealed<C> {
        let (id, cipher) = &self.ciphers[0];
        let mut bytes = header(id);
        let place = place::<C>(&bytes, row);
        let nonce: [u8; NONCE] = random::bytes();
        let payload = Payload {
            msg: C::text(value).as_bytes(),
            aad: &place,
        };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        bytes.extend(nonce);
        bytes.extend(sealed.expect("a text in memory is shorter than the cipher's limit"));
        Sealed::of(bytes)
    }

    /// Decrypts the value of the row `row`.
    ///
    /// # Errors
    /// [`OpenError`]: the settings or the data are invalid. No client can cause it.
    pub fn open<C: SealedColumn>(
        &self,
        row: &C::Row,
        sealed: &Sealed<C>,
    ) -> Result<C::Value, OpenError> {
        let name = || format!("{}.{}", C::TABLE, C::COLUMN);
        let malformed = || OpenError::Malformed(name());
        let (header, nonce, ciphertext) = split(&sealed.bytes).ok_or_else(malformed)?;
        let key = str::from_utf8(&header[2..]).map_err(|_| malformed())?;
        let Some((_, cipher)) = self.ciphers.iter().find(|(id, _)| id == key) else {
            let (place, key) = (name(), key.to_owned());
            return Err(OpenError::UnknownKey { place, key });
        };
        let payload = Payload {
            msg: ciphertext,
            aad: &place::<C>(header, row),
        };
        let text = cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| OpenError::Refused(name()))?;
        let text = str::from_utf8(&text).map_err(|_| malformed())?;
        C::parse(text).ok_or_else(malformed)
    }

    /// Encrypts values of one column again, with the current key: each row with its old and its new value. One that cannot
    /// be decrypted is logged and left out.
    pub fn reseal<C: SealedColumn>(
        &self,
        values: Vec<(C::Row, Sealed<C>)>,
    ) -> Vec<(C::Row, Sealed<C>, Sealed<C>)> {
        let reseal = |(row, old)| match self.open(&row, &old) {
            Ok(value) => {
                let new = self.seal(&row, &value);
                Some((row, old, new))
            }
            Err(error) => {
                tracing::error!(%row, %error, "cannot re-encrypt a value");
                None
            }
        };
        values.into_iter().filter_map(reseal).collect()
    }

    /// The id of the current key.
    pub fn current_key(&self) -> &str {
        &self.ciphers[0].0
    }

    /// The prefix of all values under the current key, and the smallest bytes after all of them. In the database,
    /// `column >= first AND column < after` finds these values; all others must be re-encrypted.
    pub fn current_range(&self) -> (Vec<u8>, Vec<u8>) {
        let first = header(self.current_key());
        let mut after = first.clone();
        if let Some(last) = after.last_mut() {
            // An id is ASCII, so there is a byte after each of it.
            *last += 1;
        }
        (first, after)
    }
}

/// The bytes before the nonce of a value under this key.
fn header(key: &str) -> Vec<u8> {
    let mut header = vec![VERSION, u8::try_from(key.len()).unwrap_or(u8::MAX)];
    header.extend(key.as_bytes());
    header
}

/// The parts of a stored value: header, nonce, ciphertext.
fn split(bytes: &[u8]) -> Option<(&[u8], [u8; NONCE], &[u8])> {
    let [VERSION, length, ..] = bytes else {
        return None;
    };
    let (header, rest) = bytes.split_at_checked(2 + usize::from(*length))?;
    let (nonce, ciphertext) = rest.split_first_chunk()?;
    Some((header, *nonce, ciphertext))
}

/// The associated data. Each part has its length, so that no two places have the same bytes.
fn place<C: SealedColumn>(header: &[u8], row: &C::Row) -> Vec<u8> {
    let row = row.to_string();
    let parts = [
        header,
        C::TABLE.as_bytes(),
        C::COLUMN.as_bytes(),
        row.as_bytes(),
    ];
    let mut place = Vec::new();
    for part in parts {
        place.extend((part.len() as u64).to_le_bytes());
        place.extend(part);
    }
    place
}
