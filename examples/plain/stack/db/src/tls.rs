//! Whether a connection needs a verified certificate.

use std::net::IpAddr;

use sqlx::postgres::PgConnectOptions;

/// Whether the URL or `PGSSLMODE` says how much of TLS is wanted.
pub(crate) fn is_chosen(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut names = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default());
    names.any(|name| ["sslmode", "ssl-mode"].contains(&name))
        || std::env::var_os("PGSSLMODE").is_some_and(|mode| !mode.is_empty())
}

/// Whether nothing of the connection leaves this machine.
pub(crate) fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    options.get_socket().is_some()
        || host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}
