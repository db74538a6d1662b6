//! A device with passkeys, in software: it makes keys and signs challenges as the Web Authentication standard says.

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stack_web::random;

/// The user is there, and the device has verified who it is.
const PRESENT_AND_VERIFIED: u8 = 0b0000_0101;
/// A new key follows.
const WITH_KEY: u8 = 0b0100_0000;

/// A device with one passkey.
pub struct Authenticator {
    /// Where its browser is.
    pub origin: String,
    /// What the device says of itself.
    pub flags: u8,
    key: SigningKey,
    credential_id: [u8; 16],
    user_handle: String,
    counter: u32,
}

impl Authenticator {
    /// A device without a passkey yet.
    pub fn new() -> Self {
        Self {
            origin: "http://localhost:3000".to_owned(),
            flags: PRESENT_AND_VERIFIED,
            key: SigningKey::from_slice(&random::bytes::<32>()).expect("a key"),
            credential_id: random::bytes(),
            user_handle: String::new(),
            counter: 0,
        }
    }

    /// Makes the passkey that `options` ask for, and returns the answer of the browser.
    pub fn create(&mut self, options: &Value) -> String {
        let options = &options["publicKey"];
        self.user_handle = text(&options["user"]["id"]);
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let mut data = self.authenticator_data(&options["rp"]["id"], self.flags | WITH_KEY);
        data.extend([0; 16]);
        data.extend(16_u16.to_be_bytes());
        data.extend(self.credential_id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).expect("short data"));
        object.extend(data);
        self.answer(json!({
            "attestationObject": encode(&object),
            "clientDataJSON": encode(client_data.as_bytes()),
        }))
    }

    /// Signs the challenge of `options`, and returns the answer of the browser.
    pub fn get(&mut self, options: &Value) -> String {
        self.counter += 1;
        let options = &options["publicKey"];
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let data = self.authenticator_data(&options["rpId"], self.flags);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&client_data));
        let signature: Signature = self.key.sign(&signed);
        self.answer(json!({
            "authenticatorData": encode(&data),
            "clientDataJSON": encode(client_data.as_bytes()),
            "signature": encode(signature.to_der().as_bytes()),
            "userHandle": self.user_handle,
        }))
    }

    /// Sets the counter back, as on a copy of the device that was made before.
    pub fn set_back(&mut self) {
        self.counter = 0;
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> String {
        let origin = &self.origin;
        json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
            .to_string()
    }

    fn authenticator_data(&self, relying_party: &Value, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(text(relying_party)).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// {kty: EC2, alg: ES256, crv: P-256, x, y} in CBOR.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(x);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(y);
        key
    }

    fn answer(&self, response: Value) -> String {
        let id = encode(&self.credential_id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
