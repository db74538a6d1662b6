//! Where a request comes from: the client's address and its browser.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use stack_web::rate_limit::network;

const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The client of a request, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// The address on the network, see [`ClientIp`](stack_web::client_ip::ClientIp); unspecified if it is unknown.
    pub address: IpAddr,
    /// The browser or program.
    pub user_agent: UserAgent,
}

impl ClientInfo {
    /// The client of a stored row; an empty text is unknown.
    pub fn from_row(address: &str, user_agent: &str) -> Self {
        Self {
            address: address.parse().unwrap_or(UNKNOWN),
            user_agent: UserAgent::new(user_agent),
        }
    }

    /// What one client can choose its address from: a single address of IPv4, 64 bits of IPv6.
    pub fn network(&self) -> IpAddr {
        network(self.address)
    }

    /// The address as it is stored: empty if it is unknown.
    pub fn address_text(&self) -> String {
        match self.address.to_canonical() {
            UNKNOWN => String::new(),
            address => address.to_string(),
        }
    }
}

impl Default for ClientInfo {
    fn default() -> Self {
        Self::from_row("", "")
    }
}

/// The header `User-Agent`: at most 256 characters, without control characters. It is written by the client, so it says
/// nothing that can be relied on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    /// Shortens `text`, and leaves out its control characters.
    pub fn new(text: &str) -> Self {
        let shown = text.chars().filter(|letter| !letter.is_control());
        Self(shown.take(256).collect())
    }

    /// The header's text, empty if there was none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Browsers by a word of their user agent, the most specific first: most claim to be several others.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Operating systems, likewise.
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// In words: `Firefox on Windows`, `Unknown browser`.
impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let find = |names: &'static [(&str, &str)]| {
            let found = names.iter().find(|(word, _)| self.0.contains(word));
            found.map(|(_, name)| *name)
        };
        f.write_str(find(BROWSERS).unwrap_or("Unknown browser"))?;
        find(SYSTEMS).map_or(Ok(()), |system| write!(f, " on {system}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_shown_as_browser_and_system() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";
        let shown = |text: &str| UserAgent::new(text).to_string();
        assert_eq!(
            shown(&format!("(Windows NT 10.0) {webkit}")),
            "Chrome on Windows"
        );
        assert_eq!(
            shown(&format!("(Windows NT 10.0) {webkit} Edg/139")),
            "Edge on Windows"
        );
        assert_eq!(
            shown("(iPhone; like Mac OS X) CriOS/139 Safari/604"),
            "Chrome on iPhone"
        );
        assert_eq!(
            shown("(X11; Linux x86_64) Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(
            shown("(Linux; Android 15) Chrome/139 Safari/537"),
            "Chrome on Android"
        );
        assert_eq!(shown("curl/8.5.0"), "curl");
        assert_eq!(shown(""), "Unknown browser");
    }

    #[test]
    fn a_user_agent_is_bounded_and_has_no_control_characters() {
        let agent = UserAgent::new(&format!("a\u{1b}[31m\0{}", "ü".repeat(300)));
        assert!(agent.as_str().starts_with("a[31mü"));
        assert_eq!(agent.as_str().chars().count(), 256);
    }

    #[test]
    fn an_address_of_ipv4_is_stored_as_such_even_if_it_was_mapped_to_ipv6() {
        let client = ClientInfo::from_row("::ffff:192.0.2.7", "");
        assert_eq!(client.address_text(), "192.0.2.7");
        assert_eq!(ClientInfo::from_row("", "").address_text(), "");
    }
}
