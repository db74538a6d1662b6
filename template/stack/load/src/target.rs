//! What may be loaded: this machine, or another one with `--i-own`.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use crate::Error;

/// Where an application is: scheme, host and port of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    /// The origin of a URL. Its path does not count: the recording says what is requested.
    ///
    /// # Errors
    /// If it is not an `http` or `https` URL.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let invalid = |why: &str| Error::new(format!("`{url}` cannot be loaded: {why}"));
        let parsed = Url::parse(url).map_err(|error| invalid(&error.to_string()))?;
        if !["http", "https"].contains(&parsed.scheme()) {
            return Err(invalid("it does not begin with `http://` or `https://`"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(invalid("it has a user name"));
        }
        let mut origin = parsed;
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        Ok(Self(origin))
    }

    /// Name or address, without brackets.
    pub fn host(&self) -> String {
        match self.0.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(80)
    }

    /// As in the header `Host`.
    pub fn authority(&self) -> String {
        self.0.authority().to_owned()
    }

    /// As in the header `Origin`.
    pub fn text(&self) -> String {
        format!("{}://{}", self.0.scheme(), self.authority())
    }

    /// The origin with the path `/`.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The address to connect to, out of those that the name has: all of them must be loopback addresses, unless `own` is
    /// this very origin. The name is resolved once, so that it cannot lead elsewhere later.
    ///
    /// # Errors
    /// If it may not be loaded.
    pub fn allowed_address(
        &self,
        addresses: &[SocketAddr],
        own: Option<&str>,
    ) -> Result<SocketAddr, Error> {
        let own = own.map(Self::parse).transpose()?;
        let url = self.text();
        if let Some(own) = &own
            && own != self
        {
            let text =
                format!("`--i-own` names another origin than `{url}`, which is to be loaded");
            return Err(
                Error::new(text).hint(format!("`--url {url} --i-own {url}`, if it is yours"))
            );
        }
        let is_local = !addresses.is_empty() && addresses.iter().all(|it| is_loopback(it.ip()));
        if own.is_none() && !is_local {
            let text = format!(
                "`{url}` is not this machine, and a load test of somebody else's machine is an attack"
            );
            return Err(
                Error::new(text).hint(format!("if it is yours: `--url {url} --i-own {url}`"))
            );
        }
        let address = addresses.first().copied();
        address.ok_or_else(|| Error::new(format!("`{}` has no address", self.host())))
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
