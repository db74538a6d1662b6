//! Flash messages, which are shown once, on the page after a redirect.

use std::time::Duration;

use axum::{http::header::LOCATION, response::Response};
use stack_web::cookies::Cookies;

use crate::http::cookies::{FLASH, FLASH_PAGE};

/// How long a message waits for its page.
const LIFETIME: Duration = Duration::from_secs(60);

/// A flash message. The cookie has only its key, so nobody can forge the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flash {
    /// After a registration.
    Welcome,
    /// After a log-in.
    LoggedIn,
    /// After a log-out.
    LoggedOut,
    /// The e-mail address was changed.
    EmailChanged,
    /// A record was created or updated.
    Saved,
    /// A record was deleted.
    Deleted,
{%- if phone %}
    /// The phone number was stored.
    PhoneSaved,
    /// The phone number was removed.
    PhoneRemoved,
{%- endif %}
    /// Other sessions were ended.
    SessionEnded,
    /// The password was changed.
    PasswordChanged,
{%- if oidc %}
    /// An account at the provider was connected.
    Connected,
    /// An account at the provider was disconnected.
    Disconnected,
{%- endif %}
{%- if teams %}
    /// An invitation was sent.
    Invited,
    /// The user has joined a team.
    Joined,
{%- endif %}
    /// The account was deleted.
    AccountDeleted,
}

impl Flash {
    const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Welcome, "welcome", "Welcome! Your account is ready."),
        (Self::LoggedIn, "logged-in", "Welcome back!"),
        (Self::LoggedOut, "logged-out", "You are logged out."),
        (
            Self::EmailChanged,
            "email-changed",
            "Your e-mail address was changed.",
        ),
        (Self::Saved, "saved", "Your changes were saved."),
        (Self::Deleted, "deleted", "The entry was deleted."),
{%- if phone %}
        (
            Self::PhoneSaved,
            "phone-saved",
            "Your phone number was saved.",
        ),
        (
            Self::PhoneRemoved,
            "phone-removed",
            "Your phone number was removed.",
        ),
{%- endif %}
        (
            Self::SessionEnded,
            "session-ended",
            "It is logged out there.",
        ),
        (
            Self::PasswordChanged,
            "password-changed",
            "Your password was changed.",
        ),
{%- if oidc %}
        (Self::Connected, "connected", "You can log in with it now."),
        (
            Self::Disconnected,
            "disconnected",
            "You cannot log in with it any more.",
        ),
{%- endif %}
{%- if teams %}
        (Self::Invited, "invited", "The invitation was sent."),
        (Self::Joined, "joined", "You belong to the team now."),
{%- endif %}
        (
            Self::AccountDeleted,
            "account-deleted",
            "Your account was deleted.",
        ),
    ];

    /// The text of the message.
    pub fn text(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(flash, ..)| *flash == self)
            .map_or("", |(.., text)| text)
    }

    /// Adds the cookie that shows the message on the next page.
    #[must_use]
    pub fn add_to(self, cookies: Cookies) -> Cookies {
        let key = Self::ALL
            .iter()
            .find(|(flash, ..)| *flash == self)
            .map_or("", |(_, key, _)| key);
        cookies.set(FLASH, key, Some(LIFETIME))
    }

    /// The message of the cookie, if there is one for the page at this path.
    pub(super) fn from_cookies(cookies: &Cookies, path: &str) -> Option<Self> {
        let value = cookies.get(FLASH)?;
        if cookies.get(FLASH_PAGE)? != page(path) {
            return None;
        }
        Self::ALL
            .iter()
            .find(|(_, key, _)| *key == value)
            .map(|(flash, ..)| *flash)
    }
}

/// What a response does to the message of a request, or to its own: a redirect keeps it for the page that it leads to,
/// since another window may load something meanwhile; a page has shown it.
pub(super) fn update(cookies: Cookies, shown: Option<Flash>, response: &Response) -> Cookies {
    let target = response
        .headers()
        .get(LOCATION)
        .and_then(|target| target.to_str().ok());
    match target {
        Some(target) if shown.is_some() || cookies.is_set_by(response, FLASH) => {
            cookies.set(FLASH_PAGE, page(target), Some(LIFETIME))
        }
        None if shown.is_some() => cookies.remove(FLASH).remove(FLASH_PAGE),
        _ => cookies,
    }
}

/// The path of an address, as it can stand in a cookie.
fn page(address: &str) -> String {
    let path = address.chars().take_while(|c| !"?#".contains(*c));
    let safe = path.map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    safe.take(100).collect()
}
