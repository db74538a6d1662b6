//! The address that the application has for its visitors.

use std::{
    str::FromStr,
    sync::{Arc, OnceLock},
};

/// The origin of the site, for links outside of its pages, such as those in mails.
///
/// It is a setting and never the `Host` of a request, which the client chooses: somebody who asks for a stranger's new
/// password must not choose where the link in the mail leads. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct SiteUrl(Arc<OnceLock<String>>);

impl SiteUrl {
    /// The origin to use if none was set, once it is known where the application listens.
    pub fn set_default(&self, origin: String) {
        self.0.get_or_init(|| origin);
    }

    /// The URL of a path of this site, such as `/login`.
    pub fn join(&self, path: &str) -> String {
        let origin = self.0.get().map_or("http://localhost:3000", String::as_str);
        format!("{origin}{path}")
    }
}

impl FromStr for SiteUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let origin = text.strip_suffix('/').unwrap_or(text);
        let host = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        match host {
            Some(host) if !host.is_empty() && host.bytes().all(allowed) => {
                Ok(Self(Arc::new(OnceLock::from(origin.to_owned()))))
            }
            _ => Err(()),
        }
    }
}
