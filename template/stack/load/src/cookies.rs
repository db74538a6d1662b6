//! The cookies of one user.

use cookie_store::{Cookie, CookieStore};
use url::Url;

/// Bytes of a cookie with its attributes, as many as a browser has to keep at least: RFC 6265, section 6.1.
const MAX_COOKIE_BYTES: usize = 4096;
/// Cookies of a user. RFC 6265 asks for at least 50, and most browsers keep some more.
const MAX_COOKIES: usize = 100;

/// Cookies of the site that is loaded.
///
/// They are kept as those of an `https` site: a `Secure` one is sent as well, since the application stands behind a proxy that
/// ends TLS.
#[derive(Clone, Debug)]
pub(crate) struct Cookies {
    site: Url,
    store: CookieStore,
}

impl Cookies {
    /// No cookies of this site yet.
    pub(crate) fn new(site: &Url) -> Self {
        let mut site = site.clone();
        // Only a URL without a host would refuse.
        site.set_scheme("https").ok();
        Self {
            site,
            store: CookieStore::default(),
        }
    }

    /// Stores a `Set-Cookie` header of the response for `target`. Ignored are what is not a cookie, as in a browser, what is
    /// too long, and what is one too many.
    pub(crate) fn store(&mut self, header: &str, target: &str) {
        if header.len() > MAX_COOKIE_BYTES {
            return;
        }
        let Ok(url) = self.site.join(target) else {
            return;
        };
        if let Ok(cookie) = Cookie::parse(header, &url)
            && self.has_room_for(&cookie)
        {
            self.store.insert(cookie.into_owned(), &url).ok();
        }
    }

    fn has_room_for(&self, cookie: &Cookie<'_>) -> bool {
        let domain = String::from(&cookie.domain);
        self.store.iter_any().count() < MAX_COOKIES
            || self
                .store
                .contains_any(&domain, &cookie.path, cookie.name())
    }

    /// Sets one for the whole site, as a script does.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.store(&format!("{name}={value}; Path=/"), "/");
    }

    /// The `Cookie` header of a request for `target`, if there is a cookie for it.
    pub(crate) fn header(&self, target: &str) -> Option<String> {
        let url = self.site.join(target).ok()?;
        let pairs: Vec<String> = self
            .store
            .get_request_values(&url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}
