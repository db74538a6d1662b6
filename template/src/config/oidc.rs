//! The provider to log in with: `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET`, `OIDC_NAME`.

use std::str::FromStr;

use openidconnect::{IssuerUrl, url::Host};
use stack_web::settings::{Reader, Secret};

/// An OpenID provider that knows this application as its client.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// `OIDC_ISSUER`: the provider's identifier, below which its configuration is discovered.
    pub issuer: Issuer,
    /// `OIDC_CLIENT_ID`: what the provider calls this application.
    pub client_id: String,
    /// `OIDC_CLIENT_SECRET`: with which this application proves to the provider who it is.
    pub client_secret: Secret,
    /// `OIDC_NAME`: what people call the provider.
    pub name: String,
}

impl ProviderSettings {
    /// Reads the variables; `None` without `OIDC_ISSUER`. `has_site_url`: whether the provider can be told where to send
    /// visitors back to.
    pub(super) fn read(
        vars: &mut Reader<impl Fn(&str) -> Option<String>>,
        has_site_url: bool,
    ) -> Option<Self> {
        let form = "the `https://` URL that the provider calls its issuer";
        let issuer = vars.optional("OIDC_ISSUER", form);
        vars.text("OIDC_ISSUER")?;
        let mut required = |name: &str, why: &str| {
            let text = vars.text(name);
            if text.is_none() {
                vars.missing(name, why);
            }
            text.unwrap_or_default()
        };
        let client_id = required("OIDC_CLIENT_ID", "the provider calls this application so");
        let client_secret = required(
            "OIDC_CLIENT_SECRET",
            "the provider lets nobody log in here without it",
        );
        if !has_site_url {
            let why = "the provider sends visitors back to this address, such as `https://shop.example.com`";
            vars.missing("APP_URL", why);
        }
        let issuer: Issuer = issuer?;
        let host = || issuer.0.url().host_str().unwrap_or_default().to_owned();
        Some(Self {
            name: vars.text("OIDC_NAME").unwrap_or_else(host),
            issuer,
            client_id,
            client_secret: Secret::new(client_secret),
        })
    }
}

/// The identifier of a provider. It begins with `https://`, except on this machine: whoever reads or changes what the
/// provider says can log in as anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(pub IssuerUrl);

impl Issuer {
    /// Whether the provider is reached without TLS, on this machine.
    pub fn is_plain(&self) -> bool {
        self.0.url().scheme() == "http"
    }
}

impl FromStr for Issuer {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let issuer = IssuerUrl::new(text.to_owned()).map_err(drop)?;
        let url = issuer.url();
        let is_local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let is_allowed = url.scheme() == "https" || url.scheme() == "http" && is_local;
        if is_allowed && url.query().is_none() && url.fragment().is_none() {
            Ok(Self(issuer))
        } else {
            Err(())
        }
    }
}
