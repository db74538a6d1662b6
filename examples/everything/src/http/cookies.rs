//! The cookies of this application.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The token of somebody's session.
    Session,
    /// A random value of somebody who is not logged in, for the tokens of forms.
    Visitor,
    /// A message for the next page.
    Flash,
}

impl Cookie {
    /// Cookies of one host are shared by all its ports, so the names carry the project's. `__Host-` makes the
    /// browser refuse a cookie that another subdomain or an unencrypted connection tries to set.
    fn name(self, production: bool) -> &'static str {
        match (self, production) {
            (Self::Session, false) => concat!(env!("CARGO_PKG_NAME"), "_session"),
            (Self::Session, true) => concat!("__Host-", env!("CARGO_PKG_NAME"), "_session"),
            (Self::Visitor, false) => concat!(env!("CARGO_PKG_NAME"), "_visitor"),
            (Self::Visitor, true) => concat!("__Host-", env!("CARGO_PKG_NAME"), "_visitor"),
            (Self::Flash, false) => concat!(env!("CARGO_PKG_NAME"), "_flash"),
            (Self::Flash, true) => concat!("__Host-", env!("CARGO_PKG_NAME"), "_flash"),
        }
    }

    /// The value that the client sent.
    pub fn read(self, headers: &HeaderMap, production: bool) -> Option<&str> {
        let name = self.name(production);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .find_map(|cookie| cookie.trim().strip_prefix(name)?.strip_prefix('='))
    }

    /// A `Set-Cookie` header: no script can read the cookie, and forms of other sites do not send it. Without
    /// `lifetime` it goes when the browser closes.
    ///
    /// # Panics
    /// If `value` is not made of letters, digits, `-` and `_`.
    pub fn set(self, value: &str, lifetime: Option<Duration>, production: bool) -> HeaderValue {
        let name = self.name(production);
        let lifetime = lifetime.map_or(String::new(), |age| format!("; Max-Age={}", age.as_secs()));
        let secure = if production { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{lifetime}{secure}");
        HeaderValue::try_from(cookie).expect("cookies hold letters, digits, `-` and `_`")
    }

    /// A `Set-Cookie` header that removes the cookie.
    pub fn remove(self, production: bool) -> HeaderValue {
        self.set("", Some(Duration::ZERO), production)
    }
}

/// The name of the visitor's time zone: not ours, but left by the script of live pages, so nobody vouches for it.
pub fn time_zone(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let cookies = cookies.filter_map(|cookies| cookies.to_str().ok());
    let zone = cookies
        .flat_map(|cookies| cookies.split(';'))
        .find_map(|cookie| cookie.trim().strip_prefix("tz="))?;
    let zone = zone.replace("%2F", "/");
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    (zone.len() <= 64 && zone.bytes().all(harmless)).then_some(zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_cookies_are_bound_to_the_host_and_to_tls() {
        let cookie = Cookie::Session.set("abc", Some(Duration::from_secs(60)), true);
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for attribute in [
            "; Path=/",
            "; HttpOnly",
            "; SameSite=Lax",
            "; Max-Age=60",
            "; Secure",
        ] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(
            !Cookie::Session
                .set("abc", None, false)
                .to_str()
                .unwrap()
                .contains("Secure")
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let name = Cookie::Session.name(false);
        let value = format!("x{name}=1; {name}2=2; {name}=3; other=4");
        let headers = HeaderMap::from_iter([(header::COOKIE, value.parse().unwrap())]);
        assert_eq!(Cookie::Session.read(&headers, false), Some("3"));
        assert_eq!(Cookie::Flash.read(&headers, false), None);
    }
}
