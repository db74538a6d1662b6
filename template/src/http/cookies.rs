//! The cookies of this application.

use percent_encoding::percent_decode_str;
use stack_web::cookies::Cookies;
{%- if teams %}

use crate::models::{InvitationToken, SessionToken, TeamId, UserId};
{%- else %}

use crate::models::SessionToken;
{%- endif %}

/// The token of the session.
pub const SESSION: &str = "session";
/// A random value of a visitor who is not logged in; the signed state of their pages is bound to it.
pub const VISITOR: &str = "visitor";
/// The flash message for the next page.
pub const FLASH: &str = "flash";
/// The page that shows it.
pub const FLASH_PAGE: &str = "flash_page";
{%- if teams %}
/// The user, and the team in which they work.
pub const TEAM: &str = "team";
/// The token of the invitation that the visitor goes on with after the log-in.
pub const INVITATION: &str = "invitation";

/// The value of the cookie [`TEAM`].
pub fn team_value(user: UserId, team: TeamId) -> String {
    format!("{user}_{team}")
}

/// The team in which the user works: that of the cookie, if it is theirs, or the one that they have to themselves. They need
/// not belong to it any more.
pub fn team(cookies: &Cookies, user: UserId) -> TeamId {
    let chosen = cookies.get(TEAM).and_then(|value| value.split_once('_'));
    let chosen = chosen.filter(|(of, _)| *of == user.to_string());
    let chosen = chosen.and_then(|(_, team)| team.parse().ok());
    chosen.unwrap_or_else(|| TeamId::personal(user))
}

/// The page of the invitation that the visitor goes on with after the log-in.
pub fn invitation_page(cookies: &Cookies) -> Option<String> {
    let token = InvitationToken::parse(cookies.get(INVITATION)?)?;
    Some(format!("/invitation?token={}", token.to_text()))
}
{%- endif %}

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
