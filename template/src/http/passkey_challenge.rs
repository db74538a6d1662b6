//! The cookie of the challenge that a device is to sign.

use stack_web::cookies::Cookies;

use crate::{
    error::{Error, Result},
    models::ChallengeToken,
    services::accounts::passkeys::CHALLENGE_LIFETIME,
};

/// The token of a challenge.
const CHALLENGE: &str = "passkey";

/// Sets the cookie.
#[must_use]
pub fn set(cookies: Cookies, token: &ChallengeToken) -> Cookies {
    cookies.set(CHALLENGE, token.to_text(), Some(CHALLENGE_LIFETIME))
}

/// The token of the cookie, which is removed: a challenge is used once. It need not exist.
///
/// # Errors
/// [`Error::BadRequest`] if there is no such cookie.
pub fn take(cookies: Cookies) -> Result<(Cookies, ChallengeToken)> {
    let token = cookies.get(CHALLENGE).and_then(ChallengeToken::parse);
    let token = token.ok_or(Error::BadRequest(
        "the browser has sent no challenge".into(),
    ))?;
    Ok((cookies.remove(CHALLENGE), token))
}
