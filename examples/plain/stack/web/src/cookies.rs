//! The cookies of an application.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{
        HeaderMap, HeaderValue,
        header::{COOKIE, SET_COOKIE},
        request::Parts,
    },
    response::{IntoResponseParts, Response, ResponseParts},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

/// How the cookies of an application are named and sent.
#[derive(Clone, Copy, Debug)]
pub struct CookieSettings {
    /// The name of the project: cookies of one host are shared by all its ports, so their names carry it.
    pub project: &'static str,
    /// Whether browsers send them over TLS only. Then their names begin with `__Host-`, which makes a browser refuse one
    /// that another subdomain or an unencrypted connection tries to set.
    pub https: bool,
}

/// The cookies of a request, and in a response those that were set or removed.
#[derive(Clone, Debug)]
pub struct Cookies {
    jar: CookieJar,
    settings: CookieSettings,
}

impl Cookies {
    /// Those of a request. One that is not ASCII, which somebody else's script has set, is left out: with it the jar would
    /// take all of its header for unreadable, and the visitor would be logged out.
    fn of(headers: &HeaderMap, settings: CookieSettings) -> Self {
        let readable = |list: &HeaderValue| {
            let each = list.as_bytes().split(|byte| *byte == b';');
            let readable: Vec<&[u8]> = each.filter(|cookie| cookie.is_ascii()).collect();
            Some((COOKIE, HeaderValue::from_bytes(&readable.join(&b';')).ok()?))
        };
        let lists = headers.get_all(COOKIE).iter();
        let headers = lists.filter_map(readable).collect();
        Self {
            jar: CookieJar::from_headers(&headers),
            settings,
        }
    }

    /// The value of the cookie `name`, if the client has sent it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.value(&self.full_name(name))
    }

    /// The value of a cookie that a script of a page has set: its name has the prefix if there is TLS, but not the project.
    pub fn of_script(&self, name: &str) -> Option<&str> {
        self.value(&format!("{}{name}", self.prefix()))
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.jar.get(name).map(Cookie::value)
    }

    /// Sets a cookie: no script can read it, and forms of other sites do not send it. Without `lifetime` it goes when
    /// the browser closes. `value` is made of letters, digits, `-` and `_`.
    #[must_use]
    pub fn set(self, name: &str, value: impl Into<String>, lifetime: Option<Duration>) -> Self {
        let mut cookie = self.cookie(name, value.into());
        cookie.set_max_age(lifetime.and_then(|lifetime| lifetime.try_into().ok()));
        let jar = self.jar.add(cookie);
        Self { jar, ..self }
    }

    /// Removes a cookie, whether or not the client has sent it.
    #[must_use]
    pub fn remove(self, name: &str) -> Self {
        let mut cookie = self.cookie(name, String::new());
        cookie.make_removal();
        let jar = self.jar.add(cookie);
        Self { jar, ..self }
    }

    /// Whether a response sets the cookie `name`.
    pub fn is_set_by(&self, response: &Response, name: &str) -> bool {
        let start = format!("{}=", self.full_name(name));
        let mut set = response.headers().get_all(SET_COOKIE).iter();
        set.any(|cookie| cookie.as_bytes().starts_with(start.as_bytes()))
    }

    fn cookie(&self, name: &str, value: String) -> Cookie<'static> {
        Cookie::build((self.full_name(name), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.settings.https)
            .build()
    }

    fn full_name(&self, name: &str) -> String {
        format!("{}{}_{name}", self.prefix(), self.settings.project)
    }

    fn prefix(&self) -> &'static str {
        if self.settings.https { "__Host-" } else { "" }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Cookies
where
    CookieSettings: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, CookieSettings::from_ref(state)))
    }
}

impl IntoResponseParts for Cookies {
    type Error = Infallible;

    fn into_response_parts(self, response: ResponseParts) -> Result<ResponseParts, Infallible> {
        self.jar.into_response_parts(response)
    }
}
