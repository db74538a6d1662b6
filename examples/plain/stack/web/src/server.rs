//! Where an application listens, and what ends it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use stack_serve::dev::ControlChannel;
use tokio::net::TcpListener;

use crate::{StartError, faults, settings::Environment};

/// Where to listen, by the settings.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// Decides what becomes of a port that is taken.
    pub environment: Environment,
    /// The address.
    pub host: IpAddr,
    /// 0 means any free one.
    pub port: u16,
    /// Whether the socket to listen on is handed over as standard input, whatever the others say.
    pub handed_over: bool,
}

/// Listens where the settings say. In development a port that is taken is no reason to stop: the next free one
/// will do.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn listen(address: &Address) -> Result<TcpListener, StartError> {
    const TRIES: u16 = 20;
    if address.handed_over {
        return stack_serve::handed_over().map_err(|error| {
            StartError(format!(
                "standard input is no socket to listen on: {error}\n\
                 hint: leave out `SOCKET`, and set `HOST` and `PORT`"
            ))
        });
    }
    let wanted = address.port;
    let last = match address.environment.is_production() || wanted == 0 {
        true => wanted,
        false => wanted.saturating_add(TRIES),
    };
    for port in wanted..=last {
        match TcpListener::bind((address.host, port)).await {
            Ok(listener) => {
                if port != wanted {
                    tracing::warn!("port {wanted} is taken, so it is {port} this time");
                }
                return Ok(listener);
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port < last => {}
            Err(error) => {
                let wanted = SocketAddr::from((address.host, port));
                return Err(StartError(format!(
                    "cannot listen on `{wanted}`: {error}\n\
                     hint: choose another address with `HOST` and `PORT`"
                )));
            }
        }
    }
    Err(StartError(format!(
        "no port from {wanted} to {last} is free"
    )))
}

/// Ready when `cargo dev` has no more use for this process; never without one.
pub async fn dismissed(link: Option<&ControlChannel>) {
    match link {
        Some(link) => link.stopped().await,
        None => std::future::pending().await,
    }
}

/// The connection to the `cargo dev` that has started this process, if one has. Not in production, whose pages are
/// nobody else's to change.
///
/// # Errors
/// If nobody is there.
pub async fn cargo_dev(
    to: Option<&str>,
    environment: Environment,
) -> Result<Option<ControlChannel>, StartError> {
    match to {
        Some(to) if !environment.is_production() => match ControlChannel::connect(to).await {
            Ok(link) => {
                faults::show_on(&link);
                Ok(Some(link))
            }
            Err(error) => Err(StartError(format!(
                "`CARGO_DEV` leads to no `cargo dev`: {error}\n\
                 hint: leave it out; `cargo dev` sets it for the program that it starts"
            ))),
        },
        _ => Ok(None),
    }
}

/// Ready when the process is asked to stop.
///
/// # Errors
/// The operating system's.
pub fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt => {}
        }
        #[cfg(not(unix))]
        interrupt.await.ok();
    })
}
