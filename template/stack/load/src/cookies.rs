//! The cookies of one user.

use cookie_store::CookieStore;
use url::Url;

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

    /// Stores a `Set-Cookie` header of the response for `target`. What is not a cookie is ignored, as in a browser.
    pub(crate) fn store(&mut self, header: &str, target: &str) {
        if let Ok(url) = self.site.join(target) {
            self.store.parse(header, &url).ok();
        }
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
