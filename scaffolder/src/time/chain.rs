//! The committed file of a person's time: each line signed, and carrying the digest of the line before it.
//!
//! ```text
//! {"heavy-time":1,"author":"Ada <ada@example.org>","chain":"9f…","begun":"2026-11-27T…","key":"3d…","sig":"…"}
//! {"n":1,"from":"2026-11-27T08:10:00Z","to":"2026-11-27T09:02:00Z","prev":"a1…","sig":"…"}
//! ```
//!
//! The signature (Ed25519, by the key of the first line) is over what the rest of the line says, the chain's name and `prev`.
//! So a line that was edited, put elsewhere or taken from another file is found, and so is a hole. What it cannot know is
//! whether the person told the truth, and whether lines were cut off at the end; the file's history in git knows the latter.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::span::Span;
use super::{moment, stored};

mod check;

pub use check::{Checked, Finding, check, since_committed};

/// The version of the format.
const FORMAT: u32 = 1;

/// A person's key.
#[derive(Debug)]
pub struct Key(Ed25519KeyPair);

impl Key {
    /// The key that these 32 secret bytes make; nothing if they are not as many.
    #[must_use]
    pub fn of(secret: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(secret).ok().map(Self)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> String {
        hex::encode(self.0.public_key())
    }

    fn sign(&self, text: &str) -> String {
        hex::encode(self.0.sign(text.as_bytes()))
    }
}

/// The first line.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    #[serde(rename = "heavy-time")]
    format: u32,
    /// Whose time it is, as git names people.
    pub author: String,
    /// The chain's name; no other file has it.
    pub chain: String,
    /// When it was begun.
    pub begun: String,
    /// The public key that all lines are signed with.
    pub key: String,
    sig: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    n: u64,
    from: String,
    to: String,
    prev: String,
    sig: String,
}

impl Header {
    /// Its signature: the same in two files only if one of them is a copy.
    #[must_use]
    pub fn sig(&self) -> &str {
        &self.sig
    }

    fn signed(&self) -> String {
        // As JSON, so that no two headers run into the same text.
        serde_json::json!(["heavy-time", self.format, self.author, self.chain, self.begun, self.key]).to_string()
    }
}

impl Entry {
    fn signed(&self, chain: &str) -> String {
        serde_json::json!(["heavy-time-entry", chain, self.n, self.from, self.to, self.prev]).to_string()
    }

    fn span(&self) -> Option<Span> {
        Span::new(moment(&self.from)?, moment(&self.to)?)
    }
}

/// A whole file, every line of it proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    header: Header,
    text: String,
    spans: Vec<Span>,
}

impl Chain {
    /// A chain without entries.
    #[must_use]
    pub fn begin(author: &str, name: &str, now: i64, key: &Key) -> Self {
        let mut header = Header {
            format: FORMAT,
            author: author.to_owned(),
            chain: name.to_owned(),
            begun: stored(now),
            key: key.public(),
            sig: String::new(),
        };
        header.sig = key.sign(&header.signed());
        Self { text: json(&header) + "\n", header, spans: Vec::new() }
    }

    /// A file as a chain.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8], now: i64) -> Result<Self, Vec<Finding>> {
        let checked = check(bytes, now);
        match (checked.header, std::str::from_utf8(bytes)) {
            (Some(header), Ok(text)) if checked.findings.is_empty() => {
                Ok(Self { header, text: text.to_owned(), spans: checked.spans })
            }
            _ => Err(checked.findings),
        }
    }

    /// Adds a span, signed with the chain's own key.
    pub fn append(&mut self, span: Span, key: &Key) {
        let mut entry = Entry {
            n: self.spans.len() as u64 + 1,
            from: stored(span.from()),
            to: stored(span.to()),
            prev: digest(self.text.lines().last().unwrap_or_default()),
            sig: String::new(),
        };
        entry.sig = key.sign(&entry.signed(&self.header.chain));
        self.text += &json(&entry);
        self.text += "\n";
        self.spans.push(span);
    }

    /// The first line.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The file.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its time, in the order of its lines.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The digest of a line, without its end.
fn digest(line: &str) -> String {
    hex::encode(Sha256::digest(line.as_bytes()))
}

/// Whether `sig` is this key's signature of the text.
fn is_signed(key: &str, text: &str, sig: &str) -> bool {
    let (Ok(key), Ok(bytes)) = (hex::decode(key), hex::decode(sig)) else { return false };
    // Written in capitals it would be another line with the same signature.
    hex::encode(&bytes) == sig && UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &bytes).is_ok()
}

#[cfg(test)]
mod tests;
