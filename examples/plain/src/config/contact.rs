//! Where to report a vulnerability.

use std::{fmt, str::FromStr};

/// An address of the Web or for mail, as `/.well-known/security.txt` wants it.
#[derive(Clone, Debug)]
pub struct SecurityContact(String);

impl FromStr for SecurityContact {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_uri = ["https://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
        // It is one line of the file.
        match is_uri && !text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            true => Ok(Self(text.to_owned())),
            false => Err("is not an address"),
        }
    }
}

impl fmt::Display for SecurityContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
