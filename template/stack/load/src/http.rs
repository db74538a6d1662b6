//! Requests over one connection that is kept, by hyper; with limits on what a server may send.

use std::{error::Error as _, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{HeaderMap, Request, body::Incoming, client::conn::http1, header, header::HeaderName};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use crate::play::Target;

/// Bytes of the head of a response.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Bytes of a body that is kept, unpacked, and of a message of a live page.
pub(crate) const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// The failure that may only mean that the server closed an idle connection. A response has not begun.
pub(crate) const CLOSED: &str = "connection closed";
/// The failure of a server that accepts no connection.
pub(crate) const NO_CONNECTION: &str = "no connection in time";
const BROKE_OFF: &str = "response that broke off";
const NOT_HTTP: &str = "response that is not HTTP";

/// The body of a request.
pub(crate) type RequestBody = Full<Bytes>;

/// Why there is no response, in a few words for the report.
pub(crate) type Failure = String;

/// A connection.
pub(crate) struct HttpConnection {
    sender: http1::SendRequest<RequestBody>,
}

/// What a user needs of a response.
#[derive(Debug, Default)]
pub(crate) struct HttpResponse {
    pub status: u16,
    pub location: Option<String>,
    /// `Set-Cookie` headers.
    pub cookies: Vec<String>,
    /// HTML or JSON, if it was to be kept.
    pub body: Option<String>,
}

/// A connection for any protocol, with TLS or without.
pub(crate) type Stream = Box<dyn ReadWrite>;

pub(crate) trait ReadWrite: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> ReadWrite for T {}

/// Opens a connection, with TLS if the URL says so.
pub(crate) async fn connect(to: &Target, timeout: Duration) -> Result<Stream, Failure> {
    let stream = connect_tcp(to.address, timeout).await?;
    let Some(tls) = &to.tls else {
        return Ok(Box::new(stream));
    };
    let name = ServerName::try_from(to.origin.host()).map_err(|error| error.to_string())?;
    let connected = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
    let connected = tokio::time::timeout(timeout, connected).await;
    match connected.map_err(|_| NO_CONNECTION)? {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(format!("TLS: {error}")),
    }
}

/// Opens a connection without TLS.
pub(crate) async fn connect_tcp(to: SocketAddr, timeout: Duration) -> Result<TcpStream, Failure> {
    let stream = tokio::time::timeout(timeout, TcpStream::connect(to))
        .await
        .map_err(|_| NO_CONNECTION)?
        .map_err(|error| describe_io(&error))?;
    stream.set_nodelay(true).ok();
    Ok(stream)
}

impl HttpConnection {
    pub(crate) async fn open(to: &Target, timeout: Duration) -> Result<Self, Failure> {
        let stream = connect(to, timeout).await?;
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEAD_BYTES)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| describe(&error))?;
        // It ends with the sender, and its errors are those of requests.
        tokio::spawn(async move { connection.await.ok() });
        Ok(Self { sender })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Sends a request and reads the whole response. `keep_body`: the body is wanted if it is text.
    pub(crate) async fn exchange(
        &mut self,
        request: Request<RequestBody>,
        keep_body: bool,
    ) -> Result<HttpResponse, Failure> {
        self.sender
            .ready()
            .await
            .map_err(|error| describe(&error))?;
        let response = self.sender.send_request(request).await;
        let (head, body) = response.map_err(|error| describe(&error))?.into_parts();
        let headers = &head.headers;
        let content_type = text(headers, header::CONTENT_TYPE).unwrap_or_default();
        let is_text = ["html", "json", "openmetrics", "text/plain"]
            .iter()
            .any(|kind| content_type.contains(kind));
        let is_gzip = text(headers, header::CONTENT_ENCODING).is_some_and(|it| it.contains("gzip"));
        let body = if keep_body && is_text {
            Some(read(body, is_gzip).await?)
        } else {
            discard(body).await?;
            None
        };
        let cookies = headers.get_all(header::SET_COOKIE).iter();
        Ok(HttpResponse {
            status: head.status.as_u16(),
            location: text(headers, header::LOCATION).map(str::to_owned),
            cookies: cookies
                .filter_map(|value| value.to_str().ok().map(str::to_owned))
                .collect(),
            body,
        })
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

async fn discard(mut body: Incoming) -> Result<(), Failure> {
    while let Some(frame) = body.frame().await {
        frame.map_err(|error| describe_body(&error))?;
    }
    Ok(())
}

async fn read(body: Incoming, is_gzip: bool) -> Result<String, Failure> {
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let bytes = collected
        .map_err(|error| match error.downcast_ref::<hyper::Error>() {
            Some(error) => describe_body(error),
            None if error.is::<LengthLimitError>() => "page that is too large".to_owned(),
            None => error.to_string(),
        })?
        .to_bytes();
    let bytes = if is_gzip {
        let unpacked = flate2::read::GzDecoder::new(&*bytes);
        let mut whole = Vec::new();
        io::Read::read_to_end(
            &mut io::Read::take(unpacked, MAX_BODY_BYTES as u64 + 1),
            &mut whole,
        )
        .map_err(|_| "body that cannot be unpacked")?;
        if whole.len() > MAX_BODY_BYTES {
            return Err("page that is too large".into());
        }
        whole
    } else {
        bytes.into()
    };
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn describe(error: &hyper::Error) -> Failure {
    if error.is_parse() {
        return NOT_HTTP.into();
    }
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.map_or_else(|| CLOSED.into(), describe_io)
}

/// What an error in a body is called: the server has received the request, and may have done what it asks for.
fn describe_body(error: &hyper::Error) -> Failure {
    let failure = describe(error);
    if failure == CLOSED {
        return BROKE_OFF.into();
    }
    failure
}

/// What an error of the network is called.
pub(crate) fn describe_io(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::NotConnected
        | io::ErrorKind::UnexpectedEof => CLOSED.into(),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse => {
            "no free port on this machine".into()
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => NOT_HTTP.into(),
        // 24: too many open files.
        _ if error.raw_os_error() == Some(24) => "too many open files (raise `ulimit -n`)".into(),
        kind => format!("network: {kind}"),
    }
}
