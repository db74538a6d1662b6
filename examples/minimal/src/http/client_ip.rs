//! The client's address on the network.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::app::AppState;

/// Where a request comes from.
///
/// Behind reverse proxies (`TRUSTED_PROXIES`) the connection is the last proxy's, and each has added the address
/// it saw to the end of `X-Forwarded-For`. Only that many entries from the end are believed: the rest is whatever
/// the client wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl FromRequestParts<AppState> for ClientIp {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let forwarded = forwarded(&parts.headers, state.config.trusted_proxies);
        Ok(Self(forwarded.unwrap_or(peer)))
    }
}

fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let nth = proxies.checked_sub(1)?;
    let lists = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|list| list.to_str().ok());
    let entries: Vec<&str> = lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .collect();
    entries.into_iter().rev().nth(nth)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_added_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append(
            "x-forwarded-for",
            HeaderValue::from_static("1.1.1.1, 2.2.2.2"),
        );
        headers.append("x-forwarded-for", HeaderValue::from_static("3.3.3.3"));
        assert_eq!(forwarded(&headers, 0), None);
        assert_eq!(forwarded(&headers, 1), "3.3.3.3".parse().ok());
        assert_eq!(forwarded(&headers, 2), "2.2.2.2".parse().ok());
        assert_eq!(forwarded(&headers, 4), None);
    }
}
