//! What may be loaded: this machine, or what somebody says is theirs.

use std::net::{IpAddr, SocketAddr};

use crate::Error;

/// Where an application is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Name or address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Origin {
    /// Of a URL. Only its origin counts; the recording says what is asked for.
    ///
    /// # Errors
    /// If it is none of `http`.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::new(format!("`{url}` cannot be loaded: {what}"));
        if url.starts_with("https:") {
            return Err(wrong("no TLS is spoken here").hint(
                "load the application itself, behind what ends TLS: `--url http://127.0.0.1:3000`",
            ));
        }
        let rest = url
            .strip_prefix("http://")
            .ok_or_else(|| wrong("it does not begin with `http://`"))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty()
            || authority.contains('@')
            || !authority.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(wrong("it names no host"));
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => rest
                .split_once(']')
                .ok_or_else(|| wrong("the bracket is not closed"))?,
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port
                .parse()
                .map_err(|_| wrong("its port is no number up to 65535"))?,
            None if port.is_empty() => 80,
            None => return Err(wrong("it names no host")),
        };
        if host.is_empty() {
            return Err(wrong("it names no host"));
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            port,
        })
    }

    /// As it stands in `Host` and `Origin`.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        if self.port == 80 {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }

    /// The address to connect to, out of those that the name has: all of them must be this machine's, unless somebody says
    /// that this very origin is theirs. It is looked up once, so that a name cannot lead elsewhere later.
    ///
    /// # Errors
    /// If it may not be loaded.
    pub fn permitted(
        &self,
        addresses: &[SocketAddr],
        own: Option<&str>,
    ) -> Result<SocketAddr, Error> {
        let own = own.map(Self::parse).transpose()?;
        let url = format!("http://{}", self.authority());
        if let Some(own) = &own
            && own != self
        {
            let text = format!("`--i-own` names another place than `{url}`, which is to be loaded");
            return Err(
                Error::new(text).hint(format!("`--url {url} --i-own {url}`, if it is yours"))
            );
        } else if own.is_none()
            && (addresses.is_empty() || !addresses.iter().all(|address| is_here(address.ip())))
        {
            let text = format!(
                "`{url}` is not this machine, and a load test of somebody else's is an attack"
            );
            return Err(
                Error::new(text).hint(format!("say that it is yours: `--url {url} --i-own {url}`"))
            );
        }
        addresses.first().copied().ok_or_else(|| {
            Error::new(format!(
                "`{}` is not known: no address belongs to it",
                self.host
            ))
        })
    }
}

fn is_here(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(url: &str, addresses: &[&str], own: Option<&str>) -> Result<SocketAddr, String> {
        let addresses: Vec<SocketAddr> = addresses
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), 80))
            .collect();
        let origin = Origin::parse(url).map_err(|error| error.to_string())?;
        origin
            .permitted(&addresses, own)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn this_machine_may_be_loaded_under_every_name_that_it_has() {
        assert!(may("http://127.0.0.1:3000", &["127.0.0.1"], None).is_ok());
        assert!(may("http://[::1]:3000/path", &["::1"], None).is_ok());
        assert!(may("http://localhost", &["::1", "127.0.0.1"], None).is_ok());
        assert!(may("http://mapped", &["::ffff:127.0.0.1"], None).is_ok());
    }

    #[test]
    fn another_machine_may_not_unless_somebody_says_that_it_is_theirs() {
        let url = "http://shop.example";
        for addresses in [
            &["192.0.2.1"][..],
            &["127.0.0.1", "192.0.2.1"],
            &["0.0.0.0"],
        ] {
            assert!(
                may(url, addresses, None).unwrap_err().contains("hint: "),
                "{addresses:?}"
            );
        }
        assert!(may(url, &["192.0.2.1"], Some("http://shop.example/")).is_ok());
        for other in [
            "http://shop.example:81",
            "http://other.example",
            "http://shop.example.evil.example",
        ] {
            assert!(may(url, &["192.0.2.1"], Some(other)).is_err(), "{other}");
        }
    }

    #[test]
    fn what_is_no_url_of_http_is_an_error_that_says_why() {
        for url in [
            "",
            "localhost:3000",
            "https://localhost",
            "http://",
            "http://a@b",
            "http://a:b",
            "http://:80",
            "http://[::1",
            "http://[::1]x",
        ] {
            assert!(Origin::parse(url).is_err(), "{url}");
        }
        assert_eq!(
            Origin::parse("http://LOCALHOST").unwrap().authority(),
            "localhost"
        );
    }
}
