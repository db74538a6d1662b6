//! How clients get to a server: by a socket, or by TCP with a password.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// The port that names the socket file. Only the name: nothing listens on TCP there.
const SOCKET_PORT: u16 = 5432;
/// What is encoded in a URL: everything but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// A socket in the cluster's own folder, which nobody else can enter: no password.
    Socket,
    /// 127.0.0.1 with a random password, where a socket cannot be: the path is longer than a
    /// socket's may be (about 100 bytes), the file system has no sockets, or this is Windows.
    Tcp { port: u16, password: String },
}

impl Endpoint {
    /// The URL of one database of the cluster in `dir`.
    pub(super) fn url(&self, dir: &Path, database: &str) -> String {
        let database = encode(database);
        match self {
            Self::Socket => format!(
                "postgres://postgres@localhost:{SOCKET_PORT}/{database}?host={}&sslmode=disable",
                encode(&dir.to_string_lossy())
            ),
            Self::Tcp { port, password } => format!(
                "postgres://postgres:{password}@127.0.0.1:{port}/{database}?sslmode=disable"
            ),
        }
    }

    /// The lines of `postgresql.conf` for it.
    pub(super) fn settings(&self) -> String {
        match self {
            // Relative to the cluster, so that a project that is moved takes its socket along.
            Self::Socket => "listen_addresses = ''\nunix_socket_directories = '.'\n".to_owned(),
            Self::Tcp { port, .. } => format!(
                "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nport = {port}\n"
            ),
        }
    }

    /// Who may connect, as a line of `pg_hba.conf`.
    pub(super) fn access(&self) -> &'static str {
        match self {
            Self::Socket => "local all all trust\n",
            Self::Tcp { .. } => "host all all 127.0.0.1/32 scram-sha-256\n",
        }
    }
}

/// The socket's file name, which PostgreSQL makes of the port.
pub(super) fn socket_name() -> String {
    format!(".s.PGSQL.{SOCKET_PORT}")
}

/// Whether a socket can be in `dir`: the path short enough, the file system capable. Tried rather
/// than calculated, under a name of the same length as the real one.
#[cfg(unix)]
pub(super) fn socket_fits(dir: &Path) -> bool {
    let probe = dir.join(socket_name().replace("PGSQL", "probe"));
    let _ = std::fs::remove_file(&probe);
    let fits = dir.to_str().is_some() && std::os::unix::net::UnixListener::bind(&probe).is_ok();
    let _ = std::fs::remove_file(&probe);
    fits
}

#[cfg(not(unix))]
pub(super) fn socket_fits(_dir: &Path) -> bool {
    false
}

/// Percent-encodes everything that could mean something in a URL.
fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}
