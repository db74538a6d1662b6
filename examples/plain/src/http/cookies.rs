//! The cookies of this application.

use stack_web::cookies::Cookies;

use crate::models::SessionToken;

/// The token of somebody's session.
pub const SESSION: &str = "session";
/// A random value of somebody who is not logged in, to which the state of their pages is bound.
pub const VISITOR: &str = "visitor";
/// A message for the next page.
pub const FLASH: &str = "flash";

/// The token in the session cookie; says nothing yet about whether there is such a session.
pub fn session_token(cookies: &Cookies) -> Option<SessionToken> {
    cookies.get(SESSION).and_then(SessionToken::parse)
}

/// The name of the visitor's time zone: not ours, but left by the script of live pages, so nobody vouches for it.
pub fn time_zone(cookies: &Cookies) -> Option<String> {
    let zone = cookies.foreign("tz")?.replace("%2F", "/");
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    (zone.len() <= 64 && zone.bytes().all(harmless)).then_some(zone)
}
