//! Whether a password is known from a breach of some site, asked from a service that does not learn the password.
//!
//! The service is sent the first five of the forty hexadecimal digits of the password's SHA-1, and answers with the rest of
//! all that begin so, a thousand or two (k-anonymity). Its protocol is that of Pwned Passwords,
//! <https://haveibeenpwned.com/API/v3#PwnedPasswords>, which others speak, too, such as a copy of one's own.

use std::{error::Error, time::Duration};

use axum::{
    body::Bytes,
    http::{Request, StatusCode, Uri, header, uri::Scheme},
};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

/// How long the service may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The size of a response: a line has some 40 bytes.
const MAX_BODY: usize = 512 * 1024;
/// The digits that the service is sent.
const PREFIX: usize = 5;

/// Why there is no answer.
pub type LookupError = Box<dyn Error + Send + Sync>;

/// A service that knows breached passwords. Cheap to clone.
#[derive(Clone)]
pub struct BreachedPasswords {
    /// The digits are appended to it.
    url: String,
    tls: TlsConnector,
}

impl BreachedPasswords {
    /// The service at this URL, such as `https://api.pwnedpasswords.com/range/`.
    ///
    /// # Errors
    /// If it is no URL of HTTP.
    pub fn new(url: &str) -> Result<Self, LookupError> {
        let uri: Uri = url.parse()?;
        let is_http = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&uri.scheme());
        if !is_http || uri.host().is_none() || uri.query().is_some() {
            return Err("it must be a URL of HTTP without a query".into());
        }
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            url: format!("{}/", url.trim_end_matches('/')),
            tls: TlsConnector::from(std::sync::Arc::new(tls)),
        })
    }

    /// Whether the service knows the password.
    ///
    /// # Errors
    /// If there is no answer within three seconds.
    pub async fn contains(&self, password: &[u8]) -> Result<bool, LookupError> {
        let digest = hex::encode_upper(Sha1::digest(password));
        let (prefix, rest) = digest.split_at(PREFIX);
        let body = timeout(TIMEOUT, self.get(prefix)).await??;
        // `rest:count`. A count of 0 is padding.
        let mut known = str::from_utf8(&body)?
            .lines()
            .filter_map(|line| line.trim().split_once(':'));
        Ok(known.any(|(known, count)| known.eq_ignore_ascii_case(rest) && count != "0"))
    }

    async fn get(&self, prefix: &str) -> Result<Bytes, LookupError> {
        let uri: Uri = format!("{}{prefix}", self.url).parse()?;
        let host = uri.host().unwrap_or_default();
        let host = host.trim_matches(['[', ']']).to_owned();
        let is_tls = uri.scheme() == Some(&Scheme::HTTPS);
        let usual = if is_tls { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(usual);
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        if is_tls {
            let stream = self
                .tls
                .connect(ServerName::try_from(host)?, stream)
                .await?;
            exchange(stream, &uri).await
        } else {
            exchange(stream, &uri).await
        }
    }
}

/// Asks for `uri` on a connection, and follows no redirect.
async fn exchange<S>(stream: S, uri: &Uri) -> Result<Bytes, LookupError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let request = Request::get(uri.path())
        .header(header::HOST, authority)
        .header(header::USER_AGENT, "breached-passwords")
        // The size of the response should not tell which digits were sent.
        .header("add-padding", "true")
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    if response.status() != StatusCode::OK {
        return Err(format!("the service answered {}", response.status()).into());
    }
    let body = Limited::new(response.into_body(), MAX_BODY)
        .collect()
        .await?;
    connection.abort();
    Ok(body.to_bytes())
}
