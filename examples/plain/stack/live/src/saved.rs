//! The state of a page, as it travels to the browser and back: JSON that anybody can read and only we can write.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::Sha256;

/// What a page needs to continue: in another process, or in this one after the connection broke.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SavedState {
    /// Until when it is valid, in seconds since 1970.
    #[serde(rename = "x")]
    pub expires: u64,
    /// The visitor's time zone that the HTML was written for.
    #[serde(rename = "z", default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The message that the page shows.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub flash: Option<super::Flash>,
    /// By a component's path: the fingerprint of its hooks, then what `use_state` holds, in order.
    #[serde(rename = "c", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<String, Vec<Box<RawValue>>>,
}

/// Signs with the first key, accepts all of them: keys can be exchanged without anybody losing a page.
#[derive(Clone)]
pub(crate) struct Signer {
    keys: Vec<[u8; 32]>,
}

/// What a state belongs to; for any other visitor or path it is not valid.
#[derive(Clone, Copy)]
pub(crate) struct StateBinding<'a> {
    /// A secret of the visitor's session.
    pub visitor: &'a str,
    /// The path of the page.
    pub path: &'a str,
}

/// Bytes of a MAC: 128 bits are out of reach for guessing.
const MAC: usize = 16;

impl Signer {
    pub(crate) fn new(keys: Vec<[u8; 32]>) -> Self {
        Self { keys }
    }

    /// The MAC of `state`.
    pub(crate) fn sign(&self, binding: StateBinding<'_>, state: &str) -> String {
        let key = self.keys.first().map_or(&[0; 32], |key| key);
        Base64UrlUnpadded::encode_string(&mac(key, binding, state).finalize().into_bytes()[..MAC])
    }

    /// The state in `text`, if we have signed it for this visitor and path, it has not expired and fits in `limit`
    /// bytes. Why it is refused is not told: that would only help to forge one.
    pub(crate) fn open(
        &self,
        binding: StateBinding<'_>,
        text: &str,
        mac_text: &str,
        limit: usize,
    ) -> Option<SavedState> {
        if text.len() > limit || !self.is_signed(binding, text, mac_text) {
            return None;
        }
        let saved: SavedState = serde_json::from_str(text).ok()?;
        (saved.expires > now()).then_some(saved)
    }

    /// Whether we have signed `text` for this visitor and path.
    pub(crate) fn is_signed(&self, binding: StateBinding<'_>, text: &str, mac_text: &str) -> bool {
        let Ok(sent) = Base64UrlUnpadded::decode_vec(mac_text) else {
            return false;
        };
        let mut keys = self.keys.iter();
        sent.len() == MAC
            && keys.any(|key| mac(key, binding, text).verify_truncated_left(&sent).is_ok())
    }
}

fn mac(key: &[u8; 32], binding: StateBinding<'_>, text: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key will do");
    // Lengths first, so that no two bindings read the same.
    for part in ["live state 1", binding.visitor, binding.path, text] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

/// Seconds since 1970 after `lifetime`.
pub(crate) fn expiry(lifetime: Duration) -> u64 {
    now() + lifetime.as_secs()
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
