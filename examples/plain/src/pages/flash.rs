//! Messages that are shown once, on the page after a redirect.

use std::time::Duration;

use stack_web::cookies::Cookies;

use crate::http::cookies::FLASH;

/// What there is to say. The cookie holds only which of these it is, so nobody can put words on our pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flash {
    /// An account was made.
    Welcome,
    /// Somebody logged in.
    LoggedIn,
    /// Somebody logged out.
    LoggedOut,
    /// Something was written.
    Saved,
    /// Something was deleted.
    Deleted,
    /// A phone number was stored.
    PhoneSaved,
    /// A phone number was removed.
    PhoneRemoved,
}

impl Flash {
    const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Welcome, "welcome", "Welcome! Your account is ready."),
        (Self::LoggedIn, "logged-in", "Good to see you again."),
        (Self::LoggedOut, "logged-out", "You are logged out."),
        (Self::Saved, "saved", "It is saved."),
        (Self::Deleted, "deleted", "It is deleted."),
        (Self::PhoneSaved, "phone-saved", "Your number is saved."),
        (
            Self::PhoneRemoved,
            "phone-removed",
            "Your number is removed.",
        ),
    ];

    /// The message.
    pub fn text(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(flash, ..)| *flash == self)
            .map_or("", |(.., text)| text)
    }

    /// Adds the cookie that shows the message on the next page.
    pub fn put(self, cookies: Cookies) -> Cookies {
        let key = Self::ALL
            .iter()
            .find(|(flash, ..)| *flash == self)
            .map_or("", |(_, key, _)| key);
        cookies.set(FLASH, key, Some(Duration::from_secs(60)))
    }

    pub(super) fn read(cookies: &Cookies) -> Option<Self> {
        let value = cookies.get(FLASH)?;
        Self::ALL
            .iter()
            .find(|(_, key, _)| *key == value)
            .map(|(flash, ..)| *flash)
    }
}
