//! The cookies of this application.

use percent_encoding::percent_decode_str;
use stack_web::cookies::Cookies;

use crate::models::SessionToken;

/// The token of the session.
pub const SESSION: &str = "session";
/// A random value of a visitor who is not logged in; the signed state of their pages is bound to it.
pub const VISITOR: &str = "visitor";
/// The flash message for the next page.
pub const FLASH: &str = "flash";
/// The page that shows it.
pub const FLASH_PAGE: &str = "flash_page";

/// The token of the session cookie. Such a session need not exist.
pub fn session_token(cookies: &Cookies) -> Option<SessionToken> {
    cookies.get(SESSION).and_then(SessionToken::parse)
}

/// The visitor's time zone, such as `Europe/Berlin`. The client script sets this cookie, so it is untrusted input.
pub fn time_zone(cookies: &Cookies) -> Option<String> {
    let zone = percent_decode_str(cookies.of_script("tz")?)
        .decode_utf8()
        .ok()?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    (zone.len() <= 64 && zone.bytes().all(is_allowed)).then(|| zone.into_owned())
}
