//! The client's address on the network.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

/// How many reverse proxies stand in front of the application, each of which adds an entry to `X-Forwarded-For`.
#[derive(Clone, Copy, Debug)]
pub struct TrustedProxies(pub usize);

/// Where a request comes from.
///
/// Behind reverse proxies (`TRUSTED_PROXIES`) the connection is the last proxy's, and each has added the address
/// it saw to the end of `X-Forwarded-For`. Only that many entries from the end are believed: the rest is whatever
/// the client wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for ClientIp
where
    TrustedProxies: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| {
            peer.0.ip().to_canonical()
        });
        let forwarded = forwarded(&parts.headers, TrustedProxies::from_ref(state).0);
        Ok(Self(forwarded.unwrap_or(peer)))
    }
}

fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let nth = proxies.checked_sub(1)?;
    let lists = headers.get_all("x-forwarded-for").iter();
    let entries: Vec<&[u8]> = lists
        .flat_map(|list| list.as_bytes().split(|byte| *byte == b','))
        .collect();
    address(entries.into_iter().rev().nth(nth)?)
}

/// Reads an address: `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`, also with a port after it. An IPv4 address is the same
/// one if it is written as IPv6.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let entry = str::from_utf8(entry).ok()?.trim();
    let bare = entry
        .strip_prefix('[')
        .and_then(|entry| entry.strip_suffix(']'));
    let with_port = || Some(entry.parse::<SocketAddr>().ok()?.ip());
    let address = bare.unwrap_or(entry).parse().ok().or_else(with_port)?;
    Some(address.to_canonical())
}
