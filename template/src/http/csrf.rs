//! Proof that a form was sent from a page of ours.
//!
//! Every form carries a token made from a secret in the visitor's cookie: that of their session, or a random one
//! before they log in. Another site can make a browser send the cookie, but it cannot read it, so it cannot make
//! the token. Nothing is stored and there is no key to configure.

use axum::{
    extract::{FromRequest, RawForm, Request, rejection::RawFormRejection},
    response::IntoResponse,
};
use hex::FromHex as _;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use stack_web::random;
use subtle::ConstantTimeEq;

use crate::{error::Error, pages::visitor::Visitor};

/// The name of the hidden field.
pub const FIELD: &str = "csrf_token";

/// Makes and checks the tokens of one visitor.
#[derive(Clone)]
pub struct Csrf {
    expected: [u8; 32],
}

impl Csrf {
    /// For the visitor whose cookie has this value.
    pub fn of_cookie(value: &str) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(value.as_bytes()).expect("any key will do");
        mac.update(b"csrf");
        Self {
            expected: mac.finalize().into_bytes().into(),
        }
    }

    /// A token for one page. Each is masked by other random bytes, so that the lengths of compressed pages do
    /// not give it away (BREACH).
    pub fn token(&self) -> String {
        self.masked(random::bytes())
    }

    /// The token of a live page: the same each time that this page is rendered, another one on the next page.
    /// `nonce` is [`Ctx::nonce`](stack_live::Ctx::nonce).
    pub fn token_of(&self, nonce: &str) -> String {
        self.masked(Sha256::digest(nonce).into())
    }

    fn masked(&self, mask: [u8; 32]) -> String {
        let masked: Vec<u8> = mask
            .iter()
            .zip(&self.expected)
            .map(|(a, b)| a ^ b)
            .collect();
        hex::encode(mask) + &hex::encode(masked)
    }

    /// Whether `token` was made for this visitor; takes as long either way.
    pub fn accepts(&self, token: &str) -> bool {
        let Ok(bytes) = <[u8; 64]>::from_hex(token) else {
            return false;
        };
        let (mask, masked) = bytes.split_at(32);
        let sent: Vec<u8> = mask.iter().zip(masked).map(|(a, b)| a ^ b).collect();
        sent.ct_eq(&self.expected).into()
    }
}

/// The fields of a form that was sent from a page of ours.
pub struct CsrfForm<T>(pub T);

#[derive(Deserialize)]
struct Token {
    csrf_token: Option<String>,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for CsrfForm<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let csrf = Visitor::of(request.extensions())?.csrf.clone();
        let form = RawForm::from_request(request, state).await;
        let RawForm(bytes) = form.map_err(|rejection| match rejection {
            RawFormRejection::BytesRejection(rejection) => rejection.into(),
            other => Error::Status(other.into_response().status()),
        })?;
        let token: Option<Token> = serde_urlencoded::from_bytes(&bytes).ok();
        let token = token.and_then(|token| token.csrf_token).unwrap_or_default();
        if !csrf.accepts(&token) {
            let why =
                "this form is too old or came from elsewhere; go back, reload it and try again";
            return Err(Error::Forbidden(why.into()));
        }
        serde_urlencoded::from_bytes(&bytes)
            .map(Self)
            .map_err(|error| Error::Unreadable(error.to_string().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_of_a_visitor_is_accepted_and_no_two_are_alike() {
        let csrf = Csrf::of_cookie("secret");
        let (one, other) = (csrf.token(), csrf.token());
        assert_ne!(one, other);
        assert!(csrf.accepts(&one) && csrf.accepts(&other));
    }

    #[test]
    fn the_token_of_another_visitor_is_refused_and_so_is_nonsense() {
        let csrf = Csrf::of_cookie("secret");
        let foreign = Csrf::of_cookie("other").token();
        for token in [
            foreign.as_str(),
            "",
            "00",
            &"0".repeat(128),
            &"z".repeat(128),
        ] {
            assert!(!csrf.accepts(token), "`{token}` was accepted");
        }
    }
}
