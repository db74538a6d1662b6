//! The requests to the provider.

use std::{error::Error, io, pin::Pin, time::Duration};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use rustls::crypto::ring;

/// How long the provider has for a response.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How many bytes a response of the provider has at most.
const MAX_BODY: usize = 1024 * 1024;

/// Sends requests to the provider, whose certificate has to be of an authority that browsers trust. It follows no
/// redirects.
pub(super) struct HttpClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
#[error("no response from the provider")]
pub(super) struct HttpError(#[source] Box<dyn Error + Send + Sync>);

impl HttpClient {
    /// `is_plain`: whether it may connect without TLS too.
    pub(super) fn new(is_plain: bool) -> io::Result<Self> {
        let builder = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(ring::default_provider())
            .map_err(io::Error::other)?;
        let connector = match is_plain {
            true => builder.https_or_http(),
            false => builder.https_only(),
        };
        let client = Client::builder(TokioExecutor::new());
        Ok(Self(client.build(connector.enable_http1().build())))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let exchange = async {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let response = self.0.request(request).await?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, MAX_BODY).collect().await?;
            let body = body.to_bytes().to_vec();
            Ok(http::Response::from_parts(parts, body))
        };
        let response = tokio::time::timeout(TIMEOUT, exchange).await;
        response
            .unwrap_or_else(|late| Err(late.into()))
            .map_err(HttpError)
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
