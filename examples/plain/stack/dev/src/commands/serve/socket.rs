//! The socket that browsers connect to.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// How many further ports are tried if one is taken.
const TRIES: u16 = 20;

/// Open as long as `cargo dev` runs. Who connects while no program reads from it waits for the next one.
pub(super) struct Socket {
    /// None where it cannot be handed over.
    listener: Option<TcpListener>,
    pub(super) address: SocketAddr,
}

impl Socket {
    /// Whether programs read from this very socket. Where they cannot, they open their own, one after another.
    pub(super) const IS_HANDED_OVER: bool = cfg!(unix);

    /// Opens it where the settings say. A port that is taken is no reason to stop: the next free one will do.
    pub(super) fn open(project: &Project) -> Result<Self> {
        let host: IpAddr = setting(project, "HOST", Ipv4Addr::LOCALHOST.into())?;
        let wanted: u16 = setting(project, "PORT", 3000)?;
        let last = match wanted {
            0 => 0,
            _ => wanted.saturating_add(TRIES),
        };
        for port in wanted..=last {
            match TcpListener::bind((host, port)) {
                Ok(listener) => {
                    if port != wanted {
                        ui::warning(&format!(
                            "port {wanted} is taken, so it is {port} this time"
                        ));
                    }
                    let address = listener.local_addr().map_err(refused(host, port))?;
                    let listener = Self::IS_HANDED_OVER.then_some(listener);
                    return Ok(Self { listener, address });
                }
                Err(error) if error.kind() == ErrorKind::AddrInUse && port < last => {}
                Err(error) => return Err(refused(host, port)(error)),
            }
        }
        Err(Error::new(format!(
            "no port from {wanted} to {last} is free"
        )))
    }

    /// Another handle of it.
    pub(super) fn handle(&self) -> std::io::Result<TcpListener> {
        match &self.listener {
            Some(listener) => listener.try_clone(),
            None => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// What to type into a browser.
    pub(super) fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    }
}

fn setting<T: std::str::FromStr>(project: &Project, name: &str, default: T) -> Result<T> {
    let Some(text) = project.setting(name) else {
        return Ok(default);
    };
    text.trim().parse().map_err(|_| {
        Error::new(format!("`{name}` is `{text}`, which it cannot be"))
            .hint("`.env.example` describes every variable")
    })
}

fn refused(host: IpAddr, port: u16) -> impl Fn(std::io::Error) -> Error {
    move |error| {
        let address = SocketAddr::from((host, port));
        Error::new(format!("cannot listen on `{address}`: {error}"))
            .hint("choose another address with `HOST` and `PORT`")
    }
}
