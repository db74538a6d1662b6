//! `/metrics`, on an address of its own: the public port has none, so no proxy has to hide it.

use std::{io, net::SocketAddr};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use backon::{ConstantBuilder, Retryable};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use stack_serve::Timeouts;
use tokio::net::TcpListener;

use super::Metrics;
use crate::{StartError, settings::Environment};

/// Listens on `address`. In development an address that is taken is no reason to stop: [`serve`] waits for it, since the
/// server before this one may still be on its way out.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn listen(
    address: Option<SocketAddr>,
    environment: Environment,
) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = address else {
        return Ok(None);
    };
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if is_taken(&error) && !environment.is_production() => {
            tracing::warn!("`{address}` is taken, so metrics have to wait until it is free");
            Ok(None)
        }
        Err(error) => Err(StartError(format!(
            "cannot listen on `{address}`: {error}\n\
             hint: choose another address with `METRICS_ADDRESS`, or none"
        ))),
    }
}

/// Shows the metrics to whoever reaches `listener`, or to whoever reaches `address` once that is free.
///
/// # Errors
/// The operating system's.
pub async fn serve(
    listener: Option<TcpListener>,
    address: Option<SocketAddr>,
    metrics: Metrics,
) -> io::Result<()> {
    let listener = match (listener, address) {
        (Some(listener), _) => listener,
        (None, Some(address)) => wait_for(address).await?,
        (None, None) => return Ok(()),
    };
    tracing::info!("metrics on http://{}/metrics", listener.local_addr()?);
    let never = std::future::pending();
    stack_serve::serve(listener, router(metrics), Timeouts::default(), never).await;
    Ok(())
}

/// Tries again every second.
async fn wait_for(address: SocketAddr) -> io::Result<TcpListener> {
    let every_second = ConstantBuilder::default().without_max_times();
    (|| TcpListener::bind(address))
        .retry(every_second)
        .when(is_taken)
        .await
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}

/// `/metrics`, and nothing else.
fn router(metrics: Metrics) -> Router {
    Router::new()
        .route("/metrics", get(show))
        .with_state(metrics)
}

async fn show(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text())
}
